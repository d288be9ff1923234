"""Receiving usage files, and the account of their rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as insert_or

from mvne_platform.kernel import uuid7
from mvne_platform.mediation import permissions, queries, storage
from mvne_platform.mediation.errors import BadFile, UnknownFormat
from mvne_platform.mediation.formats import FORMATS, FileRejected, Position
from mvne_platform.mediation.models import ExceptionKind, FileState, UsageException, UsageFile
from mvne_platform.mediation.queries import settings_of
from mvne_platform.runtime import Context

LONGEST_NAME = 255
DETAIL_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Unrated:
    """A row that was not rated: its line in the file, why, and the record as received."""

    row: int
    kind: ExceptionKind
    reason: str
    detail: str
    record: str


def receive_file(ctx: Context, *, name: str, format: str, content_path: Path) -> UsageFile:  # noqa: A002  # its word
    """Take a usage file into the brand's store; `content_path` is copied and stays.

    The same bytes again answer the file of the first time, with `already` set, and change nothing, at the same moment
    too. A file that is not of its format is kept as REJECTED with the reason; sent with another format it is tried
    again. Raises UnknownFormat, BadFile, OSError.
    """
    ctx.require(permissions.LOAD)
    _check_format(format)
    shown = _checked_name(name)
    stored = storage.store(ctx.brand, content_path)
    rejection = _rejection(ctx, shown, format, stored.name)
    values = {
        "id": uuid7(),
        "name": shown,
        "format": format,
        "digest": stored.digest,
        "size_bytes": stored.size_bytes,
        "stored_as": stored.name,
        "state": FileState.REJECTED if rejection else FileState.RECEIVED,
        "rejection": rejection,
        "received_at": ctx.now,
    }
    statement = insert_or(UsageFile).values(values).on_conflict_do_nothing(index_elements=[UsageFile.digest])
    fresh = ctx.db.scalar(statement.returning(UsageFile.id)) is not None
    file = queries.file_by_digest_for_update(ctx, stored.digest)
    file.already = not fresh
    if file.already and file.state is FileState.REJECTED and file.format != format:
        _try_again(file, shown, format, rejection)
    return file


def record_unrated(ctx: Context, file_id: UUID, rows: Sequence[Unrated]) -> None:
    """Keep the rows of a file that were not rated."""
    if not rows:
        return
    values = [
        {
            "id": uuid7(),
            "file_id": file_id,
            "row": row.row,
            "kind": row.kind,
            "reason": row.reason,
            "detail": row.detail[:DETAIL_LENGTH],
            "record": row.record,
            "recorded_at": ctx.now,
        }
        for row in rows
    ]
    ctx.db.execute(insert(UsageException), values)


def advance(ctx: Context, file: UsageFile, done: Position, outcomes: Mapping[str, int], *, finished: bool) -> None:
    """Account for the rows up to `done`: `outcomes` counts them by how they ended. The caller has locked the file."""
    file.rows_done = done.rows
    file.bytes_done = done.offset
    for outcome, count in outcomes.items():
        setattr(file, outcome, getattr(file, outcome) + count)
    file.state = FileState.LOADED if finished else FileState.LOADING
    if finished:
        file.rows_total = done.rows
        file.loaded_at = ctx.now
    ctx.db.flush()


def _check_format(name: str) -> None:
    if name not in FORMATS:
        raise UnknownFormat(f"There is no format '{name}'; known are {', '.join(sorted(FORMATS))}.", field=("format",))


def _checked_name(name: str) -> str:
    shown = PurePath(name.replace("\\", "/")).name
    if not shown.strip(".") or len(shown) > LONGEST_NAME or not shown.isprintable():
        raise BadFile(f"A file needs a printable name of up to {LONGEST_NAME} characters.", field=("name",))
    return shown


def _rejection(ctx: Context, name: str, format_name: str, stored_as: str) -> str | None:
    try:
        FORMATS[format_name](storage.path_of(stored_as), settings_of(ctx, format_name), Position())
    except FileRejected as rejected:
        return f"'{name}' was not loaded as {format_name}. {rejected}"
    return None


def _try_again(file: UsageFile, name: str, format_name: str, rejection: str | None) -> None:
    file.name = name
    file.format = format_name
    file.rejection = rejection
    file.state = FileState.REJECTED if rejection else FileState.RECEIVED
    file.already = False
