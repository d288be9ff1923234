"""The operator's own sheets: zones.csv, bands.csv, rates.csv."""

import re
from dataclasses import dataclass, field, replace

from mvne_platform.catalogue.amounts import parse_amount, parse_quantity
from mvne_platform.catalogue.drafts import (
    ANY_BAND,
    BandDraft,
    BandPolicy,
    RateDraft,
    TierDraft,
    TierMode,
    Treatment,
    ZoneDraft,
)
from mvne_platform.catalogue.faults import Fault
from mvne_platform.catalogue.parts import CALLED
from mvne_platform.catalogue.price_list_files.rows import Row, read_rows
from mvne_platform.catalogue.services import UNITS, Service
from mvne_platform.kernel import Unit

ZONE_COLUMNS = ("zone", "name", "treatment", "prefixes", "short_codes", "networks", "called", "operators")
BAND_COLUMNS = ("band", "days", "from", "to")
RATE_COLUMNS = (
    *("zone", "service", "band", "fee", "first", "next", "price", "per", "min", "max"),
    *("band_policy", "tier_mode", "tiers", "counter"),
)

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_MINUTES = 24 * 60
_WEEK_MINUTES = 7 * _DAY_MINUTES
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00")


@dataclass(slots=True)
class Sheets:
    """What has been read so far, and where each part of it stands (subject -> file and line)."""

    zones: dict[str, ZoneDraft] = field(default_factory=dict)
    bands: list[BandDraft] = field(default_factory=list)
    rates: list[RateDraft] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    lines: dict[tuple[str, ...], tuple[str, int]] = field(default_factory=dict)

    def place(self, row: Row, *subject: str) -> None:
        """Remember on which line a part stands."""
        self.lines[subject] = (row.file, row.line)


def read_zones(text: str, sheets: Sheets) -> None:
    """One line a zone; more lines of the same zone add places to it and may leave name and treatment empty."""
    for row in read_rows("zones.csv", text, ZONE_COLUMNS, ("zone", "name"), sheets.faults):
        code = row.required("zone")
        zone = _zone_of(row, code, sheets.zones.get(code))
        sheets.place(row, "zone", code)
        networks = _networks_of(row)
        for kind, places in (
            ("prefix", row.words("prefixes")),
            ("short_code", row.words("short_codes")),
            ("network", networks),
            ("operator", row.words("operators")),
        ):
            for place in places:
                sheets.place(row, kind, place)
        sheets.zones[code] = replace(
            zone,
            prefixes=zone.prefixes + row.words("prefixes"),
            short_codes=zone.short_codes + row.words("short_codes"),
            networks=zone.networks + networks,
            operators=zone.operators + row.words("operators"),
        )


def _networks_of(row: Row) -> tuple[str, ...]:
    """Each network of the line with each called prefix of it; without any, for whatever number."""
    networks, called = row.words("networks"), row.words("called")
    if called and not networks:
        row.fault("'called' narrows networks to numbers that begin so, and the line has no networks")
    if not called:
        return networks
    return tuple(f"{network}{CALLED}{prefix}" for network in networks for prefix in called)


def _zone_of(row: Row, code: str, known: ZoneDraft | None) -> ZoneDraft:
    treatment = row.choice("treatment", Treatment, known.treatment if known else Treatment.NORMAL)
    stated = ZoneDraft(code, row.text("name", known.name if known else ""), treatment)
    if known is None:
        return stated
    if (known.name, known.treatment) != (stated.name, stated.treatment):
        row.fault(f"zone '{code}' has another name or treatment on a line above")
    return known


def read_bands(text: str, sheets: Sheets) -> None:
    """Spans of the week: `mon-fri 08:00 20:00`; a span whose end is not after its start runs into the next day."""
    for row in read_rows("bands.csv", text, BAND_COLUMNS, BAND_COLUMNS, sheets.faults):
        code = row.required("band")
        sheets.place(row, "band", code)
        start, end = _minute_of(row, "from"), _minute_of(row, "to")
        length = end - start if end > start else end - start + _DAY_MINUTES
        for day in _days_of(row):
            sheets.bands += _spans(code, day * _DAY_MINUTES + start, length)


def _minute_of(row: Row, column: str) -> int:
    value = row.required(column)
    if value and not _TIME.fullmatch(value):
        row.fault(f"'{value}' is no time such as 08:00 (to: up to 24:00)", column)
        return 0
    hours, _, minutes = value.partition(":")
    return int(hours or 0) * 60 + int(minutes or 0)


def _days_of(row: Row) -> list[int]:
    days: set[int] = set()
    for word in row.required("days").split():
        first, _, last = word.partition("-")
        if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
            row.fault(f"'{word}' is neither a day ({' '.join(WEEKDAYS)}) nor a span such as mon-fri", "days")
            continue
        start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
        days.update(day % 7 for day in range(start, end + 1 if end >= start else end + 8))
    return sorted(days)


def _spans(code: str, start: int, length: int) -> list[BandDraft]:
    end = start + length
    if end <= _WEEK_MINUTES:
        return [BandDraft(code, start, end)]
    return [BandDraft(code, start, _WEEK_MINUTES), BandDraft(code, 0, end - _WEEK_MINUTES)]


def read_rates(text: str, sheets: Sheets) -> list[RateDraft]:
    """One line a rate; the rates for zone '*' are answered, to be spread once every zone is known."""
    everywhere: list[RateDraft] = []
    for row in read_rows("rates.csv", text, RATE_COLUMNS, _RATE_REQUIRED, sheets.faults):
        rate = _rate_of(row)
        subject = ("rate", rate.zone, rate.service, rate.band)
        if subject in sheets.lines and rate.zone == "*":
            row.fault(f"{rate.service} has two rates for zone '*' in band '{rate.band}'")
        sheets.place(row, *subject)
        (everywhere if rate.zone == "*" else sheets.rates).append(rate)
    return everywhere


_RATE_REQUIRED = ("zone", "service", "first", "next", "price", "per")


def _rate_of(row: Row) -> RateDraft:
    service = row.required("service")
    unit = UNITS[Service(service)] if service in set(Service) else None
    row.required("price")
    return RateDraft(
        zone=row.required("zone"),
        service=service,
        band=row.text("band", ANY_BAND),
        connection_fee_micros=row.amount("fee") or 0,
        first_increment=row.quantity("first", unit),
        next_increment=row.quantity("next", unit),
        price_micros=row.amount("price") or 0,
        per=row.quantity("per", unit),
        minimum_micros=row.amount("min"),
        maximum_micros=row.amount("max"),
        band_policy=row.choice("band_policy", BandPolicy, BandPolicy.AT_START),
        tier_mode=row.choice("tier_mode", TierMode, TierMode.GRADUATED),
        tiers=_tiers_of(row, unit),
        counter=row.text("counter") or None,
    )


def _tiers_of(row: Row, unit: Unit | None) -> tuple[TierDraft, ...]:
    """`100min=0.50 500min=0.30`: from 100 minutes on 0.50, from 500 minutes on 0.30 (per the line's `per`)."""
    tiers = []
    for word in row.words("tiers"):
        volume, separator, price = word.partition("=")
        if not separator:
            row.fault(f"'{word}' is no tier such as 100min=0.50 (from that volume on, that price)", "tiers")
            continue
        try:
            tiers.append(TierDraft(parse_quantity(volume, unit), parse_amount(price)))
        except ValueError as error:
            row.fault(str(error), "tiers")
    return tuple(tiers)
