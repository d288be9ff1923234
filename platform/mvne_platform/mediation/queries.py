"""Reads of usage files and of the rows that were not rated."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from mvne_platform.mediation import permissions, storage
from mvne_platform.mediation.described_formats import settings_of
from mvne_platform.mediation.errors import UnknownFile
from mvne_platform.mediation.formats import Position, Row, reader_of
from mvne_platform.mediation.models import ExceptionKind, FileState, UsageException, UsageFile
from mvne_platform.mediation.rules import without_numbers
from mvne_platform.runtime import Context

PAGE = 25


@dataclass(frozen=True, slots=True)
class UnratedRow:
    """A row that was not rated; `record` is None for an actor who may not read called numbers."""

    id: UUID
    file_id: UUID
    row: int
    kind: ExceptionKind
    reason: str
    detail: str
    record: str | None
    recorded_at: datetime


def usage_file(ctx: Context, file_id: UUID) -> UsageFile:
    """One file; raises UnknownFile."""
    ctx.require(permissions.READ)
    return _present(ctx.db.get(UsageFile, file_id))


def usage_files(
    ctx: Context, *, state: FileState | None = None, first: int = PAGE, before: UUID | None = None
) -> list[UsageFile]:
    """The brand's files, newest first; `before` is the last file of the page before."""
    ctx.require(permissions.READ)
    statement = select(UsageFile).order_by(UsageFile.id.desc()).limit(first)
    if state is not None:
        statement = statement.where(UsageFile.state == state)
    if before is not None:
        statement = statement.where(UsageFile.id < before)
    return list(ctx.db.scalars(statement))


def unrated_rows(
    ctx: Context,
    *,
    file_id: UUID | None = None,
    kind: ExceptionKind | None = None,
    reason: str | None = None,
    first: int = PAGE,
    before: UUID | None = None,
) -> list[UnratedRow]:
    """Rows that were duplicates or failed, newest first; `before` is the last row of the page before."""
    ctx.require(permissions.READ)
    readable = ctx.actor.may(permissions.READ_NUMBERS)
    statement = select(UsageException).order_by(UsageException.id.desc()).limit(first)
    filters = ((UsageException.file_id, file_id), (UsageException.kind, kind), (UsageException.reason, reason))
    for column, wanted in filters:
        if wanted is not None:
            statement = statement.where(column == wanted)
    if before is not None:
        statement = statement.where(UsageException.id < before)
    return [
        UnratedRow(
            row.id,
            row.file_id,
            row.row,
            row.kind,
            row.reason,
            row.detail if readable else without_numbers(row.detail),
            row.record if readable else None,
            row.recorded_at,
        )
        for row in ctx.db.scalars(statement)
    ]


def unrated_reasons(ctx: Context, file_id: UUID | None = None) -> dict[str, int]:
    """How many rows were not rated, by reason; of one file or of all."""
    ctx.require(permissions.READ)
    statement = select(UsageException.reason, func.count().label("rows")).group_by(UsageException.reason)
    if file_id is not None:
        statement = statement.where(UsageException.file_id == file_id)
    return {row.reason: row.rows for row in ctx.db.execute(statement.order_by(UsageException.reason))}


def file_for_update(ctx: Context, file_id: UUID) -> UsageFile:
    """Lock one file until the transaction ends; raises UnknownFile."""
    return _present(ctx.db.get(UsageFile, file_id, with_for_update={"key_share": True}, populate_existing=True))


def file_by_digest_for_update(ctx: Context, digest: str) -> UsageFile:
    """Lock the file with these bytes; raises UnknownFile."""
    statement = select(UsageFile).where(UsageFile.digest == digest).with_for_update(key_share=True)
    return _present(ctx.db.scalar(statement.execution_options(populate_existing=True)))


def rows_of(ctx: Context, file: UsageFile) -> Iterator[Row]:
    """The rows of a file that are not accounted for yet; raises StoredFileMissing."""
    start = Position(file.rows_done, file.bytes_done)
    settings = settings_of(ctx, file.format)
    return reader_of(file.format, settings)(storage.path_of(file.stored_as), settings, start)


def _present(file: UsageFile | None) -> UsageFile:
    if file is None:
        raise UnknownFile("There is no such usage file.")
    return file
