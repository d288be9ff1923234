"""Subscribers, purses and events drawn at random over drawn price lists: what holds for all of them, holds.

`scenarios()` is for Hypothesis; `scenario(Random(seed), events=…)` draws the same by the thousand.
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.vendor.pretty import RepresentationPrinter

from mvne_platform.catalogue import UNITS, NumberClass, OfflineDebit, PaymentMode, Service, Tariff
from mvne_platform.kernel import Unit
from mvne_platform.mediation import Identifier, UsageEvent, event_key
from mvne_platform.rating import SPEND, CounterId, Item, Purse, PurseBucket, Subscriber, UsageDiscount
from tests.platform.rating.generated_tariffs import (
    ANCHORS,
    BANDS,
    CHARGED_SERVICES,
    PREFIXES,
    SHORT_CODES,
    TIME_ZONES,
    a_price,
    a_tariff,
    chance,
)

__all__ = ["BANDS", "Scenario", "a_tariff", "fresh", "scenario", "scenarios"]

LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
ZONES = tuple(f"z{number}" for number in range(6))
_AMOUNTS = {Unit.SECOND: 4000, Unit.BYTE: 60 * 10**6, Unit.MESSAGE: 15, Unit.MONEY: 30_000_000}


@dataclass(frozen=True, slots=True)
class Holding:
    """A subscription on one plan from an instant on."""

    since: datetime
    subscriber: Subscriber
    tariff: Tariff


@dataclass(frozen=True, slots=True, repr=False)
class Scenario:
    """Events to rate in the order given (not always that of time), the purses they find, and the host's price list."""

    items: tuple[Item, ...]
    purses: dict[UUID, Purse]
    host: Tariff

    def __repr__(self) -> str:
        """Without the price lists, which would fill pages."""
        events = "\n".join(f"  {item.event!r}\n    of {item.subscriber!r}" for item in self.items)
        return f"Scenario of {len(self.items)} events, in {self.host.time_zone}:\n{events}"

    def _repr_pretty_(self, printer: RepresentationPrinter, _cycle: bool) -> None:  # noqa: FBT001  # Hypothesis calls it
        printer.text(repr(self))

    def fresh_purses(self) -> dict[UUID, Purse]:
        """The purses as they are at the beginning: rating changes the ones it is given."""
        return {group: fresh(purse) for group, purse in self.purses.items()}

    def in_key_order(self) -> "Scenario":
        """The same events sorted by charging group and key, as a batch rates them."""
        ordered = sorted(self.items, key=lambda item: (item.subscriber.charging_group, event_key(item.event)))
        return replace(self, items=tuple(ordered))


def fresh(purse: Purse) -> Purse:
    """A purse that is equal and shares nothing."""
    return Purse([copy(bucket) for bucket in purse.buckets], purse.counters)


@st.composite
def scenarios(draw: st.DrawFn, events: int = 12) -> Scenario:
    """Scenarios of up to so many events that Hypothesis can shrink, but for their price lists, which are a seed."""
    random = draw(st.randoms(use_true_random=False))
    return scenario(random, random.randint(1, events), lists=Random(draw(st.integers(0, 10**6))))


def scenario(random: Random, events: int, lists: Random | None = None) -> Scenario:
    """A few subscriptions, some in sharing groups, on plans that change (A, B, A again), and their events.

    Price lists are drawn from `lists`, if it is given.
    """
    lists = lists or random
    time_zone = random.choice(TIME_ZONES)
    # Few services make small examples; what is rated one by one does not mix them anyway.
    services = random.sample(list(Service), random.randint(1, 4))
    priced = [service for service in CHARGED_SERVICES if service in services or service is Service.VOICE_OUT]
    tariffs = [a_tariff(lists, f"list-{number}", time_zone, priced) for number in range(random.randint(1, 3))]
    groups = [UUID(int=900 + number) for number in range(random.randint(0, 2))]
    lines = {UUID(int=number): random.choice((None, *groups)) for number in range(1, 2 + random.randint(0, 3))}
    holdings = {line: _holdings(random, line, group, tariffs) for line, group in lines.items()}
    items = [
        _item(random, number, holdings[random.choice(list(lines))], time_zone, services) for number in range(events)
    ]
    if chance(random, 0.7):
        items.sort(key=lambda item: item.event.start)
    return Scenario(tuple(items), _purses(random, lines, items), a_tariff(lists, "host", time_zone, priced))


def _holdings(random: Random, line: UUID, group: UUID | None, tariffs: list[Tariff]) -> list[Holding]:
    first, other = random.choice(tariffs), random.choice(tariffs)
    since = sorted(_near_an_anchor(random, hours=3) for _ in range(2))
    changes = ((LONG_AGO, first), (since[0], other), (since[1], first))
    return [
        Holding(start, _subscriber(random, line, group), tariff) for start, tariff in changes[: random.randint(1, 3)]
    ]


def _subscriber(random: Random, line: UUID, group: UUID | None) -> Subscriber:
    return Subscriber(
        line,
        random.choice(list(PaymentMode)),
        random.choice(list(OfflineDebit)),
        random.choice((None, 0, random.randint(0, 20_000_000))),
        date(2026, 1, 1),
        group,
        tuple(_discount(random, number) for number in range(random.choice((0, 0, 1, 3)))),
    )


def _discount(random: Random, number: int) -> UsageDiscount:
    return UsageDiscount(
        f"discount-{number}",
        random.choice((0, 1, 333, 1000, 5000, 10_000)),
        _some(random, CHARGED_SERVICES),
        _some(random, ZONES),
        *_validity(random),
    )


def _some(random: Random, choices: tuple[str, ...]) -> frozenset[str]:
    """All of them, as an empty set, or a few."""
    return frozenset(random.sample(choices, random.randint(1, 3))) if chance(random, 0.4) else frozenset()


def _validity(random: Random) -> tuple[datetime, datetime | None]:
    start = _near_an_anchor(random, hours=3) if chance(random, 0.3) else LONG_AGO
    return start, random.choice((None, start + timedelta(days=random.randint(1, 600))))


def _near_an_anchor(random: Random, hours: int) -> datetime:
    return random.choice(ANCHORS) + timedelta(seconds=random.randint(-3600 * hours, 3600 * hours))


def _item(random: Random, number: int, holdings: list[Holding], time_zone: str, services: Sequence[Service]) -> Item:
    event = _event(random, number, services)
    held = [holding for holding in holdings if holding.since <= event.start]
    holding = held[-1] if held else holdings[0]
    month = event.start.astimezone(ZoneInfo(time_zone)).date().replace(day=1)
    # What arrives after its month was billed is in a later period.
    period = max(month, date(2026, 4, 1)) if chance(random, 0.1) else month
    return Item(event, replace(holding.subscriber, period=period), holding.tariff)


def _event(random: Random, number: int, services: Sequence[Service]) -> UsageEvent:
    service = random.choice(services) if chance(random, 0.6) else Service.VOICE_OUT
    unit = UNITS[service]
    quantity = _quantity(random, unit)
    return UsageEvent(
        natural_key=("drawn", str(number)),
        identifiers=(Identifier("msisdn", "+4520000001"),),
        service=service,
        start=_near_an_anchor(random, hours=random.choice((1, 3, 200))),
        duration_s=quantity if unit is Unit.SECOND else random.choice((None, 5)),
        bytes=quantity if unit is Unit.BYTE else None,
        count=quantity if unit is Unit.MESSAGE else None,
        other_party=_number(random),
        visited_network=_network(random),
        answered=False if chance(random, 0.05) else random.choice((None, True)),
        operator=random.choice((None, None, None, "tdc", "telia", "unheard-of")),
        number_class=random.choice(list(NumberClass)) if chance(random, 0.05) else None,
    )


def _quantity(random: Random, unit: Unit) -> int | None:
    if chance(random, 0.03):
        return random.choice((None, -1, 10**15, 10**15 + 1, 40 * 86_400, 2**40))
    usual = random.randint(0, _AMOUNTS[unit])
    return random.choice((0, 1, 59, 61, usual, usual, 4 * usual, 4 * usual))


def _number(random: Random) -> str | None:
    digits = "".join(random.choice("012458") for _ in range(random.randint(0, 7)))
    if chance(random, 0.2):
        return random.choice((f"+{digits}", *SHORT_CODES, "555", None, ""))
    return f"+{random.choice(PREFIXES)}{digits}"


def _network(random: Random) -> str | None:
    if chance(random, 0.1):
        return random.choice((None, "999-99", "262-77"))
    return random.choice(("262-01", "262-02", "240-01", "240-07", "310-410"))


def _purses(random: Random, lines: dict[UUID, UUID | None], items: list[Item]) -> dict[UUID, Purse]:
    members: dict[UUID, list[UUID]] = {}
    for line, group in lines.items():
        members.setdefault(group or line, []).append(line)
    return {group: _purse(random, group, of, items) for group, of in members.items()}


def _purse(random: Random, group: UUID, members: list[UUID], items: list[Item]) -> Purse:
    owners = [*members, *([None] if group not in members else [])]
    # No two buckets share an id, and their ids are in another order than they are listed in.
    ids = iter(UUID(int=group.int * 1000 + number) for number in random.sample(range(1000), 20))
    allowances = [_allowance(random, next(ids), random.choice(owners)) for _ in range(random.randint(0, 6))]
    money = [_money(random, next(ids), owner) for owner in owners for _ in range(random.randint(0, 2))]
    counters: dict[tuple[UUID, str, date], int] = {}
    for item in items:
        if item.subscriber.charging_group == group and chance(random, 0.5):
            code = random.choice([SPEND, *_counters(item.tariff)])
            most = 20_000_000 if code == SPEND else 5000
            counters[CounterId(item.subscriber.subscription_id, code, item.subscriber.period)] = random.randint(0, most)
    return Purse(allowances + money, counters)


def _counters(tariff: Tariff) -> list[str]:
    """The counters of a list's tiers, in an order that does not change from run to run."""
    return sorted(
        {
            rate.counter
            for version in tariff.versions
            for rates in version.rates.values()
            for rate in rates.values()
            if rate.counter is not None
        }
    )


def _allowance(random: Random, bucket_id: UUID, owner: UUID | None) -> PurseBucket:
    unit = random.choice((Unit.SECOND, Unit.SECOND, Unit.BYTE, Unit.MESSAGE))
    return _bucket(random, bucket_id, owner, "minutes", unit, None)


def _money(random: Random, bucket_id: UUID, owner: UUID | None) -> PurseBucket:
    code = random.choice(("main", "main", "bonus"))
    return _bucket(random, bucket_id, owner, code, Unit.MONEY, random.choice(("DKK", "DKK", "DKK", "EUR")))


def _bucket(
    random: Random, bucket_id: UUID, owner: UUID | None, code: str, unit: Unit, currency: str | None
) -> PurseBucket:
    """Empty, overdrawn, about to end, rolled over from an older period, for a few services or zones, or plain."""
    most = _AMOUNTS[unit]
    since, until = _validity(random)
    return PurseBucket(
        id=bucket_id,
        subscription_id=owner,
        code=code,
        unit=unit,
        currency=currency,
        amount=random.choice((0, -most // 10, 1, a_price(random), random.randint(0, most), random.randint(0, most))),
        services=_some(random, CHARGED_SERVICES),
        zones=_some(random, ZONES),
        priority=random.randint(1, 3),
        valid_from=since,
        valid_to=until,
    )
