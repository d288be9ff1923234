"""What a charge or session holds of a purse, and moving it: pure."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from mvne_platform.kernel import Unit
from mvne_platform.rating import SPEND, CounterId, Outcome, Purse, Rated, Subscriber, Take

Takes = tuple[tuple[UUID, int], ...]


@dataclass(frozen=True, slots=True)
class Hold:
    """Units (money: micros) by bucket, and what will be added to counters of the billing period `period`."""

    period: date
    takes: Takes = ()
    accrued_micros: int = 0
    counter: str | None = None
    counted: int = 0

    def counters(self) -> dict[tuple[str, date], int]:
        """What is held in counters, by code and period."""
        held = {(SPEND, self.period): self.accrued_micros} if self.accrued_micros else {}
        if self.counter is not None and self.counted:
            held[self.counter, self.period] = self.counted
        return held


def hold_of(rated: Rated, period: date) -> Hold:
    """What a rated event takes and counts, to be held until it is booked."""
    takes = tuple((take.bucket_id, take.quantity) for take in rated.takes)
    return Hold(period, takes, rated.accrued_micros, rated.counter, rated.counted)


def bucket_moves(before: Hold, after: Hold) -> Takes:
    """By how much `reserved` of each bucket moves between two holds."""
    moved = dict(after.takes)
    for bucket, units in before.takes:
        moved[bucket] = moved.get(bucket, 0) - units
    return tuple((bucket, units) for bucket, units in moved.items() if units)


def counter_moves(subscription_id: UUID, before: Hold, after: Hold) -> dict[CounterId, int]:
    """By how much `reserved` of each counter moves between two holds."""
    moved: dict[tuple[str, date], int] = after.counters()
    for key, units in before.counters().items():
        moved[key] = moved.get(key, 0) - units
    return {CounterId(subscription_id, code, period): units for (code, period), units in moved.items() if units}


@contextmanager
def given_back(purse: Purse, hold: Hold, subscriber: Subscriber) -> Iterator[None]:
    """The purse as it would be without the hold, as long as the block lasts."""
    take(purse, hold, subscriber, -1)
    try:
        yield
    finally:
        take(purse, hold, subscriber, +1)


def take(purse: Purse, hold: Hold, subscriber: Subscriber, sign: int = 1) -> None:
    """Take from a remembered purse what a hold takes, or with the sign -1 put it back."""
    purse.apply(_as_rated(hold, sign), _in_period(subscriber, hold.period))


def _as_rated(hold: Hold, sign: int) -> Rated:
    return Rated(
        outcome=Outcome.RATED,
        currency="",
        takes=tuple(Take(bucket, Unit.MONEY, sign * units) for bucket, units in hold.takes),
        accrued_micros=sign * hold.accrued_micros,
        counter=hold.counter,
        counted=sign * hold.counted,
    )


def _in_period(subscriber: Subscriber, period: date) -> Subscriber:
    return subscriber if subscriber.period == period else replace(subscriber, period=period)


def merged(holds: Mapping[UUID, int], takes: Takes) -> dict[UUID, int]:
    """Sums by bucket."""
    sums = dict(holds)
    for bucket, units in takes:
        sums[bucket] = sums.get(bucket, 0) + units
    return sums
