"""A carrier's retail rate deck: price per minute by destination prefix, in the carrier's currency."""

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from mvne_platform.catalogue.drafts import ANY_BAND, RateDraft, Treatment, ZoneDraft
from mvne_platform.catalogue.price_list_files.rows import Row, read_rows
from mvne_platform.catalogue.price_list_files.sheets import Sheets
from mvne_platform.catalogue.price_list_files.terms import DeckTerms
from mvne_platform.kernel import round_half_up

FILE = "deck.csv"
COLUMNS = ("destination", "prefix", "initial_rate_per_minute", "increment_rate_per_minute", "time_band")
BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class _PerMinute:
    """Micros of the deck's currency for the first minute and for each after it; None: blocked."""

    initial: int
    increment: int


@dataclass(slots=True)
class _Destination:
    """A prefix of the deck with its prices by the deck's band names."""

    name: str
    prefix: str
    row: Row
    prices: dict[str, _PerMinute | None] = field(default_factory=dict)

    @property
    def price_key(self) -> tuple[tuple[str, _PerMinute | None], ...]:
        return tuple(sorted(self.prices.items(), key=lambda item: item[0]))


def read_deck(text: str, terms: DeckTerms, sheets: Sheets) -> None:
    """Add the deck's destinations to the operator's own sheets, which win where both name a prefix."""
    own = {prefix: zone.code for zone in sheets.zones.values() for prefix in zone.prefixes}
    destinations: dict[str, _Destination] = {}
    for row in read_rows(FILE, text, COLUMNS, COLUMNS, sheets.faults):
        prefix = row.required("prefix")
        if prefix.startswith(terms.leave_out):
            continue
        if prefix in own:
            sheets.notes.append(f"{FILE}:{row.line}: prefix {prefix} is taken from zone '{own[prefix]}' of zones.csv")
            continue
        _add_price(row, prefix, destinations)
    for code, members in _zones_of(destinations):
        _add_zone(code, members, terms, sheets)


def _add_price(row: Row, prefix: str, destinations: dict[str, _Destination]) -> None:
    name = html.unescape(row.required("destination"))
    band = row.required("time_band")
    destination = destinations.setdefault(prefix, _Destination(name, prefix, row))
    if destination.name != name:
        row.fault(f"prefix {prefix} is '{name}' here and '{destination.name}' on line {destination.row.line}")
    if band in destination.prices:
        row.fault(f"prefix {prefix} has two prices in band '{band}'")
    destination.prices[band] = _per_minute(row)
    if len({price is None for price in destination.prices.values()}) > 1:
        row.fault(f"prefix {prefix} is blocked in one band and priced in another, which a zone cannot be")


def _per_minute(row: Row) -> _PerMinute | None:
    columns = ("initial_rate_per_minute", "increment_rate_per_minute")
    # Blocked in one column is blocked: a call that must not begin has no second minute.
    if any(row.text(column).lower() == BLOCKED for column in columns):
        return None
    given = [row.amount(column) if row.required(column) else None for column in columns]
    initial, increment = given[0] or 0, given[1] or 0
    if None not in given and initial < increment:
        row.fault("the first minute is cheaper than those after it, which fee and price cannot express")
    return _PerMinute(max(initial, increment), increment)


def _zones_of(destinations: dict[str, _Destination]) -> Iterator[tuple[str, list[_Destination]]]:
    """Prefixes of one name and one price make a zone; a name with several prices makes one zone for each."""
    named: dict[str, dict[object, list[_Destination]]] = {}
    for destination in destinations.values():
        groups = named.setdefault(code_of(destination.name), {})
        groups.setdefault((destination.name, destination.price_key), []).append(destination)
    for code, groups in named.items():
        for members in groups.values():
            yield (code if len(groups) == 1 else f"{code}-{members[0].prefix}"), members


def code_of(name: str) -> str:
    """A zone's code from its name: `El Salvador,Cte` becomes el-salvador-cte."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def _add_zone(code: str, members: list[_Destination], terms: DeckTerms, sheets: Sheets) -> None:
    first = members[0]
    if code in sheets.zones:
        first.row.fault(f"'{first.name}' gets the zone code '{code}', which zones.csv uses for another zone")
        return
    blocked = None in first.prices.values()
    sheets.zones[code] = ZoneDraft(
        code=code,
        name=first.name,
        treatment=Treatment.BARRED if blocked else Treatment.NORMAL,
        prefixes=tuple(member.prefix for member in members),
    )
    sheets.place(first.row, "zone", code)
    for member in members:
        sheets.place(member.row, "prefix", member.prefix)
    for band, price in first.prices.items():
        if price is not None and not blocked:
            rate = _rate_of(code, band, price, terms)
            sheets.place(first.row, "rate", rate.zone, rate.service, rate.band)
            sheets.rates.append(rate)


def _rate_of(zone: str, band: str, price: _PerMinute, terms: DeckTerms) -> RateDraft:
    # The first increment at the initial price is the following price and a fee for the difference.
    surcharge = Fraction((price.initial - price.increment) * terms.first_increment, 60)
    return RateDraft(
        zone=zone,
        service=terms.service,
        band=ANY_BAND if band == terms.any_time else band,
        connection_fee_micros=_exchanged(surcharge, terms),
        first_increment=terms.first_increment,
        next_increment=terms.next_increment,
        price_micros=_exchanged(Fraction(price.increment), terms),
        per=60,
    )


def _exchanged(micros: Fraction, terms: DeckTerms) -> int:
    """Micros of the price list's currency, half-up to the micro."""
    amount = micros * Fraction(terms.exchange.rate)
    return round_half_up(amount.numerator, amount.denominator)
