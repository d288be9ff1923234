"""A month of usage as columns: so many events, subscribers, prefixes and price lists, the same for the same numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from random import Random
from typing import Any
from uuid import UUID
from zlib import crc32

import numpy as np
import numpy.typing as npt

from mvne_platform.catalogue import (
    ANY_BAND,
    UNITS,
    BandDraft,
    BandPolicy,
    OfflineDebit,
    PaymentMode,
    PriceListDraft,
    RateDraft,
    Service,
    Tariff,
    TierDraft,
    ZoneDraft,
    compile_drafts,
)
from mvne_platform.kernel import Unit
from mvne_platform.mediation import UsageEvent
from mvne_platform.rating import Item, Purse, PurseBucket, Subscriber
from mvne_platform.rating.kernel import (
    FOREVER,
    NONE,
    CompiledTariffs,
    EventColumns,
    HoldingTable,
    PurseState,
    compile_tariffs,
    day_number,
    pack_numbers,
    service_mask,
    unpack_number,
)

TIME_ZONE = "Europe/Copenhagen"
PERIOD = date(2026, 10, 1)
VALID_FROM = datetime(2025, 12, 31, 23, tzinfo=UTC)
_MONTH_BEGINS = int(datetime(2026, 9, 30, 22, tzinfo=UTC).timestamp())
_MONTH_S = 31 * 24 * 3600
_NETWORKS = ("262-01", "240-01", "222-10", "208-20", "310-410")
_HALVES = (PaymentMode.PREPAID, PaymentMode.POSTPAID)
_SERVICES, _UNITS, _MODES = list(Service), list(Unit), list(PaymentMode)
# How often each service is used, of a hundred.
_MIX = {
    Service.DATA: 48,
    Service.VOICE_OUT: 28,
    Service.SMS_OUT: 14,
    Service.VOICE_IN: 4,
    Service.ROAMING_DATA: 4,
    Service.ROAMING_VOICE_OUT: 2,
}
_ZONES = 240
_NEAR = tuple(f"z{number}" for number in range(0, _ZONES, 3))
# What a subscriber has to use up for each of its events, about half of what it uses: unit, quantity, services and
# zones; and money for those who pay before.
_ALLOWANCES = (
    (Unit.BYTE, 40 * 2**20, (Service.DATA, Service.ROAMING_DATA), ()),
    (Unit.SECOND, 60, (Service.VOICE_OUT, Service.ROAMING_VOICE_OUT), _NEAR),
    (Unit.MESSAGE, 1, (Service.SMS_OUT,), _NEAR),
    (Unit.MONEY, 500_000, (), ()),
)


_NUMBER_DIGITS = 11


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything."""

    events: int = 1_000_000
    subscribers: int = 100_000
    prefixes: int = 10_000
    price_lists: int = 1


@dataclass(frozen=True, slots=True)
class Workload:
    """Events with whom they belong to and by which price lists; the last list is the host operator's.

    `each` is how many events a subscriber has, about.
    """

    tariffs: tuple[Tariff, ...]
    compiled: CompiledTariffs
    events: EventColumns
    holdings: HoldingTable
    each: int

    def state(self) -> PurseState:
        """Full purses, four buckets each."""
        return _state(len(self.holdings), self.each)


def workload(size: Size) -> Workload:
    """Draw it; the same size draws the same."""
    chance = np.random.default_rng(26)
    prefixes = [_prefixes(size.prefixes, number) for number in range(size.price_lists)]
    tariffs = (
        *(_tariff(f"list-{number}", listed) for number, listed in enumerate(prefixes)),
        _tariff("host", prefixes[0]),
    )
    holdings = _holdings(size)
    subscriber = np.sort(chance.integers(0, size.subscribers, size.events, np.int32))
    start = _MONTH_BEGINS + chance.integers(0, _MONTH_S, size.events)
    start = start[np.lexsort((start, subscriber))]
    service = chance.choice(
        [_SERVICES.index(one) for one in _MIX], size.events, p=[share / 100 for share in _MIX.values()]
    ).astype(np.int8)
    events = EventColumns(
        start=start,
        service=service,
        quantity=_quantities(service, chance),
        answered=np.where(chance.random(size.events) < 0.03, 0, NONE).astype(np.int8),
        number=_numbers(service, holdings.tariff[subscriber], prefixes, chance),
        network=np.where(_is(service, "roaming"), chance.integers(0, len(_NETWORKS), size.events), NONE).astype(
            np.int32
        ),
        operator=np.full(size.events, NONE, np.int32),
        number_class=np.full(size.events, NONE, np.int8),
        holding=subscriber,
        period=np.full(size.events, day_number(PERIOD), np.int32),
        networks=_NETWORKS,
    )
    return Workload(tariffs, compile_tariffs(tariffs), events, holdings, max(1, size.events // size.subscribers))


def _is(service: np.ndarray, text: str) -> np.ndarray:
    return np.isin(service, [number for number, one in enumerate(_SERVICES) if text in one])


def _prefixes(count: int, seed: int) -> list[str]:
    """Nested prefixes of one to eight digits, as number plans and rate decks have them."""
    random = Random(seed)
    chosen = {str(digit) for digit in range(1, 10)}
    while len(chosen) < count:
        longer = random.choice("123456789") + "".join(
            random.choices("0123456789", k=random.choice((1, 2, 3, 4, 5, 5, 6, 7)))
        )
        chosen.add(longer)
    return sorted(chosen)


def _tariff(code: str, prefixes: Sequence[str]) -> Tariff:
    """As many zones as countries; peak hours for calls, split where they end; a fee, increments, tiers for data."""
    numbered = [
        ZoneDraft(f"z{first}", f"Zone {first}", prefixes=tuple(prefixes[first::_ZONES])) for first in range(_ZONES)
    ]
    places = [
        ZoneDraft("home", "Home", networks=("home",)),
        ZoneDraft("europe", "Europe", networks=("262-*", "240-01", "222-10", "208-*")),
        ZoneDraft("world", "World", networks=("310-*",)),
    ]
    rates = [rate for zone in numbered for rate in _voice_and_sms(zone.code)]
    rates += [RateDraft(zone.code, "roaming_voice_out", 500_000, 60, 60, 60) for zone in places[1:]]
    tiers = (TierDraft(2**30, 5_000),)
    rates += [RateDraft("home", "data", 10_000, 2**20, 1024, 1024, tiers=tiers, counter="data")]
    rates += [RateDraft(zone.code, "roaming_data", 90_000, 2**20, 1024, 1024) for zone in places[1:]]
    bands = tuple(BandDraft("peak", day * 1440 + 480, day * 1440 + 1200) for day in range(5))
    draft = PriceListDraft(code, "DKK", VALID_FROM, (*numbered, *places), tuple(rates), bands)
    return compile_drafts([draft], TIME_ZONE, {date(2026, 12, 25): 6})


def _voice_and_sms(zone: str) -> Iterator[RateDraft]:
    price = 100_000 + 7_919 * (crc32(zone.encode()) % 300)
    for band, micros in ((ANY_BAND, price), ("peak", 2 * price)):
        yield RateDraft(zone, "voice_out", micros, 60, 60, 1, band, 250_000, band_policy=BandPolicy.SPLIT)
    yield RateDraft(zone, "sms_out", price // 2, 1, 1, 1)


def _quantities(service: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    unit = np.array([_UNITS.index(UNITS[one]) for one in _SERVICES])[service]
    seconds, sizes = chance.integers(0, 900, len(service)), chance.integers(0, 300 * 2**20, len(service))
    return np.select([unit == _UNITS.index(Unit.SECOND), unit == _UNITS.index(Unit.BYTE)], [seconds, sizes], 1).astype(
        np.int64
    )


def _numbers(
    service: np.ndarray, tariff: np.ndarray, prefixes: list[list[str]], chance: np.random.Generator
) -> np.ndarray:
    """Called numbers spread evenly over the prefixes of the caller's list; data has none."""
    first = np.cumsum([0, *(len(listed) for listed in prefixes)])
    texts = [prefix for listed in prefixes for prefix in listed]
    row = first[tariff] + chance.integers(0, len(prefixes[0]), len(tariff))
    missing = _NUMBER_DIGITS - np.array([len(text) for text in texts])[row]
    digits = np.array([int(text) for text in texts])[row] * 10**missing + chance.integers(0, 10**missing)
    return np.where(_is(service, "data"), NONE, pack_numbers(digits, np.full(len(row), _NUMBER_DIGITS)))


def _holdings(size: Size) -> HoldingTable:
    """One plan each; half pay before, half after; neighbours have different price lists."""
    count = size.subscribers
    row = np.arange(count, dtype=np.int32)
    nothing = np.empty(0, np.int64)
    return HoldingTable(
        group=row,
        subscription=row,
        sharing=np.full(count, NONE, np.int32),
        tariff=row % size.price_lists,
        wholesale=np.full(count, size.price_lists, np.int32),
        payment_mode=np.where(row % 2, *(_MODES.index(mode) for mode in _HALVES)).astype(np.int8),
        offline_debit=np.full(count, list(OfflineDebit).index(OfflineDebit.AVAILABLE), np.int8),
        spend_limit=np.full(count, NONE, np.int64),
        discount_offsets=np.zeros(count + 1, np.int64),
        discount_bp=nothing,
        discount_services=nothing,
        discount_zones=nothing.astype(np.int32),
        discount_from=nothing,
        discount_to=nothing,
    )


def _state(count: int, events_each: int) -> PurseState:
    each = len(_ALLOWANCES)
    rows = count * each
    nothing = np.empty(0, np.int32)

    def column(values: Sequence[int], dtype: npt.DTypeLike) -> npt.NDArray[Any]:
        return np.tile(np.array(values, dtype), count)

    return PurseState(
        offsets=np.arange(0, rows + 1, each),
        subscription=np.repeat(np.arange(count, dtype=np.int32), each),
        sharing=np.full(rows, NONE, np.int32),
        unit=column([_UNITS.index(unit) for unit, _, _, _ in _ALLOWANCES], np.int8),
        currency=column([0 if unit is Unit.MONEY else NONE for unit, _, _, _ in _ALLOWANCES], np.int32),
        amount=column([quantity * events_each for _, quantity, _, _ in _ALLOWANCES], np.int64),
        services=column([service_mask(services) for _, _, services, _ in _ALLOWANCES], np.int64),
        zones=column([0 if zones else NONE for _, _, _, zones in _ALLOWANCES], np.int32),
        valid_from=np.zeros(rows, np.int64),
        valid_to=np.full(rows, FOREVER, np.int64),
        main=column([unit is Unit.MONEY for unit, _, _, _ in _ALLOWANCES], np.bool_),
        counter_subscription=nothing,
        counter_code=nothing,
        counter_period=nothing,
        counter_amount=np.empty(0, np.int64),
        currencies=("DKK",),
        zone_sets=(frozenset(_NEAR),),
    )


def first_items(load: Workload, count: int) -> tuple[list[Item], dict[UUID, Purse]]:
    """The first events as objects, with the purses of their subscribers."""
    items = [_item(row, load) for row in range(count)]
    return items, {
        item.subscriber.subscription_id: _purse(item.subscriber.subscription_id, load.each) for item in items
    }


def _item(row: int, load: Workload) -> Item:
    events, holdings, holding = load.events, load.holdings, int(load.events.holding[row])
    service, quantity, number = _SERVICES[events.service[row]], int(events.quantity[row]), int(events.number[row])
    unit = UNITS[service]
    event = UsageEvent(
        natural_key=(str(row),),
        identifiers=(),
        service=service,
        start=datetime.fromtimestamp(int(events.start[row]), UTC),
        duration_s=quantity if unit is Unit.SECOND else None,
        bytes=quantity if unit is Unit.BYTE else None,
        count=quantity if unit is Unit.MESSAGE else None,
        other_party=None if number == NONE else f"+{unpack_number(number)}",
        visited_network=None if events.network[row] == NONE else _NETWORKS[events.network[row]],
        answered=False if events.answered[row] == 0 else None,
    )
    mode, policy = _MODES[holdings.payment_mode[holding]], list(OfflineDebit)[holdings.offline_debit[holding]]
    return Item(
        event, Subscriber(UUID(int=holding), mode, policy, None, PERIOD), load.tariffs[holdings.tariff[holding]]
    )


def _purse(owner: UUID, events_each: int) -> Purse:
    return Purse(
        PurseBucket(
            id=UUID(int=owner.int * len(_ALLOWANCES) + number),
            subscription_id=owner,
            code="main" if unit is Unit.MONEY else unit,
            unit=unit,
            currency="DKK" if unit is Unit.MONEY else None,
            amount=quantity * events_each,
            services=frozenset(services),
            zones=frozenset(zones),
            priority=number,
            valid_from=datetime(1970, 1, 1, tzinfo=UTC),
            valid_to=None,
        )
        for number, (unit, quantity, services, zones) in enumerate(_ALLOWANCES)
    )
