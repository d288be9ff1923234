"""From balances to purses and back: what rating may take, and what it took."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from mvne_platform.balances import SPEND, BucketState, CounterKey
from mvne_platform.kernel import start_of_day
from mvne_platform.rating import Purse, PurseBucket, Rated


def purses_of(
    subscription_ids: Iterable[UUID], buckets: Iterable[BucketState], spent: Mapping[UUID, Mapping[date, int]]
) -> dict[UUID, Purse]:
    """A purse for each subscription; `spent` is what it has accrued, by billing period."""
    held: dict[UUID, list[PurseBucket]] = defaultdict(list)
    for bucket in buckets:
        held[bucket.subscription_id].append(_as_purse_bucket(bucket))
    return {one: Purse(held[one], dict(spent.get(one, {}))) for one in subscription_ids}


def taken_by(rated: Iterable[Rated]) -> dict[UUID, int]:
    """What rated events took in sum from each bucket, in its unit."""
    sums: Counter[UUID] = Counter()
    for one in rated:
        for take in one.takes:
            sums[take.bucket_id] += take.quantity
    return dict(sums)


def spend_key(subscription_id: UUID, period: date, zone: str) -> CounterKey:
    """The counter of what a subscription accrues in the billing period that begins on `period`."""
    return CounterKey(subscription_id, SPEND, start_of_day(period, zone))


def _as_purse_bucket(bucket: BucketState) -> PurseBucket:
    return PurseBucket(
        id=bucket.id,
        code=bucket.code,
        unit=bucket.unit,
        currency=bucket.currency,
        amount=bucket.amount,
        services=frozenset(bucket.services),
        zones=frozenset(bucket.zones),
        priority=bucket.priority,
        valid_from=bucket.valid_from,
        valid_to=bucket.valid_to,
    )
