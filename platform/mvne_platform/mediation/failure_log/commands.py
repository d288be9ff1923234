"""What is done about failed rows: corrected, rated again, written off. Each step is added, none is changed.

Locks: the file of a failed row stands for all its failures; whoever closes one locks the files first, by id.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, insert, select

from mvne_platform.kernel import uuid7
from mvne_platform.mediation import permissions
from mvne_platform.mediation.errors import BadCorrection, FailureClosed, TooMany, UnknownFailure
from mvne_platform.mediation.events import FailureCorrected, FailuresWrittenOff
from mvne_platform.mediation.failure_log import queries
from mvne_platform.mediation.failure_log.records import Outcome, read_again
from mvne_platform.mediation.failure_log.selection import RECORD, STATE, STILL_OPEN, failed_rows
from mvne_platform.mediation.formats import Fault
from mvne_platform.mediation.models import FailureAction, FailureDeed, UsageException, UsageFile
from mvne_platform.mediation.quarantine import checked_why
from mvne_platform.runtime import Context

LONGEST_RECORD = 16_384
MOST_AT_ONCE = 1_000
# How a row that is rated again may end; all but `failed` close the failure.
OUTCOMES = ("rated", "not_chargeable", "barred", "duplicate", "correlated", "collected", "failed")
DETAIL_LENGTH = 500


@dataclass(frozen=True, slots=True)
class OpenFailure:
    """A failed row to be rated again: the record as corrected, and what it says by its format as that stands now."""

    id: UUID
    file_id: UUID
    row: int
    record: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Settled:
    """How a row that was rated again ended: one of OUTCOMES; `reason` and `detail` say why it failed again."""

    exception_id: UUID
    outcome: str
    reason: str | None = None
    detail: str = ""


def correct_failure(ctx: Context, failure_id: UUID, *, record: str, why: str) -> queries.Failure:
    """Put a corrected record beside the one received; it counts when the row is rated again.

    Who corrects must see the record. Raises UnknownFailure, FailureClosed, BadCorrection, WhyMissing.
    """
    ctx.require(permissions.CORRECT)
    ctx.require(permissions.READ_NUMBERS)
    said = checked_why(why)
    found = queries.failure(ctx, failure_id)
    file = _lock_files(ctx, [found.file_id])[found.file_id]
    found = queries.failure(ctx, failure_id)
    if found.state not in STILL_OPEN:
        raise FailureClosed(f"This row is {found.state} already; nothing is left to correct.")
    _check_record(ctx, file, record, was=found.corrected or found.record or "")
    _add(ctx, [_step(ctx, failure_id, FailureDeed.CORRECTED, why=said, record=record)])
    ctx.emit(FailureCorrected(failure_id))
    return queries.failure(ctx, failure_id)


def write_off(ctx: Context, ids: Sequence[UUID], *, why: str, batch_id: UUID | None = None) -> int:
    """Give failed rows up for good; answers how many were still open. Raises UnknownFailure, WhyMissing, TooMany."""
    ctx.require(permissions.WRITE_OFF)
    said = checked_why(why)
    if len(ids) > MOST_AT_ONCE:
        raise TooMany(f"At most {MOST_AT_ONCE} failures at once; begin a batch for more.", field=("failure_ids",))
    files, still_open = _locked(ctx, ids)
    steps = [_step(ctx, row.id, FailureDeed.WRITTEN_OFF, why=said, batch_id=batch_id) for row in still_open]
    _add(ctx, steps)
    for file_id, count in sorted(Counter(row.file_id for row in still_open).items()):
        files[file_id].failed -= count
        files[file_id].written_off += count
        ctx.emit(FailuresWrittenOff(file_id, count))
    ctx.db.flush()
    return len(still_open)


def failures_for_update(ctx: Context, ids: Sequence[UUID]) -> list[OpenFailure]:
    """Lock the files of failed rows and answer those rows that are still open, by file and row, read again.

    For charging, which settles each of them in the same transaction. Raises UnknownFailure, StoredFileMissing.
    """
    files, rows = _locked(ctx, ids)
    by_file: dict[UUID, list[tuple[UUID, int, str]]] = defaultdict(list)
    for row in rows:
        by_file[row.file_id].append((row.id, row.row, row.record))
    return [
        OpenFailure(failure_id, file_id, number, record, outcome)
        for file_id, found in by_file.items()
        for (failure_id, number, record), outcome in zip(
            found, read_again(ctx, files[file_id], [record for _, _, record in found]), strict=True
        )
    ]


def settle_failures(ctx: Context, settled: Sequence[Settled], *, batch_id: UUID | None = None) -> int:
    """Note how rows that were rated again ended, and move their files' counts; answers how many were closed.

    `batch_id` is the batch in which somebody asked for it. The caller has them from `failures_for_update` in the same
    transaction.
    """
    unknown = {one.outcome for one in settled} - set(OUTCOMES)
    if unknown:
        raise ValueError(f"no outcome of a row: {', '.join(sorted(unknown))}")
    _add(ctx, [_settling_step(ctx, one, batch_id) for one in settled])
    closed = {one.exception_id: one.outcome for one in settled if one.outcome != "failed"}
    places = select(UsageException.id, UsageException.file_id).where(UsageException.id.in_(closed))
    moved = Counter((row.file_id, closed[row.id]) for row in ctx.db.execute(places))
    files = _lock_files(ctx, [file_id for file_id, _ in moved])
    for (file_id, outcome), count in moved.items():
        files[file_id].failed -= count
        setattr(files[file_id], outcome, getattr(files[file_id], outcome) + count)
    ctx.db.flush()
    return len(closed)


def _settling_step(ctx: Context, one: Settled, batch_id: UUID | None) -> dict[str, object]:
    failed = one.outcome == "failed"
    deed, reason = (FailureDeed.FAILED, one.reason) if failed else (FailureDeed.RATED, one.outcome)
    return _step(
        ctx, one.exception_id, deed, reason=reason, detail=one.detail[:DETAIL_LENGTH] or None, batch_id=batch_id
    )


def _check_record(ctx: Context, file: UsageFile, record: str, *, was: str) -> None:
    field = ("record",)
    if not record.isprintable() or not 0 < len(record) <= LONGEST_RECORD:
        raise BadCorrection(f"A record is one line of up to {LONGEST_RECORD} printable characters.", field=field)
    if record == was:
        raise BadCorrection("The record is as it was; change it, or have it rated again as it is.", field=field)
    (outcome,) = read_again(ctx, file, [record])
    if isinstance(outcome, Fault):
        raise BadCorrection(f"The corrected record cannot be read: {outcome.detail}", field=field)


def _locked(ctx: Context, ids: Sequence[UUID]) -> tuple[Mapping[UUID, UsageFile], Sequence[Row[Any]]]:
    """Lock the files of these failures, then read which of them are still open: by file, then row."""
    places = select(UsageException.id, UsageException.file_id).where(UsageException.id.in_(ids))
    file_of = {row.id: row.file_id for row in ctx.db.execute(places)}
    if len(file_of) < len(set(ids)):
        raise UnknownFailure("There is no such failed row.", field=("failure_ids",))
    files = _lock_files(ctx, file_of.values())
    record = func.coalesce(RECORD, UsageException.record).label("record")
    rows = failed_rows(UsageException.id, UsageException.file_id, UsageException.row, record)
    rows = rows.where(UsageException.id.in_(ids), STATE.in_([state.value for state in STILL_OPEN]))
    return files, ctx.db.execute(rows.order_by(UsageException.file_id, UsageException.row)).all()


def _lock_files(ctx: Context, ids: Collection[UUID]) -> Mapping[UUID, UsageFile]:
    statement = select(UsageFile).where(UsageFile.id.in_(ids)).order_by(UsageFile.id).with_for_update(key_share=True)
    return {file.id: file for file in ctx.db.scalars(statement)}


def _step(ctx: Context, failure_id: UUID, deed: FailureDeed, **values: object) -> dict[str, object]:
    empty = dict.fromkeys(("reason", "detail", "why", "record", "batch_id"))
    own = {"id": uuid7(), "exception_id": failure_id, "action": deed, "actor": str(ctx.actor), "at": ctx.now}
    return {**empty, **own, **values}


def _add(ctx: Context, steps: Sequence[dict[str, object]]) -> None:
    if steps:
        ctx.db.execute(insert(FailureAction), list(steps))
