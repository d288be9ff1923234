"""Collecting the parts of calls until they are joined."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql import insert as insert_or

from mvne_platform.kernel import uuid7
from mvne_platform.mediation.commands import Unrated
from mvne_platform.mediation.formats import RecordFault, Row
from mvne_platform.mediation.models import CallState, ExceptionKind, PartialCall, PartialRecord, UsageFile
from mvne_platform.mediation.parts import queries
from mvne_platform.mediation.parts.assembly import as_json, call_of, check_fits, complete, from_json, joined
from mvne_platform.mediation.usage import UsageEvent, event_key
from mvne_platform.runtime import Context


@dataclass(slots=True)
class Collected:
    """What became of rows that are parts of calls; each is in one place.

    `complete` are the rows that completed their calls, with the event of the whole call: to be rated, and counted as
    that ends. `kept` rows wait (counted as `collected`); `unrated` are duplicates and failures.
    """

    complete: list[Row] = field(default_factory=list)
    kept: int = 0
    unrated: list[Unrated] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Overdue:
    """A call that was joined without all its parts: the row of its latest part, with the event of the call."""

    file_id: UUID
    row: Row


def collect_parts(ctx: Context, file_id: UUID, rows: Sequence[Row]) -> Collected:
    """Keep the parts that a file brings, and join the calls that are complete now. The caller has locked the file."""
    collected = Collected()
    if not rows:
        return collected
    named = {row.number: call_of(_event(row)) for row in rows}
    calls = _locked_calls(ctx, set(named.values()))
    records = queries.records_of(ctx, [call.id for call in calls.values()])
    parts = {call_id: {number: _stored(one) for number, one in known.items()} for call_id, known in records.items()}
    for row in rows:
        call = calls[named[row.number]]
        _collect(ctx, file_id, row, call, parts[call.id], collected)
    ctx.db.flush()
    return collected


def overdue_parts(ctx: Context, *, limit: int = 500) -> list[Overdue]:
    """Join the calls whose time is up with the parts that are there, and lock the files that brought the latest ones.

    For each, rate the event and `settle_part` how its row ended. What comes after that is a failed row.
    """
    latest = _latest_rows(ctx, limit)
    _lock_files(ctx, {file_id for file_id, _ in latest.values()})
    calls = queries.calls_for_update(ctx, latest)
    records = queries.records_of(ctx, [call.id for call in calls.values()])
    found: list[Overdue] = []
    for call in calls.values():
        parts = records[call.id]
        record = parts[max(parts)]
        # A part that came meanwhile, or another run that was faster, makes it another's business.
        if call.state is CallState.OPEN and latest[call.call] == (record.file_id, record.row):
            event = joined(_stored(one) for one in parts.values())
            _close(ctx, call, event)
            found.append(Overdue(record.file_id, Row(record.row, 0, record.record, event)))
    ctx.db.flush()
    return found


def settle_part(ctx: Context, file_id: UUID, outcome: str) -> None:
    """Count the row of an overdue call, `collected` until now, by how its call ended (a count of UsageFile)."""
    file = ctx.db.get_one(UsageFile, file_id)
    file.collected -= 1
    setattr(file, outcome, getattr(file, outcome) + 1)
    ctx.db.flush()


def _collect(
    ctx: Context, file_id: UUID, row: Row, call: PartialCall, parts: dict[int, UsageEvent], collected: Collected
) -> None:
    event = _event(row)
    try:
        repeated = _is_repeat(call, parts, event)
    except RecordFault as fault:
        collected.unrated.append(Unrated.of(row, ExceptionKind.FAILED, fault.reason, fault.detail))
        return
    if repeated:
        text = f"Part {_number(event)} of this call was brought before."
        collected.unrated.append(Unrated.of(row, ExceptionKind.DUPLICATE, "repeated", text))
        return
    parts[_number(event)] = event
    _keep(ctx, file_id, row, call, event)
    if not complete(parts):
        collected.kept += 1
        return
    whole = joined(parts.values())
    _close(ctx, call, whole)
    collected.complete.append(Row(row.number, row.end, row.raw, whole))


def _is_repeat(call: PartialCall, parts: dict[int, UsageEvent], event: UsageEvent) -> bool:
    number = _number(event)
    known = parts.get(number)
    if known is not None and event_key(known) == event_key(event):
        return True
    if call.state is CallState.JOINED:
        raise RecordFault("part_after_call", f"Part {number} came after its call had been rated.")
    if known is not None:
        raise RecordFault("part_disagrees", f"Another record is part {number} of this call already.")
    check_fits(parts, event)
    return False


def _keep(ctx: Context, file_id: UUID, row: Row, call: PartialCall, event: UsageEvent) -> None:
    record = PartialRecord(
        id=uuid7(),
        call_id=call.id,
        number=_number(event),
        last=event.part is not None and event.part.last,
        file_id=file_id,
        row=row.number,
        record=row.raw,
        event=as_json(event),
    )
    ctx.db.add(record)


def _close(ctx: Context, call: PartialCall, event: UsageEvent) -> None:
    call.state = CallState.JOINED
    call.joined_at = ctx.now
    call.key = event_key(event)


def _locked_calls(ctx: Context, names: set[str]) -> dict[str, PartialCall]:
    due_at = ctx.now + queries.wait(ctx)
    values = [{"id": uuid7(), "call": name, "due_at": due_at} for name in sorted(names)]
    ctx.db.execute(insert_or(PartialCall).on_conflict_do_nothing(index_elements=[PartialCall.call]), values)
    return queries.calls_for_update(ctx, names)


def _latest_rows(ctx: Context, limit: int) -> dict[str, tuple[UUID, int]]:
    due = (
        select(PartialCall.id, PartialCall.call)
        .where(PartialCall.state == CallState.OPEN, PartialCall.due_at <= ctx.now)
        .order_by(PartialCall.due_at, PartialCall.id)
        .limit(limit)
        .subquery()
    )
    statement = (
        select(due.c.call, PartialRecord.file_id, PartialRecord.row)
        .join(PartialRecord, PartialRecord.call_id == due.c.id)
        .ext(distinct_on(due.c.call))
        .order_by(due.c.call, PartialRecord.number.desc())
    )
    return {row.call: (row.file_id, row.row) for row in ctx.db.execute(statement)}


def _lock_files(ctx: Context, file_ids: set[UUID]) -> None:
    statement = select(UsageFile).where(UsageFile.id.in_(file_ids)).order_by(UsageFile.id)
    ctx.db.scalars(statement.with_for_update(key_share=True).execution_options(populate_existing=True)).all()


def _event(row: Row) -> UsageEvent:
    if not isinstance(row.outcome, UsageEvent):
        raise TypeError(f"Row {row.number} is no event.")
    return row.outcome


def _number(event: UsageEvent) -> int:
    return event.part.number if event.part is not None else 0


def _stored(record: PartialRecord) -> UsageEvent:
    return from_json(record.event)
