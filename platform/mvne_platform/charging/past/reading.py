"""The past of a billing account's lines, read so that it can be rated again: see `ordering` for the order.

Where the order of time counts, what has expired since is put back; where that of arrival does, every top-up, grant and
expiry has its moment.
"""

from collections import Counter, deque
from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from mvne_platform import balances, catalogue, subscriptions
from mvne_platform.balances import Reason
from mvne_platform.catalogue import Tariff
from mvne_platform.charging.past import statements
from mvne_platform.charging.past.events import event_id, event_of, result_of, wholesale_of
from mvne_platform.charging.past.ordering import History, history, together, with_older
from mvne_platform.charging.past.pricing import Pricing
from mvne_platform.charging.past.recompute import PastEvent, PastMovement, PastStep, costs_the_same
from mvne_platform.charging.purses import read_purses
from mvne_platform.charging.rules import EventId
from mvne_platform.charging.subjects import Subjects, subjects_of
from mvne_platform.kernel import Unit
from mvne_platform.mediation import first_key
from mvne_platform.rating import SPEND, Item, Purse, PurseBucket, ScalarRater, Subscriber
from mvne_platform.runtime import Context
from mvne_platform.subscriptions import Line

_ENDING = (Reason.EXPIRY, Reason.ROLLOVER)
_RATER = ScalarRater()
_NO_PRICES = Tariff(code="", currency="", time_zone="UTC", holidays={}, versions=())


@dataclass(frozen=True, slots=True)
class Past:
    """An account's past from an instant on: its steps in order, and the purses, by charging group, before them.

    `ended` are the buckets whose rest has been booked away, by expiry or rollover.
    """

    account_id: UUID
    steps: Sequence[PastStep]
    purses: Mapping[UUID, Purse]
    ended: frozenset[UUID]


def read_past_unlocked(ctx: Context, account_id: UUID, since: datetime, pricing: Pricing) -> Past | None:
    """As `read_past`, for who only looks: nothing moves while it is read, and nothing stays locked after it."""
    attempt = ctx.db.begin_nested()
    try:
        balances.lock_purses(ctx, subscriptions.lines_of_account(ctx, account_id), since=since)
        return read_past(ctx, account_id, since, pricing)
    finally:
        attempt.rollback()  # locks end with it


def read_past(ctx: Context, account_id: UUID, since: datetime, pricing: Pricing) -> Past | None:
    """What the account's lines used from `since` (UTC) on; None when they used nothing. The purses are locked."""
    lines = subscriptions.lines_of_account(ctx, account_id)
    histories = _histories(ctx, lines, since)
    if not histories:
        return None

    events = _events(ctx, lines, [row for one in histories for row in one.rows], since, pricing)
    purses = read_purses(ctx, [Item(one.event, one.subscriber, one.tariff or _NO_PRICES) for one in events.values()])
    buckets = {bucket.id: bucket for purse in purses.values() for bucket in purse.buckets}
    entries = ctx.db.execute(statements.ENTRIES, {"buckets": list(buckets)}).all()
    ended = frozenset(entry.bucket_id for entry in entries if entry.reason in _ENDING and entry.delta < 0)

    answered = {event_id(row) for one in histories for row in one.answered}
    events = {key: _settled(event, buckets, answered) for key, event in events.items()}
    _give_back(ctx, events.values(), buckets)
    _uncount(events.values(), purses)
    steps = [step for one in histories for step in _steps(one, events, purses, entries)]
    return Past(account_id, steps, purses, ended)


def _histories(ctx: Context, lines: Mapping[UUID, Line], since: datetime) -> list[History]:
    """What lines that belong together used from `since` on, and what arrived since then of the time before."""
    rows = _rows(ctx, list(lines), first_key(since))
    found = []
    for part in together(lines.keys(), balances.sharing_of(ctx, lines.keys())) if rows else ():
        own = history([lines[line] for line in part], [row for row in rows if row.subscription_id in part])
        first = own.first_arrived
        if first is not None:
            own = with_older(own, _older(ctx, part, first, since))
        if own.spells:
            found.append(own)
    return found


def _rows(ctx: Context, subscription_ids: Sequence[UUID], lowest: UUID) -> list[Any]:
    return list(ctx.db.execute(statements.EVENTS, {"subscriptions": subscription_ids, "lowest": lowest}))


def _older(ctx: Context, part: set[UUID], first: UUID, since: datetime) -> list[Any]:
    """Events of before `since` that arrived no earlier than `first`."""
    oldest = ctx.db.scalar(statements.OLDEST_SINCE, {"first": first})
    if oldest is None or oldest >= first_key(since):
        return []
    return [row for row in _rows(ctx, list(part), oldest) if row.start < since and row.arrived >= first]


def _events(
    ctx: Context, lines: Mapping[UUID, Line], rows: Sequence[Any], since: datetime, pricing: Pricing
) -> dict[EventId, PastEvent]:
    subjects = subjects_of(ctx, lines.values())
    host = catalogue.wholesale_tariff(ctx)
    taken_from = balances.states(ctx, {bucket for row in rows for bucket in row.bucket_ids or ()})
    units = {bucket_id: state.unit for bucket_id, state in taken_from.items()}
    events = {}
    for row in rows:
        subscriber, tariff = _subject(subjects, lines[row.subscription_id], row)
        events[event_id(row)] = PastEvent(
            id=event_id(row),
            event=event_of(row),
            result=result_of(row, units),
            wholesale=wholesale_of(row, host.currency if host else ""),
            subscriber=subscriber,
            tariff=pricing.price_of(row, tariff) if tariff else None,
            host=host if pricing.asks_host(row) else None,
            fixed=row.start < since,
            relisted=tariff is not None and not _is_of(tariff, row.price_list_version_id),
        )
    return events


def _is_of(tariff: Tariff, version_id: UUID | None) -> bool:
    return version_id is None or any(version.id == version_id for version in tariff.versions)


def _subject(subjects: Subjects, line: Line, row: Any) -> tuple[Subscriber, Tariff | None]:
    """The line at the event's start, in the group and the billing period the event was rated in, and its price list."""
    plan = line.plan_at(row.start) or line.plans[-1]
    subscriber = replace(subjects.subscriber(line, plan, row.start), period=row.bill_period, group_id=row.group_id)
    code = subjects.price_list(line, plan, row.start)
    return subscriber, subjects.tariff(code) if code else None


def _steps(
    past: History, events: Mapping[EventId, PastEvent], purses: Mapping[UUID, Purse], entries: Sequence[Any]
) -> Iterator[PastStep]:
    """The events in their order, with what else moved their buckets in between; that is undone first."""
    own = [events[event_id(row)] for row in past.rows]
    groups = {event.subscriber.charging_group for event in own}
    buckets = {bucket.id: bucket for group in groups for bucket in purses[group].buckets}
    first = past.first_arrived
    in_between = {bucket.id for bucket in buckets.values() if past.is_by_arrival(bucket.valid_from, bucket.valid_to)}
    pending = []
    for entry in entries:
        if entry.bucket_id not in buckets:
            continue
        if entry.bucket_id in in_between and first is not None:
            if entry.id > first:
                pending.append(entry)
                buckets[entry.bucket_id].amount -= entry.delta
        elif entry.reason == Reason.EXPIRY:
            buckets[entry.bucket_id].amount -= entry.delta
    return _with_movements(past, events, pending, buckets)


def _with_movements(
    past: History, events: Mapping[EventId, PastEvent], pending: Sequence[Any], buckets: Mapping[UUID, PurseBucket]
) -> Iterator[PastStep]:
    """Each movement before the first event that arrived later; ids rise with time.

    Where the order of arrival counts no more, all that was given since is there, and nothing has expired.
    """
    following = deque(pending)
    for spell in past.spells:
        for row in spell.rows:
            while spell.by_arrival and following and following[0].id < row.arrived:
                yield _movement(following.popleft(), buckets)
            if spell is past.spells[-1] and not spell.by_arrival:
                yield from (_movement(entry, buckets) for entry in following if entry.reason != Reason.EXPIRY)
                following.clear()
            yield events[event_id(row)]


def _movement(entry: Any, buckets: Mapping[UUID, PurseBucket]) -> PastMovement:
    return PastMovement(buckets[entry.bucket_id], entry.delta, empties=entry.reason == Reason.EXPIRY)


def _settled(event: PastEvent, buckets: Mapping[UUID, PurseBucket], answered: Container[EventId]) -> PastEvent:
    """The event, marked if it was answered, and if its own price is as it was then."""
    if event.id not in answered:
        return event
    return replace(event, answered=True, stays=event.fixed or costs_the_same(event, buckets, _RATER))


def _give_back(ctx: Context, events: Collection[PastEvent], buckets: Mapping[UUID, PurseBucket]) -> None:
    """Put back what the events may take anew. What sessions hold of an allowance is theirs; money may be overdrawn."""
    for state in balances.states(ctx, list(buckets)).values():
        buckets[state.id].amount = state.amount if state.unit is Unit.MONEY else state.available
    for event in events:
        held = event.held
        for take in event.result.takes:
            if take not in held:
                buckets[take.bucket_id].amount += take.quantity


def _uncount(events: Collection[PastEvent], purses: Mapping[UUID, Purse]) -> None:
    """Turn the counters back; all purses of an account look at the same ones."""
    counted = Counter[tuple[UUID, str, date]]()
    for event in events:
        line, period = event.id.subscription_id, event.subscriber.period
        counted[line, SPEND, period] += event.result.accrued_micros
        if event.result.counter is not None:
            counted[line, event.result.counter, period] += event.result.counted
    now = {key: value for purse in purses.values() for key, value in purse.counters.items()}
    before = {key: value - counted[key] for key, value in now.items()}
    for purse in purses.values():
        purse.counters = before
