"""Whose a record is, whether it is a repeat, and when it is billed."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from mvne_platform.kernel import local_date
from mvne_platform.mediation import ExceptionKind, Fault, NumberData, Row, Unrated, UsageEvent, event_key
from mvne_platform.subscriptions import Line, PlanPeriod, Timeline

# Clocks of switches differ a little from ours, and a file may be read in the minute it was written.
AHEAD = timedelta(days=1)


class EventId(NamedTuple):
    """The identity of a rated event; sorts by subscription, then by time."""

    subscription_id: UUID
    key: UUID


@dataclass(frozen=True, slots=True)
class Identified:
    """A row of a file that is one subscription's usage event, with the plan that held at its start."""

    file_id: UUID
    row: Row
    event: UsageEvent
    id: EventId
    line: Line
    plan: PlanPeriod


class Place(NamedTuple):
    """Where an event was first: a file's name, and the line in it."""

    file_name: str
    row: int


def identify(file_id: UUID, rows: Iterable[Row], timeline: Timeline, now: datetime) -> Iterator[Identified | Unrated]:
    """Find the subscription that held each record's identifiers at its start; answers in the order of the rows."""
    for row in rows:
        if isinstance(row.outcome, Fault):
            yield failed(row, row.outcome.reason, row.outcome.detail)
        elif row.outcome.start > now + AHEAD:
            yield failed(row, "start_in_future", f"The start {row.outcome.start:%Y-%m-%d %H:%M:%S} UTC is yet to come.")
        else:
            yield _identify(file_id, row, row.outcome, timeline)


def _identify(file_id: UUID, row: Row, event: UsageEvent, timeline: Timeline) -> Identified | Unrated:
    holders = {
        line.subscription_id: line
        for kind, value in event.identifiers
        if (line := timeline.holder(kind, value, event.start)) is not None
    }
    if not holders:
        kinds = " or ".join(dict.fromkeys(kind for kind, _ in event.identifiers))
        return failed(row, "unknown_subscriber", f"No subscription held this {kinds} at {event.start:%Y-%m-%d %H:%M}.")
    if len(holders) > 1:
        return failed(row, "identifiers_disagree", f"The identifiers belong to {len(holders)} subscriptions.")
    (line,) = holders.values()
    plan = line.plan_at(event.start)
    if plan is None:
        return failed(row, "no_plan", f"The subscription had no plan at {event.start:%Y-%m-%d %H:%M}.")
    return Identified(file_id, row, event, EventId(line.subscription_id, event_key(event)), line, plan)


def with_number_data(one: Identified, numbers: NumberData) -> Identified:
    """The row with what was known of its called number at the event's start."""
    event = event_with_number_data(one.event, numbers)
    return one if event is one.event else replace(one, event=event)


def event_with_number_data(event: UsageEvent, numbers: NumberData) -> UsageEvent:
    """The event with what was known of its called number at its start."""
    if event.other_party is None:
        return event
    facts = numbers.at(event.other_party, event.start)
    if facts.operator is None and facts.number_class is None:
        return event
    return replace(event, operator=facts.operator, number_class=facts.number_class)


def split_repeats(
    found: Iterable[Identified], known: Mapping[EventId, Place], file_name: str
) -> tuple[list[Identified], list[Unrated]]:
    """Part what is new from repeats of events known already or met earlier in the same rows."""
    seen = dict(known)
    fresh: list[Identified] = []
    repeats: list[Unrated] = []
    for one in found:
        own = Place(file_name, one.row.number)
        first = seen.setdefault(one.id, own)
        if first is own:
            fresh.append(one)
        else:
            repeats.append(repeated(one.row, first, file_name))
    return fresh, repeats


def split_correlated(
    found: Iterable[Identified], charged: Collection[tuple[UUID, str]]
) -> tuple[list[Identified], list[Unrated]]:
    """Part what was not charged yet from records of what was charged online, by subscription and correlation."""
    fresh: list[Identified] = []
    correlated: list[Unrated] = []
    for one in found:
        name = one.event.correlation
        if name is None or (one.id.subscription_id, name) not in charged:
            fresh.append(one)
        else:
            correlated.append(charged_online(one.row, name))
    return fresh, correlated


def charged_online(row: Row, name: str) -> Unrated:
    """A row whose event was charged online, under the charging id `name`."""
    detail = f"Charged online already, under the charging id '{name}'."
    return Unrated.of(row, ExceptionKind.CORRELATED, "charged_online", detail)


def repeated(row: Row, first: Place, file_name: str) -> Unrated:
    """A row of `file_name` whose event is there already."""
    where = "this file" if first.file_name == file_name else f"'{first.file_name}'"
    detail = f"Line {first.row} of {where} is the same event."
    return Unrated.of(row, ExceptionKind.DUPLICATE, "repeated", detail)


def failed(row: Row, reason: str, detail: str) -> Unrated:
    """A row that cannot be rated."""
    return Unrated.of(row, ExceptionKind.FAILED, reason, detail)


def bill_period(start: datetime, billed_until: date, zone: str) -> date:
    """The first day of the billing period an event joins: its own month, or for a late one the first not billed yet."""
    return max(local_date(start, zone).replace(day=1), billed_until)
