"""`rating.scalar`: the readable reference over a month of simulated traffic and a demo brand's real price list."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeAlias
from uuid import UUID

from bench.ceilings.rating import Price, Table, Use, amounts
from bench.footprint import Unequal
from bench.measure import Result, rates
from bench.place import BRAND, Place
from mvne_platform import catalogue
from mvne_platform.catalogue import (
    HOME_NETWORK,
    UNITS,
    ZONED_BY,
    OfferingAllowance,
    OfflineDebit,
    PaymentMode,
    Service,
    Tariff,
    TariffZone,
    Treatment,
    ZonedBy,
)
from mvne_platform.kernel import Unit, uuid7
from mvne_platform.mediation import FORMATS, FormatSettings, Position, UsageEvent
from mvne_platform.rating import Item, Outcome, Purse, PurseBucket, Rated, ScalarRater, Subscriber
from mvne_platform.runtime import brand_work

PEOPLE = 20
PER_DAY = 24
DAYS = ("2026-10-01T00:00Z", "2026-11-01T00:00Z")
PERIOD = date(2026, 10, 1)
_Tables: TypeAlias = Mapping[Service, Table]
_FREE = (Treatment.FREE, Treatment.BARRED)


def scalar(place: Place, per_day: int = PER_DAY) -> Result:
    """Events per second, allowances and spend of the plan `fjord-30` included."""
    with brand_work(BRAND) as ctx:
        plan = catalogue.current_offering(ctx, "fjord-30")
        allowances = catalogue.offering_view(ctx, plan.id).allowances
        tariff = _without_tiers(catalogue.tariff(ctx, str(plan.price_list)))
    events = _events(place.scratch, per_day)
    items, uses = _items(events, tariff), _uses(events, tariff)
    rater = ScalarRater()
    _check(rater.rate_many(items, _purses(items, ())), amounts(uses))
    return rates(
        "rating.scalar",
        "events/s",
        lambda: len(rater.rate_many(items, _purses(items, allowances))),
        lambda: len(amounts(uses)),
    )


def _events(folder: Path, per_day: int) -> list[UsageEvent]:
    """A month of a few people's traffic, through files, without planted faults."""
    folder.mkdir(parents=True, exist_ok=True)
    people = [{"msisdn": f"+4552520{n:03}", "imsi": f"2385026{n:08}", "active_from": DAYS[0]} for n in range(PEOPLE)]
    subscribers = folder / "subscribers.json"
    subscribers.write_text(json.dumps(people), encoding="utf-8")
    arguments = [
        *("--subscribers", str(subscribers), "--from", DAYS[0], "--to", DAYS[1], "--out", str(folder / "files")),
        *("--seed", "26", "--zone", "Europe/Copenhagen", "--per-day", str(per_day), "--roaming", "0.15"),
        *("--duplicates", "0", "--repeats", "0", "--malformed", "0", "--unknown", "0"),
    ]
    subprocess.run(
        [sys.executable, "-m", "mvne_simulators", "traffic", *arguments], check=True, stdout=subprocess.DEVNULL
    )
    read, settings = FORMATS["mvne-csv"], FormatSettings("DK", "Europe/Copenhagen")
    rows = (row for path in sorted((folder / "files").glob("*.csv")) for row in read(path, settings, Position()))
    events = [row.outcome for row in rows if isinstance(row.outcome, UsageEvent)]
    return sorted(events, key=lambda event: event.start)


def _without_tiers(tariff: Tariff) -> Tariff:
    """The price list for both sides: the ceiling knows nothing of what was used before."""
    (version,) = tariff.versions
    rates = {
        place: {band: replace(rate, tiers=(), counter=None) for band, rate in bands.items()}
        for place, bands in version.rates.items()
    }
    return replace(tariff, versions=(replace(version, rates=rates),))


def _items(events: list[UsageEvent], tariff: Tariff) -> list[Item]:
    lines: dict[str, Subscriber] = {}
    for event in events:
        lines.setdefault(
            event.identifiers[0].value,
            Subscriber(uuid7(), PaymentMode.POSTPAID, OfflineDebit.FULL, None, PERIOD),
        )
    return [Item(event, lines[event.identifiers[0].value], tariff) for event in events]


def _purses(items: list[Item], allowances: Sequence[OfferingAllowance]) -> dict[UUID, Purse]:
    """A full purse for each line."""
    return {
        line: Purse(_bucket(allowance) for allowance in allowances)
        for line in {item.subscriber.subscription_id for item in items}
    }


def _bucket(allowance: OfferingAllowance) -> PurseBucket:
    return PurseBucket(
        id=uuid7(),
        subscription_id=None,
        code=allowance.code,
        unit=Unit(allowance.unit),
        currency=None,
        amount=allowance.quantity,
        services=frozenset(allowance.services),
        zones=frozenset(allowance.zones),
        priority=allowance.priority,
        valid_from=datetime(2026, 9, 30, 22, tzinfo=UTC),
        valid_to=None,
    )


def _uses(events: list[UsageEvent], tariff: Tariff) -> list[Use]:
    """The same events as the ceiling takes them; the price list's only version, put into plain dictionaries."""
    (version,) = tariff.versions
    numbers = {service: _table(service, version.prefixes, tariff) for service in Service}
    codes = {service: _table(service, version.short_codes, tariff) for service in Service}
    networks = {
        service: _table(service, {entry.rstrip("*"): zones[""] for entry, zones in version.networks.items()}, tariff)
        for service in Service
    }
    return [_use(event, numbers, codes, networks) for event in events]


def _use(event: UsageEvent, numbers: _Tables, codes: _Tables, networks: _Tables) -> Use:
    service, party = event.service, event.other_party or ""
    units = {Unit.SECOND: event.duration_s, Unit.BYTE: event.bytes, Unit.MESSAGE: event.count}[UNITS[service]] or 0
    zoned_by = ZONED_BY[service]
    if event.answered is False or zoned_by is ZonedBy.NOTHING:
        return Use(None, "", units)
    if zoned_by is ZonedBy.CALLED_NUMBER:
        return Use(numbers[service], party[1:], units) if party[0] == "+" else Use(codes[service], party, units)
    if zoned_by is ZonedBy.HOME_NETWORK:
        return Use(networks[service], HOME_NETWORK, units)
    if party in codes[service].prices and codes[service].prices[party] is None:
        return Use(None, "", units)
    return Use(networks[service], event.visited_network or "", units)


def _table(service: Service, zones: Mapping[str, TariffZone], tariff: Tariff) -> Table:
    prices = {entry: _price(service, zone, tariff) for entry, zone in zones.items()}
    return Table(sorted({len(entry) for entry in prices}, reverse=True), prices)


def _price(service: Service, zone: TariffZone, tariff: Tariff) -> Price | None:
    (version,) = tariff.versions
    bands = version.rates.get((service, zone.id), {})
    rate = bands.get("*")
    if zone.treatment in _FREE or rate is None:
        return None
    if len(bands) > 1 or rate.minimum_micros is not None or rate.maximum_micros is not None:
        raise Unequal("The ceiling knows no bands, minimum or maximum; choose a price list without them.")
    return Price(rate.connection_fee_micros, rate.first_increment, rate.next_increment, rate.price_micros, rate.per)


def _check(rated: Sequence[Rated], bare: Sequence[int]) -> None:
    """Without allowances both must ask the same for every single event."""
    failed = [one.detail for one in rated if one.outcome is Outcome.FAILED]
    different = [
        (one.amount_micros, other) for one, other in zip(rated, bare, strict=True) if one.amount_micros != other
    ]
    if failed or different or not any(bare):
        raise Unequal(f"{len(failed)} events failed ({failed[:1]}), {len(different)} differ: {different[:3]}")
