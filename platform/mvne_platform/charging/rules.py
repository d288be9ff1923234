"""Whose a record is, whether it is a repeat, and when it is billed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from mvne_platform.catalogue import TariffVersion, Treatment
from mvne_platform.kernel import local_date
from mvne_platform.mediation import ExceptionKind, Fault, Row, Unrated, UsageEvent, event_key
from mvne_platform.subscriptions import Line, PlanPeriod, Timeline

# Clocks of switches differ a little from ours, and a file may be read in the minute it was written.
AHEAD = timedelta(days=1)


class EventId(NamedTuple):
    """The identity of a rated event; sorts by subscription, then by time."""

    subscription_id: UUID
    key: UUID


@dataclass(frozen=True, slots=True)
class Identified:
    """A row that is one subscription's usage event, with the plan that held at its start."""

    row: Row
    event: UsageEvent
    id: EventId
    line: Line
    plan: PlanPeriod


class Place(NamedTuple):
    """Where an event was first: a file's name, and the line in it."""

    file_name: str
    row: int


def identify(rows: Iterable[Row], timeline: Timeline, now: datetime) -> Iterator[Identified | Unrated]:
    """Find the subscription that held each record's identifiers at its start; answers in the order of the rows."""
    for row in rows:
        if isinstance(row.outcome, Fault):
            yield failed(row, row.outcome.reason, row.outcome.detail)
        elif row.outcome.start > now + AHEAD:
            yield failed(row, "start_in_future", f"The start {row.outcome.start:%Y-%m-%d %H:%M:%S} UTC is yet to come.")
        else:
            yield _identify(row, row.outcome, timeline)


def _identify(row: Row, event: UsageEvent, timeline: Timeline) -> Identified | Unrated:
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
    return Identified(row, event, EventId(line.subscription_id, event_key(event)), line, plan)


def split_repeats(
    found: Iterable[Identified], known: Mapping[EventId, Place], file_name: str
) -> tuple[list[Identified], list[Unrated]]:
    """Part what is new from repeats of events known already or met earlier in the same rows."""
    seen = dict(known)
    fresh: list[Identified] = []
    repeats: list[Unrated] = []
    for one in found:
        first = seen.setdefault(one.id, Place(file_name, one.row.number))
        if one.id in known or first.row != one.row.number:
            where = "this file" if first.file_name == file_name else f"'{first.file_name}'"
            detail = f"Line {first.row} of {where} is the same event."
            repeats.append(Unrated(one.row.number, ExceptionKind.DUPLICATE, "repeated", detail, one.row.raw))
        else:
            fresh.append(one)
    return fresh, repeats


def failed(row: Row, reason: str, detail: str) -> Unrated:
    """A row that cannot be rated."""
    return Unrated(row.number, ExceptionKind.FAILED, reason, detail, row.raw)


def is_free_number(number: str | None, version: TariffVersion | None) -> bool:
    """Whether a number is one of emergency, freephone or helpline, by the price list."""
    if not number or version is None:
        return False
    zone = version.short_codes.get(number)
    if number.startswith("+"):
        listed = (version.prefixes.get(number[1 : length + 1]) for length in version.prefix_lengths)
        zone = next((found for found in listed if found is not None), None)
    return zone is not None and zone.treatment is Treatment.FREE


def bill_period(start: datetime, billed_until: date, zone: str) -> date:
    """The first day of the billing period an event joins: its own month, or for a late one the first not billed yet."""
    return max(local_date(start, zone).replace(day=1), billed_until)
