"""Rating the past again, from the state balances had then. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from mvne_platform.catalogue import Tariff
from mvne_platform.charging.rules import EventId
from mvne_platform.kernel import Unit
from mvne_platform.mediation import UsageEvent
from mvne_platform.rating import (
    SPEND,
    CounterId,
    Outcome,
    Purse,
    PurseBucket,
    Rated,
    Rater,
    Subscriber,
    Take,
    Wholesale,
)

Told = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class PastMovement:
    """What else moved a bucket between two events: a top-up, a grant, a rollover, units that expired.

    `empties`: whatever was left at that moment went, so that another result before leaves nothing behind either.
    """

    bucket: PurseBucket
    delta: int
    empties: bool = False

    def apply(self) -> None:
        """Move the bucket."""
        self.bucket.amount = min(self.bucket.amount, 0) if self.empties else self.bucket.amount + self.delta


@dataclass(frozen=True, slots=True)
class PastEvent:
    """A rated event with what holds for it now, its newest result.

    `subscriber.period` is the billing period its accrued amount belongs to. Without a `tariff` it is not rated again
    (its price list is gone), and a `fixed` one only takes what it took. A `relisted` one was rated by a list that is
    not the line's now. One that was `answered` (see `History.answered`) has what it took of allowances to itself, and
    `stays` as it was while its own price is the same.
    """

    id: EventId
    event: UsageEvent
    result: Rated
    wholesale: Wholesale | None
    subscriber: Subscriber
    tariff: Tariff | None
    host: Tariff | None = None
    fixed: bool = False
    relisted: bool = False
    answered: bool = False
    stays: bool = False

    @property
    def held(self) -> list[Take]:
        """What was its own from its beginning, and is there for nobody else."""
        return [take for take in self.result.takes if self.answered and take.unit is not Unit.MONEY]

    @property
    def told(self) -> Told:
        """What is charged, taken and shown."""
        return _told(self.result, self.wholesale)


PastStep = PastEvent | PastMovement


@dataclass(frozen=True, slots=True)
class Again:
    """An event rated again. One that would fail now keeps its result, and `failure` says why."""

    past: PastEvent
    result: Rated
    wholesale: Wholesale | None
    failure: str | None = None

    @property
    def told(self) -> Told:
        """What would be charged, taken and shown."""
        return _told(self.result, self.wholesale)

    @property
    def changed(self) -> bool:
        """Whether any of it is another; the same by another price list is another, by a newer version of it is not.

        Where an allowance covers it, the price does not show, and would once late usage has taken that allowance.
        """
        covered = any(take.unit is not Unit.MONEY for take in self.past.result.takes)
        by_another = self.result.version_id != self.past.result.version_id and (self.past.relisted or covered)
        return by_another or self.past.told != self.told

    @property
    def accrued_delta(self) -> int:
        """Micros that are billed more."""
        return self.result.accrued_micros - self.past.result.accrued_micros

    @property
    def debited_delta(self) -> int:
        """Micros that are taken from money more."""
        return self.result.debited_micros - self.past.result.debited_micros


def recompute(steps: Iterable[PastStep], purses: Mapping[UUID, Purse], rater: Rater) -> Iterator[Again]:
    """Rate events again in the order of `steps`; `purses`, by charging group, are as before them, and are changed."""
    for step in steps:
        if isinstance(step, PastMovement):
            step.apply()
            continue
        purse = purses[step.subscriber.charging_group]
        for take in step.held:
            purse.bucket(take.bucket_id).amount += take.quantity
        again = _again(step, purse, rater)
        purse.apply(again.result, step.subscriber)
        if not step.fixed:
            yield again


def _again(past: PastEvent, purse: Purse, rater: Rater) -> Again:
    if past.fixed or past.tariff is None:
        return Again(past, past.result, past.wholesale, None if past.fixed else "no_price_list")
    rated = past.result if past.stays else rater.rate(past.event, past.subscriber, past.tariff, purse)
    if rated.outcome is Outcome.FAILED:
        return Again(past, past.result, past.wholesale, rated.reason)
    wholesale = rater.wholesale(past.event, past.host) if past.host else past.wholesale
    return Again(past, rated, wholesale)


def costs_the_same(past: PastEvent, buckets: Mapping[UUID, PurseBucket], rater: Rater) -> bool:
    """Whether the event comes to the same again on just what it took and what had been counted before it."""
    if past.tariff is None:
        return True
    held = [replace(buckets[take.bucket_id], amount=take.quantity) for take in past.result.takes]
    trace, line, period = past.result.trace, past.id.subscription_id, past.subscriber.period
    counted: dict[tuple[UUID, str, date], int] = {}
    if trace is not None and past.result.counter is not None:
        counted[CounterId(line, past.result.counter, period)] = max(0, trace.volume_before)
    if trace is not None:
        counted[CounterId(line, SPEND, period)] = max(0, trace.spent_before)
    again = rater.rate(past.event, past.subscriber, past.tariff, Purse(held, counted))
    return _told(again, None) == _told(past.result, None)


def _told(rated: Rated, wholesale: Wholesale | None) -> Told:
    return (
        rated.outcome,
        rated.reason,
        rated.zone,
        rated.band,
        rated.charged,
        rated.amount_micros,
        rated.accrued_micros,
        rated.debited_micros,
        rated.itemised,
        tuple((take.bucket_id, take.quantity) for take in rated.takes),
        wholesale.amount_micros if wholesale else None,
        wholesale.rate_id if wholesale else None,
    )
