"""What can pay for one charging group's usage: its buckets, and what has been counted."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NamedTuple
from uuid import UUID

from mvne_platform.kernel import Unit
from mvne_platform.rating.rated import Rated, Take
from mvne_platform.rating.subscriber import Cover, Subscriber

MAIN = "main"
# The counter of what a subscription accrues in a billing period, in micros; all others count the volume of tiers.
SPEND = "spend"
_FOREVER = datetime.max.replace(tzinfo=UTC)


class CounterId(NamedTuple):
    """What is counted: of a subscription, under a code, in the billing period that begins on `period`."""

    subscription_id: UUID
    code: str
    period: date


@dataclass(slots=True)
class PurseBucket:
    """A bucket as rating sees it, with what is available of it: reservations are gone from `amount`.

    Amounts are in units, or micros for money; only the main one may go below zero. No services or zones stands for all
    of them. Valid in [valid_from, valid_to).
    """

    id: UUID
    # None: every member of the charging group may use it.
    subscription_id: UUID | None
    code: str
    unit: Unit
    currency: str | None
    amount: int
    services: frozenset[str]
    zones: frozenset[str]
    priority: int
    valid_from: datetime
    valid_to: datetime | None

    def belongs_to(self, subscription_id: UUID) -> bool:
        """Whether a member of the charging group may use it: its own, or one that the group shares."""
        return self.subscription_id is None or self.subscription_id == subscription_id

    def holds_at(self, at: datetime) -> bool:
        """Whether the bucket is valid at an instant."""
        return self.valid_from <= at and (self.valid_to is None or at < self.valid_to)

    def pays_for(self, cover: Cover) -> bool:
        """Whether the bucket may be used for this, however much is in it."""
        if self.services and cover.service not in self.services:
            return False
        if self.zones and cover.zone not in self.zones:
            return False
        return self.belongs_to(cover.subscription_id) and self.holds_at(cover.at)

    @property
    def order(self) -> tuple[int, datetime, int]:
        """Lower priority first, then what ends sooner, then the older id."""
        return (self.priority, self.valid_to or _FOREVER, self.id.int)


class Purse:
    """The buckets of one charging group in the order they are used, and the counters of its subscriptions."""

    __slots__ = ("_by_id", "buckets", "counters")

    def __init__(
        self, buckets: Iterable[PurseBucket] = (), counters: Mapping[tuple[UUID, str, date], int] | None = None
    ) -> None:
        """`counters` is by subscription, code and first day of the billing period: `CounterId` or a plain tuple."""
        self.buckets = sorted(buckets, key=lambda bucket: bucket.order)
        self.counters: dict[tuple[UUID, str, date], int] = dict(counters or {})
        self._by_id = {bucket.id: bucket for bucket in self.buckets}

    def bucket(self, bucket_id: UUID) -> PurseBucket:
        """One of its buckets; KeyError when it is not in the purse."""
        return self._by_id[bucket_id]

    def counted(self, subscriber: Subscriber, code: str) -> int:
        """What has been counted for the subscriber under a code in its billing period."""
        return self.counters.get(CounterId(subscriber.subscription_id, code, subscriber.period), 0)

    def allowances(self, unit: Unit, cover: Cover) -> Iterator[PurseBucket]:
        """Allowances with something left that cover the event, in the order they are used."""
        for bucket in self.buckets:
            if bucket.unit is unit and bucket.amount > 0 and bucket.pays_for(cover):
                yield bucket

    def money(self, currency: str, cover: Cover) -> Iterator[PurseBucket]:
        """Money with something left that covers the event, in the order it is used."""
        for bucket in self.allowances(Unit.MONEY, cover):
            if bucket.currency == currency:
                yield bucket

    def main(self, currency: str, cover: Cover) -> PurseBucket | None:
        """The bucket that may go below zero, whatever service and zone: the first main one that holds at the start."""
        for bucket in self.buckets:
            is_main = bucket.code == MAIN and bucket.unit is Unit.MONEY and bucket.currency == currency
            if is_main and bucket.belongs_to(cover.subscription_id) and bucket.holds_at(cover.at):
                return bucket
        return None

    def left_after(self, takes: Iterable[Take]) -> tuple[int, ...]:
        """What each bucket would hold after the take from it."""
        return tuple(self._by_id[take.bucket_id].amount - take.quantity for take in takes)

    def apply(self, rated: Rated, subscriber: Subscriber) -> None:
        """Take what `rated` takes and count what it counts, so that the next event sees it."""
        for take in rated.takes:
            self._by_id[take.bucket_id].amount -= take.quantity
        if rated.accrued_micros:
            self._count(subscriber, SPEND, rated.accrued_micros)
        if rated.counter is not None and rated.counted:
            self._count(subscriber, rated.counter, rated.counted)

    def _count(self, subscriber: Subscriber, code: str, quantity: int) -> None:
        counter = CounterId(subscriber.subscription_id, code, subscriber.period)
        self.counters[counter] = self.counters.get(counter, 0) + quantity
