"""Events that arrive after later ones of their charging group: what was rated since may have been another's to take.

Postpaid lines are noted, to be rated again from there; who pays in advance was debited for what there was, and stays
so. A line that holds no allowance and counts for no tier costs the same in any order, and is not noted.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from mvne_platform import balances
from mvne_platform.balances import PurseHead
from mvne_platform.catalogue import PaymentMode
from mvne_platform.charging import statements
from mvne_platform.charging.rerating.jobs import rerate_late
from mvne_platform.charging.rules import EventId
from mvne_platform.charging.writing import RatedRow
from mvne_platform.runtime import Context


def may_be_known(event: EventId, heads: Mapping[UUID, PurseHead]) -> bool:
    """Whether the event's subscription has been rated up to or beyond it; a later one cannot be a repeat."""
    reached = heads[event.subscription_id].rated_until
    return reached is not None and event.key <= reached


def note(ctx: Context, rated: Sequence[RatedRow], heads: Mapping[UUID, PurseHead]) -> None:
    """Remember how far the purses have been rated, and which lines are to be rated again. The purses are locked."""
    late = [row for row in rated if _is_late(row, heads)]
    latest: dict[UUID, UUID] = {}
    for row in rated:
        for purse in _purses_of(row):
            latest[purse] = max(row.id.key, latest.get(purse, row.id.key))
    balances.advance_purses(ctx, latest)
    note_late(ctx, _since(late))


def note_late(ctx: Context, since: Mapping[tuple[UUID, UUID | None], datetime]) -> None:
    """Remember lines to be rated again from an instant on, by subscription and sharing group."""
    if not since:
        return
    lines = {
        "subscriptions": [subscription for subscription, _ in since],
        "groups": [group for _, group in since],
        "since": list(since.values()),
    }
    ctx.db.execute(statements.NOTE_LATE, lines)


def _is_late(row: RatedRow, heads: Mapping[UUID, PurseHead]) -> bool:
    if row.subscriber.payment_mode is not PaymentMode.POSTPAID:
        return False
    return any(
        head.rated_until is not None and row.id.key < head.rated_until
        for purse in _purses_of(row)
        if (head := heads.get(purse)) is not None
    )


def _purses_of(row: RatedRow) -> Iterable[UUID]:
    group = row.subscriber.group_id
    return (row.id.subscription_id,) if group is None else (row.id.subscription_id, group)


def _since(late: Iterable[RatedRow]) -> dict[tuple[UUID, UUID | None], datetime]:
    since: dict[tuple[UUID, UUID | None], datetime] = {}
    for row in late:
        line = (row.id.subscription_id, row.subscriber.group_id)
        since[line] = min(row.event.start, since.get(line, row.event.start))
    return since


def promise(ctx: Context) -> None:
    """Have the noted lines rated again, if there are any."""
    if ctx.db.scalar(statements.ANY_LATE):
        ctx.later(rerate_late)
