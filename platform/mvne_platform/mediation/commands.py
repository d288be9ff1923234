"""Receiving usage files, and the account of their rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as insert_or

from mvne_platform.kernel import uuid7
from mvne_platform.mediation import archives, permissions, quarantine, queries, storage
from mvne_platform.mediation.errors import BadArchive, BadFile
from mvne_platform.mediation.formats import Position, Row
from mvne_platform.mediation.models import ExceptionKind, FileState, UsageException, UsageFile
from mvne_platform.mediation.quarantine import FileFault, check_format
from mvne_platform.mediation.usage import UsageEvent
from mvne_platform.runtime import Context

LONGEST_NAME = 255
DETAIL_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Unrated:
    """A row that was not rated: its line in the file, why, and the record as received.

    `service` and `start` (UTC) are the event's, where the row is one.
    """

    row: int
    kind: ExceptionKind
    reason: str
    detail: str
    record: str
    service: str | None = None
    start: datetime | None = None

    @classmethod
    def of(cls, row: Row, kind: ExceptionKind, reason: str, detail: str) -> "Unrated":
        """The row's answer, with what is known of its event."""
        if isinstance(row.outcome, UsageEvent):
            event = row.outcome
            return cls(row.number, kind, reason, detail, row.raw, event.service.value, event.start)
        return cls(row.number, kind, reason, detail, row.raw)


@dataclass(frozen=True, slots=True)
class Receipt:
    """That a file came: under what name, and whether its bytes were here before, in the same archive perhaps."""

    file: UsageFile
    name: str
    already: bool


def receive_file(ctx: Context, *, name: str, format: str, content_path: Path) -> UsageFile:  # noqa: A002  # its word
    """Take one usage file, the first if `content_path` is an archive of several; see `receive_files`."""
    return receive_files(ctx, name=name, format=format, content_path=content_path)[0]


def receive_files(ctx: Context, *, name: str, format: str, content_path: Path) -> list[UsageFile]:  # noqa: A002  # its word
    """Take a usage file, or those in an archive, into the brand's store; `content_path` is copied and stays.

    Answers each file once. The same bytes again answer the file of the first time, with `already` set, and change
    nothing, at the same moment too. A file or archive that cannot be read is kept as REJECTED with the reason; sent
    with another format it is tried again. Raises UnknownFormat, BadFile, OSError.
    """
    ctx.require(permissions.LOAD)
    return received(store_files(ctx, name=name, format=format, content_path=content_path))


def received(receipts: Sequence[Receipt]) -> list[UsageFile]:
    """The files, each once; `already` unless one of its receipts is the first of its bytes."""
    fresh = {receipt.file.id for receipt in receipts if not receipt.already}
    files = list({receipt.file.id: receipt.file for receipt in receipts}.values())
    for file in files:
        file.already = file.id not in fresh
    return files


def store_files(ctx: Context, *, name: str, format: str, content_path: Path) -> list[Receipt]:  # noqa: A002  # its word
    """The same for whoever may, with a receipt for each member: the caller has asked for the permission."""
    check_format(ctx, format)
    shown = _checked_name(name)
    try:
        with archives.unpacked(ctx.brand, shown, content_path) as members:
            return [_store(ctx, _checked_name(member.name), format, member.path) for member in members]
    except BadArchive as refusal:
        return [_store(ctx, shown, format, content_path, FileFault(refusal.code, refusal.message))]


def _store(ctx: Context, name: str, format_name: str, path: Path, known_fault: FileFault | None = None) -> Receipt:
    stored = storage.store(ctx.brand, path)
    fault = known_fault or quarantine.fault_of(ctx, stored.name, format_name, lenient=False)
    values = {
        "id": uuid7(),
        "name": name,
        "format": format_name,
        "digest": stored.digest,
        "size_bytes": stored.size_bytes,
        "stored_as": stored.name,
        "state": FileState.REJECTED if fault else FileState.RECEIVED,
        "rejection": fault and quarantine.sentence(name, format_name, fault),
        "rejection_code": fault and fault.code,
        "received_at": ctx.now,
    }
    statement = insert_or(UsageFile).values(values).on_conflict_do_nothing(index_elements=[UsageFile.digest])
    fresh = ctx.db.scalar(statement.returning(UsageFile.id)) is not None
    file = queries.file_by_digest_for_update(ctx, stored.digest)
    if fresh and fault:
        quarantine.note_rejection(ctx, file)
    if fresh or file.state is not FileState.REJECTED or file.format == format_name:
        return Receipt(file, name, already=not fresh)
    file.name = name
    quarantine.try_as(ctx, file, format_name, why="It was sent again with another format.")
    return Receipt(file, name, already=False)


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
            "service": row.service,
            "start": row.start,
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


def _checked_name(name: str) -> str:
    shown = PurePath(name.replace("\\", "/")).name
    if not shown.strip(".") or len(shown) > LONGEST_NAME or not shown.isprintable():
        raise BadFile(f"A file needs a printable name of up to {LONGEST_NAME} characters.", field=("name",))
    return shown
