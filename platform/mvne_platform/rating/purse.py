"""What can pay for one charging group's usage: its buckets, and what it has accrued."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from mvne_platform.kernel import Unit
from mvne_platform.rating.rated import Rated

MAIN = "main"
_FOREVER = datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True)
class PurseBucket:
    """A bucket as rating sees it; `amount` is units, or micros for money, and only the main one may go below zero.

    No services or zones stands for all of them. Valid in [valid_from, valid_to).
    """

    id: UUID
    code: str
    unit: Unit
    currency: str | None
    amount: int
    services: frozenset[str]
    zones: frozenset[str]
    priority: int
    valid_from: datetime
    valid_to: datetime | None

    def pays_for(self, service: str, zone: str, at: datetime) -> bool:
        """Whether the bucket holds at `at` and covers the service and zone, however much is in it."""
        if self.services and service not in self.services:
            return False
        if self.zones and zone not in self.zones:
            return False
        return self.valid_from <= at and (self.valid_to is None or at < self.valid_to)

    @property
    def order(self) -> tuple[int, datetime, int]:
        """Lower priority first, then what ends sooner, then the older id."""
        return (self.priority, self.valid_to or _FOREVER, self.id.int)


class Purse:
    """The buckets of one charging group in the order they are used, and its spend per billing period."""

    __slots__ = ("_by_id", "buckets", "spent")

    def __init__(self, buckets: Iterable[PurseBucket] = (), spent: dict[date, int] | None = None) -> None:
        """`spent` is micros accrued already, by the first day of the billing period."""
        self.buckets = sorted(buckets, key=lambda bucket: bucket.order)
        self.spent = dict(spent or {})
        self._by_id = {bucket.id: bucket for bucket in self.buckets}

    def allowances(self, unit: Unit, service: str, zone: str, at: datetime) -> Iterator[PurseBucket]:
        """Allowances with something left that cover the event, in the order they are used."""
        for bucket in self.buckets:
            if bucket.unit is unit and bucket.amount > 0 and bucket.pays_for(service, zone, at):
                yield bucket

    def money(self, currency: str, service: str, zone: str, at: datetime) -> Iterator[PurseBucket]:
        """Money with something left that covers the event, in the order it is used."""
        for bucket in self.allowances(Unit.MONEY, service, zone, at):
            if bucket.currency == currency:
                yield bucket

    def main(self, currency: str, at: datetime) -> PurseBucket | None:
        """The bucket that may go below zero, if it holds at `at`."""
        for bucket in self.buckets:
            if bucket.unit is Unit.MONEY and bucket.code == MAIN and bucket.currency == currency:
                return bucket if bucket.valid_from <= at and (bucket.valid_to is None or at < bucket.valid_to) else None
        return None

    def apply(self, rated: Rated, period: date) -> None:
        """Take what `rated` takes and count what it accrues in `period`, so that the next event sees it."""
        for take in rated.takes:
            self._by_id[take.bucket_id].amount -= take.quantity
        if rated.accrued_micros:
            self.spent[period] = self.spent.get(period, 0) + rated.accrued_micros
