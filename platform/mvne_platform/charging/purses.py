"""From balances to purses and back: what rating may take, and what it took."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from mvne_platform import balances
from mvne_platform.balances import MAIN, SPEND, BucketState, CounterKey
from mvne_platform.catalogue import PaymentMode, Tariff, TariffVersion
from mvne_platform.charging.writing import RatedRow
from mvne_platform.kernel import start_of_day
from mvne_platform.rating import CounterId, Item, Purse, PurseBucket
from mvne_platform.runtime import Context


def read_purses(ctx: Context, items: Sequence[Item]) -> dict[UUID, Purse]:
    """What can pay for the events, by charging group; who pays in advance gets a money bucket if there is none.

    The caller has locked the purses.
    """
    if not items:
        return {}
    owners = {owner for item in items for owner in _purses_of(item)}
    earliest = min(item.event.start for item in items)
    held = balances.buckets_of_purses(ctx, owners, earliest)
    in_advance = {i.subscriber.subscription_id for i in items if i.subscriber.payment_mode is not PaymentMode.POSTPAID}
    without_money = in_advance - {bucket.subscription_id for bucket in held if bucket.code == MAIN}
    if without_money:
        balances.open_money_of_many(ctx, sorted(without_money))
        held = balances.buckets_of_purses(ctx, owners, earliest)
    return _purses(items, held, counters_of(ctx, items))


def counters_of(ctx: Context, items: Sequence[Item]) -> dict[CounterId, int]:
    """What the events' subscriptions have counted: spend where it is limited, and the volumes of tiers."""
    codes = {id(item.tariff): tier_counters(item.tariff) for item in _one_of_each_tariff(items)}
    wanted = {key: stored_key(key, ctx.brand.time_zone) for item in items for key in _counters_of(item, codes)}
    values = balances.counters(ctx, wanted.values())
    return {key: values[stored] for key, stored in wanted.items()}


def _one_of_each_tariff(items: Iterable[Item]) -> Iterable[Item]:
    return {id(item.tariff): item for item in items}.values()


def stored_key(counter: CounterId, zone: str) -> CounterKey:
    """A purse's counter as balances keeps it: the billing period by the instant at which it begins in `zone`."""
    return CounterKey(counter.subscription_id, counter.code, start_of_day(counter.period, zone))


def taken_by(rows: Iterable[RatedRow]) -> dict[UUID, int]:
    """What rated events took in sum from each bucket, in its unit."""
    sums: Counter[UUID] = Counter()
    for row in rows:
        for take in row.rated.takes:
            sums[take.bucket_id] += take.quantity
    return dict(sums)


def counted_by(rows: Iterable[RatedRow], zone: str) -> dict[CounterKey, int]:
    """What rated events add to each counter: micros accrued, and units that tiers count."""
    sums: Counter[CounterId] = Counter()
    for row in rows:
        line = row.id.subscription_id
        sums[CounterId(line, SPEND, row.subscriber.period)] += row.rated.accrued_micros
        if row.rated.counter is not None:
            sums[CounterId(line, row.rated.counter, row.subscriber.period)] += row.rated.counted
    return {stored_key(key, zone): moved for key, moved in sums.items()}


def _purses_of(item: Item) -> tuple[UUID, ...]:
    line, group = item.subscriber.subscription_id, item.subscriber.group_id
    return (line,) if group is None else (line, group)


def _counters_of(item: Item, codes: Mapping[int, frozenset[str]]) -> Iterable[CounterId]:
    one = item.subscriber
    wanted = codes[id(item.tariff)]
    if one.spend_limit_micros is not None:
        wanted |= {SPEND}
    return (CounterId(one.subscription_id, code, one.period) for code in wanted)


def tier_counters(tariff: Tariff) -> frozenset[str]:
    """The codes of the counters that a price list's tiers look at."""
    return frozenset(code for version in tariff.versions for code in _tier_counters(version))


def _tier_counters(version: TariffVersion) -> Iterable[str]:
    return (rate.counter for bands in version.rates.values() for rate in bands.values() if rate.counter is not None)


def _purses(items: Iterable[Item], held: Iterable[BucketState], counted: Mapping[CounterId, int]) -> dict[UUID, Purse]:
    """A purse for each charging group: its shared buckets, and those of its members that have events.

    A subscription that changed its group in between has its own buckets, and what it counted, in both.
    """
    own: dict[UUID, list[PurseBucket]] = defaultdict(list)
    for bucket in held:
        own[bucket.purse_id].append(as_purse_bucket(bucket))
    members: dict[UUID, set[UUID]] = defaultdict(set)
    for item in items:
        members[item.subscriber.charging_group].update(_purses_of(item))
    purses = {group: Purse(bucket for owner in owners for bucket in own[owner]) for group, owners in members.items()}
    shared: dict[tuple[UUID, str, date], int] = dict(counted.items())
    for purse in purses.values():
        purse.counters = shared
    return purses


def as_purse_bucket(bucket: BucketState) -> PurseBucket:
    """The bucket as rating sees it: what is available of it."""
    return PurseBucket(
        id=bucket.id,
        subscription_id=bucket.subscription_id,
        code=bucket.code,
        unit=bucket.unit,
        currency=bucket.currency,
        amount=bucket.available,
        services=frozenset(bucket.services),
        zones=frozenset(bucket.zones),
        priority=bucket.priority,
        valid_from=bucket.valid_from,
        valid_to=bucket.valid_to,
    )
