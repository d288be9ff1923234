"""Usage files and the rows that were not rated."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Self
from uuid import UUID

import strawberry

from mvne_graphql.context import Info
from mvne_graphql.fields import resolved
from mvne_graphql.relay import After, Connection, First, Node, Page, connect, global_id
from mvne_graphql.scalars import BigInt
from mvne_graphql.types.usage_sources import UsageSource, source_of
from mvne_platform import mediation


@strawberry.enum(description="Where a usage file stands.")
class UsageFileState(Enum):
    """As in mediation."""

    RECEIVED = strawberry.enum_value("received", description="Stored; not a row has been looked at.")
    LOADING = strawberry.enum_value("loading", description="Its rows are being rated.")
    LOADED = strawberry.enum_value("loaded", description="Every row has been accounted for.")
    REJECTED = strawberry.enum_value("rejected", description="It cannot be read and lies in quarantine.")
    DISCARDED = strawberry.enum_value("discarded", description="It was given up, with a reason; it is kept.")


@strawberry.enum(description="Why a row is not among the rated events.")
class UsageExceptionKind(Enum):
    """As in mediation."""

    DUPLICATE = strawberry.enum_value("duplicate", description="The event had been rated before.")
    FAILED = strawberry.enum_value("failed", description="It could not be rated.")
    CORRELATED = strawberry.enum_value("correlated", description="The event had been charged online.")


@strawberry.type(description="A row that was a duplicate or could not be rated.")
class UsageException:
    """With the record as received, for those who may see called numbers."""

    file_id: strawberry.ID = strawberry.field(description="The file it came in.")
    row: int = strawberry.field(description="Its line in the file.")
    kind: UsageExceptionKind = strawberry.field(description="Duplicate or failed.")
    reason: str = strawberry.field(description="Why, for programs.")
    detail: str = strawberry.field(description="Why, for people.")
    record: str | None = strawberry.field(description="The record as received; null for who may not see numbers.")
    recorded_at: datetime = strawberry.field(description="When it was found.")

    @classmethod
    def of(cls, row: mediation.UnratedRow) -> Self:
        """The row."""
        return cls(
            file_id=global_id("UsageFile", row.file_id),
            row=row.row,
            kind=UsageExceptionKind(row.kind),
            reason=row.reason,
            detail=row.detail,
            record=row.record,
            recorded_at=row.recorded_at,
        )


@strawberry.type(description="How many rows were not rated for a reason.")
class UsageReason:
    """A line of a file's account."""

    reason: str = strawberry.field(description="The reason, for programs.")
    rows: int = strawberry.field(description="How many rows.")


@strawberry.enum(description="What was done about a file in quarantine.")
class UsageFileDeed(Enum):
    """As in mediation."""

    REJECTED = strawberry.enum_value("rejected", description="It could not be read and was put there.")
    RETRIED = strawberry.enum_value("retried", description="It was tried again, as `format`.")
    RELEASED = strawberry.enum_value("released", description="It was let through in spite of its fault.")
    DISCARDED = strawberry.enum_value("discarded", description="It was given up.")


@strawberry.type(description="One step of a file's quarantine.")
class UsageFileStep:
    """Added, never changed."""

    action: UsageFileDeed = strawberry.field(description="What happened.")
    format: str = strawberry.field(description="As what it was read.")
    code: str | None = strawberry.field(description="What was wrong with it then, for programs.")
    why: str = strawberry.field(description="Why: what was wrong, or what somebody said.")
    actor: str = strawberry.field(description="Who did it.")
    at: datetime = strawberry.field(description="When, by the brand's clock.")

    @classmethod
    def of(cls, row: mediation.UsageFileAction) -> Self:
        """The step."""
        return cls(
            action=UsageFileDeed(row.action), format=row.format, code=row.code, why=row.why, actor=row.actor, at=row.at
        )


Kind = Annotated[UsageExceptionKind | None, strawberry.argument(description="Only these; all if absent.")]
Reason = Annotated[str | None, strawberry.argument(description="Only of this reason; all if absent.")]


@strawberry.type(description="A usage file; its counts say how each of its rows ended.")
class UsageFile(Node):
    """`rowsDone` is the sum of the seven counts and `collected`, always."""

    name: str = strawberry.field(description="The file's name.")
    format: str = strawberry.field(description="What it was read as.")
    state: UsageFileState = strawberry.field(description="Where it stands.")
    rejection: str | None = strawberry.field(description="Why it lies in quarantine.")
    rejection_code: str | None = strawberry.field(description="The same, for programs.")
    series: str | None = strawberry.field(description="Within what its number counts.")
    sequence: BigInt | None = strawberry.field(description="Its number at its source, counted on without end.")
    digest: str = strawberry.field(description="SHA-256 of its bytes, in hexadecimal.")
    size_bytes: BigInt = strawberry.field(description="Its size.")
    rows_done: int = strawberry.field(description="Rows accounted for.")
    rows_total: int | None = strawberry.field(description="Its rows, once all are accounted for.")
    rated: int = strawberry.field(description="Rows that were priced.")
    not_chargeable: int = strawberry.field(description="Rows that are never charged.")
    barred: int = strawberry.field(description="Rows the network should not have connected.")
    duplicate: int = strawberry.field(description="Rows that had been rated before.")
    failed: int = strawberry.field(description="Rows that could not be rated.")
    correlated: int = strawberry.field(description="Rows whose event had been charged online.")
    written_off: int = strawberry.field(description="Rows that could not be rated and were given up.")
    collected: int = strawberry.field(description="Rows that are parts of an event another row stands for.")
    received_at: datetime = strawberry.field(description="When it came.")
    loaded_at: datetime | None = strawberry.field(description="When its last row was accounted for.")
    key: strawberry.Private[UUID]
    source_key: strawberry.Private[UUID | None]

    @resolved("The source it came from; null if it came by none.")
    async def source(self, info: Info) -> UsageSource | None:
        """Loaded with those of other files."""
        return await source_of(info, self.source_key)

    @resolved("What was decided about it in quarantine, oldest first.", cost=2)
    def quarantine(self, info: Info) -> list[UsageFileStep]:
        """Step by step."""
        return [UsageFileStep.of(step) for step in mediation.quarantine_history(info.context.ctx, self.key)]

    @resolved("The rows that were not rated, newest first.")
    def exceptions(
        self, info: Info, first: First = None, after: After = None, kind: Kind = None, reason: Reason = None
    ) -> Connection[UsageException]:
        """Read by keyset."""
        return exceptions_of(info, self.key, Page.of(first, after), kind, reason)

    @resolved("How many rows were not rated, by reason.", size=1)
    def reasons(self, info: Info) -> list[UsageReason]:
        """Counted."""
        return reasons_of(info, self.key)

    @classmethod
    def of(cls, row: mediation.UsageFile) -> Self:
        """The file."""
        return cls(
            id=global_id("UsageFile", row.id),
            name=row.name,
            format=row.format,
            state=UsageFileState(row.state),
            rejection=row.rejection,
            rejection_code=row.rejection_code,
            series=row.series,
            sequence=None if row.sequence is None else BigInt(row.sequence),
            digest=row.digest,
            size_bytes=BigInt(row.size_bytes),
            rows_done=row.rows_done,
            rows_total=row.rows_total,
            rated=row.rated,
            not_chargeable=row.not_chargeable,
            barred=row.barred,
            duplicate=row.duplicate,
            failed=row.failed,
            correlated=row.correlated,
            written_off=row.written_off,
            collected=row.collected,
            received_at=row.received_at,
            loaded_at=row.loaded_at,
            key=row.id,
            source_key=row.source_id,
        )


def reasons_of(info: Info, file_id: UUID | None) -> list[UsageReason]:
    """Why rows were not rated, of a file or of all."""
    found = mediation.unrated_reasons(info.context.ctx, file_id)
    return [UsageReason(reason=reason, rows=rows) for reason, rows in found.items()]


def exceptions_of(
    info: Info, file_id: UUID | None, page: Page, kind: UsageExceptionKind | None, reason: str | None
) -> Connection[UsageException]:
    """Rows that were not rated, of a file or of all."""
    rows = mediation.unrated_rows(
        info.context.ctx,
        file_id=file_id,
        kind=mediation.ExceptionKind(str(kind.value)) if kind else None,
        reason=reason,
        first=page.fetch,
        before=page.after_id,
    )
    return connect(rows, page, UsageException.of)
