"""Reads of calls in parts."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Text, Uuid, any_, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from mvne_platform.mediation.models import CallState, PartialCall, PartialRecord
from mvne_platform.mediation.parts.assembly import from_json, joined
from mvne_platform.mediation.usage import UsageEvent
from mvne_platform.runtime import Context

_DEFAULT_WAIT_HOURS = 24


def wait(ctx: Context) -> timedelta:
    """How long the parts of a call are waited for: the profile's `usage.parts_wait_hours`."""
    return timedelta(hours=ctx.brand.profile.get("usage", {}).get("parts_wait_hours", _DEFAULT_WAIT_HOURS))


def next_overdue(ctx: Context) -> datetime | None:
    """When the wait for the oldest open call ends, by the brand's clock."""
    return ctx.db.scalar(select(func.min(PartialCall.due_at)).where(PartialCall.state == CallState.OPEN))


def joined_event(ctx: Context, file_id: UUID, row: int) -> UsageEvent | None:
    """The event of the whole call that a row of a file completed; None for a row that is no part of a joined call.

    To rate such a row again: its own text is the text of one part.
    """
    call = (
        select(PartialRecord.call_id)
        .join(PartialCall, PartialCall.id == PartialRecord.call_id)
        .where(PartialRecord.file_id == file_id, PartialRecord.row == row, PartialCall.state == CallState.JOINED)
    )
    records = ctx.db.scalars(select(PartialRecord).where(PartialRecord.call_id == call.scalar_subquery())).all()
    return joined(from_json(record.event) for record in records) if records else None


def calls_for_update(ctx: Context, calls: Iterable[str]) -> dict[str, PartialCall]:
    """Lock calls, in the order of their names."""
    statement = (
        select(PartialCall).where(PartialCall.call == any_(cast(sorted(calls), ARRAY(Text)))).order_by(PartialCall.call)
    )
    locked = ctx.db.scalars(statement.with_for_update().execution_options(populate_existing=True))
    return {call.call: call for call in locked}


def records_of(ctx: Context, call_ids: Iterable[UUID]) -> dict[UUID, dict[int, PartialRecord]]:
    """The parts that are there, by call and number."""
    found: dict[UUID, dict[int, PartialRecord]] = {call_id: {} for call_id in call_ids}
    for record in ctx.db.scalars(
        select(PartialRecord).where(PartialRecord.call_id == any_(cast(list(found), ARRAY(Uuid))))
    ):
        found[record.call_id][record.number] = record
    return found
