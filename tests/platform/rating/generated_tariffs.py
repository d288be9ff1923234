"""Price lists drawn at random, with every rule that a price list can have; for the rating tests.

Everything draws from a `random.Random`: Hypothesis gives one that it can shrink, a seed gives volume.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random

from mvne_platform.catalogue import (
    UNITS,
    ZONED_BY,
    BandDraft,
    BandPolicy,
    PriceListDraft,
    RateDraft,
    Service,
    Tariff,
    TierDraft,
    TierMode,
    Treatment,
    ZonedBy,
    ZoneDraft,
    compile_drafts,
)
from mvne_platform.kernel import Unit

DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES
TIME_ZONES = (
    "Europe/Copenhagen",
    "America/New_York",
    "America/St_Johns",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "UTC",
)
# Both changes of the clock in Europe, America and on Lord Howe (half an hour), borders of months and of the year.
ANCHORS = tuple(
    datetime.fromisoformat(text).replace(tzinfo=UTC)
    for text in (
        "2026-03-29T01:00:00",
        "2026-10-25T01:00:00",
        "2026-03-08T07:00:00",
        "2026-11-01T06:00:00",
        "2026-04-04T15:00:00",
        "2026-10-03T15:30:00",
        "2026-02-28T23:00:00",
        "2026-05-31T22:00:00",
        "2025-12-31T23:59:59",
        "2026-06-15T12:00:00",
    )
)
# Nested, so that the longest has to win.
PREFIXES = ("45", "452", "4520", "45208", "46", "1", "12", "1212", "44", "8", "881", "358")
SHORT_CODES = ("112", "118", "1800", "72000")
NETWORKS = ("262-01", "262-*", "240-01", "240-*", "310-410", "310-410>45", "262-*>45", "262-*>4520", "240-01>1")
OPERATORS = ("tdc", "telia", "*")
BANDS = ("peak", "night", "weekend")
CHARGED_SERVICES = tuple(service for service in Service if ZONED_BY[service] is not ZonedBy.NOTHING)

_INCREMENTS = {
    Unit.SECOND: (1, 1, 6, 7, 30, 60, 60, 61, 3600),
    Unit.BYTE: (1, 1000, 10_000, 2**20),
    Unit.MESSAGE: (1, 1, 2),
}
_INTERVALS = {Unit.SECOND: (1, 7, 60, 60, 3600), Unit.BYTE: (1, 1000, 10**6, 2**20, 2**30), Unit.MESSAGE: (1, 1, 3)}
_VOLUMES = {Unit.SECOND: 3000, Unit.BYTE: 50 * 10**6, Unit.MESSAGE: 20}


def a_tariff(
    random: Random,
    code: str = "list",
    time_zone: str | None = None,
    services: Sequence[Service] = CHARGED_SERVICES,
) -> Tariff:
    """One to three versions of a price list; the first may begin after the earliest events."""
    starts = {_near_an_anchor(random) if chance(random, 0.1) else datetime(2025, 1, 1, tzinfo=UTC)}
    starts |= {_near_an_anchor(random) for _ in range(random.randint(0, 2))}
    drafts = [a_draft(random, code, start, services) for start in sorted(starts)]
    return compile_drafts(drafts, time_zone or random.choice(TIME_ZONES), holidays(random))


def a_draft(random: Random, code: str, valid_from: datetime, services: Sequence[Service]) -> PriceListDraft:
    """A version with zones of every kind, bands of the week, and rates for most zones and services."""
    zones = _zones(random)
    bands = _bands(random)
    names = ["*", *dict.fromkeys(span.code for span in bands)]
    rates = [
        rate
        for zone in zones
        if zone.treatment is Treatment.NORMAL
        for service in services
        if chance(random, 0.96)
        for rate in _rates(random, zone.code, service, names)
    ]
    return PriceListDraft(code, "DKK", valid_from, tuple(zones), tuple(rates), tuple(bands))


def holidays(random: Random) -> dict[date, int]:
    """Days near the anchors that have another weekday's hours."""
    days = [(anchor + timedelta(days=random.randint(-1, 1))).date() for anchor in ANCHORS]
    return {day: random.randint(0, 6) for day in days if chance(random, 0.2)}


def _near_an_anchor(random: Random) -> datetime:
    return random.choice(ANCHORS) + timedelta(minutes=random.randint(-90, 90))


def _zones(random: Random) -> list[ZoneDraft]:
    count = random.randint(2, 6)
    places: list[dict[str, list[str]]] = [
        {"prefixes": [], "short_codes": [], "networks": [], "operators": []} for _ in range(count)
    ]
    pools = {"prefixes": PREFIXES, "short_codes": SHORT_CODES, "networks": NETWORKS, "operators": OPERATORS}
    for kind, pool in pools.items():
        for place in pool:
            if chance(random, 0.85):
                random.choice(places)[kind].append(place)
    if chance(random, 0.9):
        random.choice(places)["networks"].append("home")
    treatments = (*[Treatment.NORMAL] * 10, Treatment.FREE, Treatment.BARRED)
    return [
        ZoneDraft(
            f"z{number}",
            f"Zone {number}",
            random.choice(treatments),
            tuple(place["prefixes"]),
            tuple(place["short_codes"]),
            tuple(place["networks"]),
            tuple(place["operators"]),
        )
        for number, place in enumerate(places)
    ]


def _bands(random: Random) -> list[BandDraft]:
    """Spans between cuts, of a band or of none, some a minute long: every day alike, or all over the week."""
    if not chance(random, 0.85):
        return []
    daily = chance(random, 0.7)
    length = DAY_MINUTES if daily else WEEK_MINUTES
    cuts: set[int] = {0, length}
    for _ in range(random.randint(2, 12) if daily else random.randint(2, 30)):
        cut = random.randint(0, length - 2)
        cuts |= {cut, cut + random.choice((1, 1, 2, 10, 60))}
    spans = [(random.choice((None, *BANDS)), *span) for span in pairwise(sorted(c for c in cuts if c <= length))]
    return [
        BandDraft(name, day + start, day + end)
        for day in range(0, WEEK_MINUTES, length)
        for name, start, end in spans
        if name is not None
    ]


def _rates(random: Random, zone: str, service: Service, names: list[str]) -> list[RateDraft]:
    """The rates of one zone and service: sometimes a band has none, and all share interval, tier mode and counter."""
    unit = UNITS[service]
    shared = _Shared(random, unit)
    chosen = [name for name in names if chance(random, 0.9)] or ["*"]
    return [_rate(random, zone, service, name, shared) for name in chosen]


class _Shared:
    """What the rates of one zone and service have in common."""

    def __init__(self, random: Random, unit: Unit) -> None:
        self.unit = unit
        self.per = random.choice(_INTERVALS[unit])
        self.tiered = chance(random, 0.4)
        self.mode = random.choice(list(TierMode))
        self.counter = f"all-{unit}s" if self.tiered and chance(random, 0.5) else None


def _rate(random: Random, zone: str, service: Service, band: str, shared: _Shared) -> RateDraft:
    minimum = random.choice((None, None, 0, random.randint(0, 2_000_000)))
    return RateDraft(
        zone=zone,
        service=service,
        price_micros=a_price(random),
        per=shared.per,
        first_increment=random.choice(_INCREMENTS[shared.unit]),
        next_increment=random.choice(_INCREMENTS[shared.unit]),
        band=band,
        connection_fee_micros=random.choice((0, 0, 250_000, a_price(random))),
        minimum_micros=minimum,
        maximum_micros=random.choice((None, None, (minimum or 0) + random.randint(0, 20_000_000))),
        band_policy=random.choice(list(BandPolicy)),
        tier_mode=shared.mode,
        tiers=_tiers(random, shared) if shared.tiered else (),
        counter=shared.counter,
    )


def _tiers(random: Random, shared: _Shared) -> tuple[TierDraft, ...]:
    most = _VOLUMES[shared.unit]
    volumes = {1 + random.randint(0, most) for _ in range(random.randint(1, 3))}
    return tuple(TierDraft(volume, a_price(random)) for volume in sorted(volumes))


def chance(random: Random, probability: float) -> bool:
    """Whether something happens; what a shrinking Hypothesis draws last is that it does not."""
    return random.random() >= 1 - probability


def a_price(random: Random) -> int:
    """Micros: nothing, fractions of a cent, usual prices, and the most a price may be."""
    usual = random.randint(0, 2_000_000)
    return random.choice((0, 1, 7, 290_000, usual, usual, usual, 4 * 10**9))
