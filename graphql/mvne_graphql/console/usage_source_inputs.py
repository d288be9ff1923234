"""What mutations of usage sources need."""

from enum import Enum
from typing import Any

import strawberry

from mvne_graphql.scalars import BigInt
from mvne_graphql.types.usage_sources import UsageAfterPull, UsageLogin, UsageSourceKind
from mvne_platform.mediation.sources import SourceDraft, SourceKind

WHY = "Why, in one line; it is kept."


@strawberry.input(description="When a source is asked for files: every so many minutes, or at times of the day.")
class UsageScheduleInput:
    """One of both ways."""

    every_minutes: int | None = strawberry.field(default=None, description="Every so many minutes, 1 to 10,080.")
    at: list[str] | None = strawberry.field(default=None, description="Times of the brand's wall clock, such as 06:30.")
    weekdays: list[int] | None = strawberry.field(default=None, description="0 (Monday) to 6 (Sunday); all if absent.")


@strawberry.input(description="Where a source's files are: what belongs to its kind; what is absent has its default.")
class UsageSourceSettingsInput:
    """All kinds' in one."""

    folder: str | None = strawberry.field(
        default=None, description="The folder; a directory's lies below the brand's own."
    )
    pattern: str | None = strawberry.field(default=None, description="Which names are taken, such as `CDR_*.csv`; all.")
    settle_seconds: int | None = strawberry.field(default=None, description="How long a file must have rested; 10.")
    after_pull: UsageAfterPull | None = strawberry.field(default=None, description="What becomes of a file; it stays.")
    move_to: str | None = strawberry.field(default=None, description="Where it is moved to.")
    quarantine_folder: str | None = strawberry.field(default=None, description="Where an unreadable one is moved to.")
    host: str | None = strawberry.field(default=None, description="The SFTP server.")
    port: int | None = strawberry.field(default=None, description="Its port; 22.")
    user: str | None = strawberry.field(default=None, description="Who signs in there.")
    login: UsageLogin | None = strawberry.field(default=None, description="With what; a password.")
    host_key: str | None = strawberry.field(
        default=None, description="The server's public key as `ssh-keyscan` shows it, without the host's name."
    )
    client_id: str | None = strawberry.field(default=None, description="The only API client that may push; any.")
    max_bytes: BigInt | None = strawberry.field(default=None, description="How large a file may be; a gibibyte.")


@strawberry.input(description="A source as it is to be.")
class UsageSourceInput:
    """Without its secret."""

    code: str = strawberry.field(description="Its name for programs: small letters, digits, `_` and `-`; it stays.")
    name: str = strawberry.field(description="Its name for people.")
    operator: str = strawberry.field(description="Whose files they are.")
    kind: UsageSourceKind = strawberry.field(description="How they come; it stays.")
    format: str = strawberry.field(description="What they are read as: a format of the platform, or the brand's own.")
    settings: UsageSourceSettingsInput = strawberry.field(description="Where they are.")
    schedule: UsageScheduleInput | None = strawberry.field(
        default=None, description="When it is asked; absent: only when somebody says so."
    )
    expected_minutes: int | None = strawberry.field(default=None, description="Longest time between two files.")
    sequence_pattern: str | None = strawberry.field(
        default=None, description="Where the number stands in a name, such as `CDR_{series}_{number:1-9999}.csv`."
    )

    def draft(self) -> SourceDraft:
        """As mediation wants it."""
        schedule = _given(self.schedule) if self.schedule is not None else None
        return SourceDraft(
            code=self.code,
            name=self.name,
            operator=self.operator,
            kind=SourceKind(str(self.kind.value)),
            format=self.format,
            settings=_given(self.settings),
            schedule=schedule,
            expected_minutes=self.expected_minutes,
            sequence_pattern=self.sequence_pattern,
        )


def _given(form: Any) -> dict[str, Any]:
    return {name: _plain(value) for name, value in vars(form).items() if value is not None}


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return str(value.value)
    return int(value) if isinstance(value, int) and not isinstance(value, bool) else value


@strawberry.input(description="A new source.")
class CreateUsageSourceInput:
    """What `createUsageSource` needs."""

    source: UsageSourceInput = strawberry.field(description="The source.")
    secret: str | None = strawberry.field(
        default=None, description="Password or private key; sealed, never shown again."
    )


@strawberry.input(description="A source and what it is to be.")
class ChangeUsageSourceInput:
    """What `changeUsageSource` needs."""

    usage_source_id: strawberry.ID = strawberry.field(description="Which source.")
    source: UsageSourceInput = strawberry.field(description="All of it, as it is to be.")


@strawberry.input(description="A new secret of a source.")
class SetUsageSourceSecretInput:
    """What `setUsageSourceSecret` needs."""

    usage_source_id: strawberry.ID = strawberry.field(description="Which source.")
    secret: str = strawberry.field(description="Password or private key; sealed, never shown again.")


@strawberry.input
class _WhichSource:
    """What most mutations of sources need."""

    usage_source_id: strawberry.ID = strawberry.field(description="Which source.")


@strawberry.input(description="A source that is to take nothing for now.")
class PauseUsageSourceInput(_WhichSource):
    """What `pauseUsageSource` needs."""


@strawberry.input(description="A paused source that is to go on.")
class ResumeUsageSourceInput(_WhichSource):
    """What `resumeUsageSource` needs."""


@strawberry.input(description="A source that is to be asked for files.")
class PullUsageSourceInput(_WhichSource):
    """What `pullUsageSource` needs."""


@strawberry.input(description="A source whose connection is to be tried.")
class TestUsageSourceInput(_WhichSource):
    """What `testUsageSource` needs."""


@strawberry.input(description="Numbers of files that will never come.")
class WaiveUsageGapInput:
    """What `waiveUsageGap` needs."""

    usage_source_id: strawberry.ID = strawberry.field(description="Which source.")
    series: str = strawberry.field(default="", description="The gap's series.")
    first: BigInt = strawberry.field(description="The gap's first number.")
    last: BigInt = strawberry.field(description="The gap's last number.")
    why: str = strawberry.field(description=WHY)


@strawberry.input(description="A file that was left at its source.")
class TakeLeftUsageFileInput:
    """What `takeLeftUsageFile` needs."""

    left_file_id: strawberry.ID = strawberry.field(description="Which file.")
