"""Where usage files come from."""

from datetime import datetime
from enum import Enum
from typing import Any, Self
from uuid import UUID

import strawberry

from mvne_graphql.context import Info
from mvne_graphql.fields import resolved
from mvne_graphql.relay import After, Connection, First, Node, Page, connect, global_id
from mvne_graphql.scalars import BigInt
from mvne_platform.mediation import sources


@strawberry.enum(description="How a source's files come.")
class UsageSourceKind(Enum):
    """As in mediation."""

    DIRECTORY = strawberry.enum_value("directory", description="Fetched from a directory of the platform's machine.")
    SFTP = strawberry.enum_value("sftp", description="Fetched from an SFTP server.")
    UPLOAD = strawberry.enum_value("upload", description="Uploaded by staff, or dropped into the inbox.")
    PUSH = strawberry.enum_value("push", description="Pushed over HTTP by the operator's system.")


@strawberry.enum(description="What is done, where it came from, with a file that was taken.")
class UsageAfterPull(Enum):
    """As in mediation."""

    LEAVE = strawberry.enum_value("leave", description="Nothing: it is known, and not taken again.")
    DELETE = strawberry.enum_value("delete", description="It is deleted.")
    MOVE = strawberry.enum_value("move", description="It is moved to the folder `moveTo`.")


@strawberry.enum(description="What an SFTP source signs in with.")
class UsageLogin(Enum):
    """As in mediation."""

    PASSWORD = strawberry.enum_value("password", description="The sealed secret is a password.")
    KEY = strawberry.enum_value("key", description="The sealed secret is a private key.")


@strawberry.type(description="When a source is asked for files.")
class UsageSchedule:
    """One of both ways."""

    every_minutes: int | None = strawberry.field(description="Every so many minutes.")
    at: list[str] = strawberry.field(description="At these times of the brand's wall clock, such as 06:30.")
    weekdays: list[int] = strawberry.field(description="On these days only, 0 (Monday) to 6 (Sunday); empty for all.")

    @classmethod
    def of(cls, values: dict[str, Any] | None) -> Self | None:
        """The schedule, if there is one."""
        if values is None:
            return None
        return cls(
            every_minutes=values.get("every_minutes"), at=values.get("at", []), weekdays=values.get("weekdays", [])
        )


@strawberry.type(
    description="Where a source's files are; what does not belong to its kind is null. Secrets are never shown."
)
class UsageSourceSettings:
    """All kinds' in one."""

    folder: str | None = strawberry.field(description="The folder that is looked into.")
    pattern: str | None = strawberry.field(description="Which names are taken, such as `CDR_*.csv`.")
    settle_seconds: int | None = strawberry.field(description="For how long a file must have rested.")
    after_pull: UsageAfterPull | None = strawberry.field(description="What is done with a file that was taken.")
    move_to: str | None = strawberry.field(description="The folder it is moved to.")
    quarantine_folder: str | None = strawberry.field(description="The folder a file that cannot be read is moved to.")
    host: str | None = strawberry.field(description="The SFTP server.")
    port: int | None = strawberry.field(description="Its port.")
    user: str | None = strawberry.field(description="Who signs in there.")
    login: UsageLogin | None = strawberry.field(description="With what.")
    host_key: str | None = strawberry.field(description="The public key by which the server is known.")
    client_id: str | None = strawberry.field(description="The only API client that may push; null for any.")
    max_bytes: BigInt = strawberry.field(description="How large a file may be.")

    @classmethod
    def of(cls, values: dict[str, Any]) -> Self:
        """What is stored."""
        after, login = values.get("after_pull"), values.get("login")
        return cls(
            folder=values.get("folder"),
            pattern=values.get("pattern"),
            settle_seconds=values.get("settle_seconds"),
            after_pull=UsageAfterPull(after) if after else None,
            move_to=values.get("move_to"),
            quarantine_folder=values.get("quarantine_folder"),
            host=values.get("host"),
            port=values.get("port"),
            user=values.get("user"),
            login=UsageLogin(login) if login else None,
            host_key=values.get("host_key"),
            client_id=values.get("client_id"),
            max_bytes=BigInt(values["max_bytes"]),
        )


@strawberry.type(description="Files of a source that have not come, by their numbers; both ends are missing.")
class UsageGap:
    """Noticed when a later one came."""

    series: str = strawberry.field(description="Within what the numbers count (a day, say); empty if in nothing.")
    first: BigInt = strawberry.field(description="The first number that is missing.")
    last: BigInt = strawberry.field(description="The last.")
    files: BigInt = strawberry.field(description="How many are missing.")

    @classmethod
    def of(cls, gap: sources.Gap) -> Self:
        """The gap."""
        return cls(series=gap.series, first=BigInt(gap.first), last=BigInt(gap.last), files=BigInt(gap.files))


@strawberry.type(description="A file that was left at its source, and why.")
class UsageLeftFile(Node):
    """It was not fetched, or could not be taken."""

    name: str = strawberry.field(description="Its name there.")
    size_bytes: BigInt = strawberry.field(description="Its size there.")
    code: str | None = strawberry.field(description="Why it was left, for programs; null once it is wanted again.")
    why: str | None = strawberry.field(description="The same, for people.")
    seen_at: datetime = strawberry.field(description="When it was seen.")

    @classmethod
    def of(cls, item: sources.UsageItem) -> Self:
        """The file."""
        return cls(
            id=global_id("UsageLeftFile", item.id),
            name=item.name,
            size_bytes=BigInt(item.size_bytes),
            code=item.code,
            why=item.why,
            seen_at=item.seen_at,
        )


@strawberry.type(description="How the last test of a connection ended.")
class UsageConnectionTest:
    """Under way until `at` is set."""

    at: datetime | None = strawberry.field(description="When it ended; null while it is under way.")
    code: str | None = strawberry.field(description="What was in the way, for programs; null if nothing was.")
    message: str | None = strawberry.field(description="The same, for people.")
    files: int | None = strawberry.field(description="How many files are waiting there that would be taken.")
    names: list[str] = strawberry.field(description="The first of their names.")

    @classmethod
    def of(cls, values: dict[str, Any] | None) -> Self | None:
        """The test, if there was one."""
        if values is None:
            return None
        at = values.get("at")
        return cls(
            at=datetime.fromisoformat(at) if at else None,
            code=values.get("code"),
            message=values.get("message"),
            files=values.get("files"),
            names=values.get("names", []),
        )


@strawberry.type(description="Where an operator's usage files come from.")
class UsageSource(Node):
    """With how it stands."""

    code: str = strawberry.field(description="Its name for programs.")
    name: str = strawberry.field(description="Its name for people.")
    operator: str = strawberry.field(description="Whose files they are.")
    kind: UsageSourceKind = strawberry.field(description="How they come.")
    format: str = strawberry.field(description="What they are read as.")
    settings: UsageSourceSettings = strawberry.field(description="Where they are.")
    has_secret: bool = strawberry.field(description="Whether a password or private key is sealed.")
    schedule: UsageSchedule | None = strawberry.field(description="When it is asked; null: only when somebody says so.")
    expected_minutes: int | None = strawberry.field(description="The longest time between two files, in minutes.")
    sequence_pattern: str | None = strawberry.field(description="Where the number stands in a file's name.")
    paused: bool = strawberry.field(description="Whether it takes nothing for now.")
    next_pull_at: datetime | None = strawberry.field(description="When it is asked next, by the brand's clock.")
    pulled_at: datetime | None = strawberry.field(description="When it was asked last.")
    pull_error_code: str | None = strawberry.field(description="What was in the way then, for programs.")
    pull_error: str | None = strawberry.field(description="The same, for people.")
    pulls_failed: int = strawberry.field(description="How often in a row.")
    last_file_at: datetime | None = strawberry.field(description="When its last file came.")
    test: UsageConnectionTest | None = strawberry.field(description="How the last test of its connection ended.")
    row: strawberry.Private[sources.UsageSource]

    @resolved("Whether a file should have come by now.")
    def overdue(self, info: Info) -> bool:
        """By the brand's clock."""
        return sources.overdue(info.context.ctx, self.row)

    @resolved("Numbers of files that have not come, the newest first, at most 1,000.", cost=5, size=10)
    def gaps(self, info: Info) -> list[UsageGap]:
        """By what came."""
        return [UsageGap.of(gap) for gap in sources.gaps(info.context.ctx, self.row)]

    @resolved("Files that were left where they are, newest first.")
    def left_files(self, info: Info, first: First = None, after: After = None) -> Connection[UsageLeftFile]:
        """Read by keyset."""
        page = Page.of(first, after)
        rows = sources.refused_items(info.context.ctx, self.row.id, first=page.fetch, before=page.after_id)
        return connect(rows, page, UsageLeftFile.of)

    @classmethod
    def of(cls, row: sources.UsageSource) -> Self:
        """The source."""
        return cls(
            id=global_id("UsageSource", row.id),
            code=row.code,
            name=row.name,
            operator=row.operator,
            kind=UsageSourceKind(row.kind),
            format=row.format,
            settings=UsageSourceSettings.of(row.settings),
            has_secret=row.secret_encrypted is not None,
            schedule=UsageSchedule.of(row.schedule),
            expected_minutes=row.expected_minutes,
            sequence_pattern=row.sequence_pattern,
            paused=row.paused,
            next_pull_at=row.next_pull_at,
            pulled_at=row.pulled_at,
            pull_error_code=row.pull_error_code,
            pull_error=row.pull_error,
            pulls_failed=row.pulls_failed,
            last_file_at=row.last_file_at,
            test=UsageConnectionTest.of(row.test),
            row=row,
        )


async def source_of(info: Info, source_id: UUID | None) -> UsageSource | None:
    """The source of a file, loaded with those of the others."""
    if source_id is None:
        return None
    found = await info.context.load(sources.sources_by_id, source_id)
    return UsageSource.of(found) if found is not None else None
