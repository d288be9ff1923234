"""Rating the past again, from the state balances had then. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from mvne_platform.catalogue import Tariff
from mvne_platform.charging.rules import EventId
from mvne_platform.mediation import UsageEvent
from mvne_platform.rating import Outcome, Purse, PurseBucket, Rated, Rater, Subscriber, Wholesale

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
    (its price list is gone), and a `fixed` one only takes what it took.
    """

    id: EventId
    event: UsageEvent
    result: Rated
    wholesale: Wholesale | None
    subscriber: Subscriber
    tariff: Tariff | None
    host: Tariff | None = None
    fixed: bool = False

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
        """Whether any of it is another."""
        return self.past.told != self.told

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
        again = _again(step, purse, rater)
        purse.apply(again.result, step.subscriber)
        if not step.fixed:
            yield again


def _again(past: PastEvent, purse: Purse, rater: Rater) -> Again:
    if past.fixed or past.tariff is None:
        return Again(past, past.result, past.wholesale, None if past.fixed else "no_price_list")
    rated = rater.rate(past.event, past.subscriber, past.tariff, purse)
    if rated.outcome is Outcome.FAILED:
        return Again(past, past.result, past.wholesale, rated.reason)
    wholesale = rater.wholesale(past.event, past.host) if past.host else past.wholesale
    return Again(past, rated, wholesale)


def _told(rated: Rated, wholesale: Wholesale | None) -> Told:
    return (
        rated.outcome,
        rated.reason,
        rated.version_id,
        rated.rate_id,
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
