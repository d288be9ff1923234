"""A price list for every number of the world: zones from number ranges and networks, prices from a carrier's deck."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from mvne_platform.catalogue.drafts import RateDraft, Treatment, ZoneDraft
from mvne_platform.catalogue.faults import Fault
from mvne_platform.catalogue.price_list_files.deck import code_of, read_deck
from mvne_platform.catalogue.price_list_files.rows import Row, read_rows
from mvne_platform.catalogue.price_list_files.sheets import Sheets
from mvne_platform.catalogue.price_list_files.terms import DeckTerms
from mvne_platform.catalogue.rules.price_lists import NETWORK

RANGES, NETWORKS, GROUPS = "ranges.csv", "networks.csv", "groups.csv"
RANGE_COLUMNS = ("prefix", "region", "type", "tariff", "operator")
NETWORK_COLUMNS = ("mcc", "mnc", "country", "country_name", "brand", "operator", "status")
GROUP_COLUMNS = ("zone", "name", "countries")
ELSEWHERE = "*"
Place = TypeVar("Place")
# Calls to such numbers cost the caller nothing; those to the others cost what their holders ask, which no deck knows.
_FREE, _BARRED = "TOLL_FREE", "PREMIUM_RATE"


@dataclass(frozen=True, slots=True)
class WorldSources:
    """The texts of the sources.

    `ranges` gives region, line type and tariff class by E.164 prefix, the longest wins; `networks` the country of each
    MCC and MNC; `groups` zones of countries for roaming (`*` is every country that no group names); `deck` a price for
    destinations. `otherwise` is the price, in micros a minute, of numbers that the deck does not know (None: barred).
    """

    ranges: str
    networks: str
    groups: str
    deck: str
    terms: DeckTerms
    otherwise_micros: int | None = None


@dataclass(frozen=True, slots=True)
class World:
    """The zones and the prices of calls, or every fault of the sources."""

    zones: tuple[ZoneDraft, ...]
    rates: tuple[RateDraft, ...]
    faults: tuple[Fault, ...]


@dataclass(slots=True)
class _Group:
    """Prefixes that are one zone: of a region and line type, or of a destination of the deck, at one price."""

    name: str
    treatment: Treatment
    rate: RateDraft | None
    prefixes: list[str] = field(default_factory=list)


def build_world(sources: WorldSources) -> World:
    """One zone for each region, line type and price; one for each group of countries to roam in."""
    faults: list[Fault] = []
    ranges = {row.text("prefix"): row for row in read_rows(RANGES, sources.ranges, RANGE_COLUMNS, _RANGE_NEEDS, faults)}
    sheets = Sheets(faults=faults)
    read_deck(sources.deck, sources.terms, sheets)
    prices = _Prices(sheets, sources)
    groups: dict[object, _Group] = {}
    for prefix in sorted({*ranges, *prices.zones}):
        known = _longest(prefix, ranges)
        name, tariff = _described(known) if known else (prices.zones[prefix].name, "")
        treatment, rate = prices.of(prefix, tariff)
        groups.setdefault((name, treatment, rate), _Group(name, treatment, rate)).prefixes.append(prefix)
    zones, rates = _named(groups.values())
    roaming = tuple(_roaming_zones(sources, faults))
    return World((*zones, *roaming), tuple(rates), tuple(faults))


def _described(known: Row) -> tuple[str, str]:
    """The zone's name, such as `SE mobile`, and the tariff class; what several regions share is named by the first."""
    tariff = known.text("tariff")
    kind = tariff if tariff in (_FREE, _BARRED) else known.text("type")
    return f"{known.text('region').partition(',')[0]} {kind.lower().replace('_', ' ')}", tariff


_RANGE_NEEDS = ("prefix", "region", "type")


class _Prices:
    """What the deck says of prefixes."""

    def __init__(self, sheets: Sheets, sources: WorldSources) -> None:
        self.zones = {prefix: zone for zone in sheets.zones.values() for prefix in zone.prefixes}
        self._rates = {rate.zone: replace(rate, zone="") for rate in sheets.rates}
        self._terms = sources.terms
        self._otherwise = sources.otherwise_micros

    def of(self, prefix: str, tariff: str) -> tuple[Treatment, RateDraft | None]:
        """How calls to numbers that begin so are treated, and what they cost."""
        if tariff == _FREE:
            return Treatment.FREE, None
        zone = _longest(prefix, self.zones)
        if tariff == _BARRED or (zone is not None and zone.treatment is Treatment.BARRED):
            return Treatment.BARRED, None
        if zone is not None:
            return Treatment.NORMAL, self._rates[zone.code]
        if self._otherwise is None:
            return Treatment.BARRED, None
        terms = self._terms
        increments = (terms.first_increment, terms.next_increment)
        return Treatment.NORMAL, RateDraft("", terms.service, self._otherwise, 60, *increments)


def _longest(prefix: str, known: Mapping[str, Place]) -> Place | None:
    """What is known of the longest beginning of a prefix."""
    return next((known[prefix[:length]] for length in range(len(prefix), 0, -1) if prefix[:length] in known), None)


def _named(groups: Collection[_Group]) -> tuple[list[ZoneDraft], list[RateDraft]]:
    """Zones with codes such as `se-mobile`, and `se-mobile-2` for the second price of the same kind of number."""
    zones: list[ZoneDraft] = []
    rates: list[RateDraft] = []
    counts: dict[str, int] = {}
    for group in groups:
        code, name = code_of(group.name), group.name
        counts[code] = counts.get(code, 0) + 1
        if counts[code] > 1:
            code, name = f"{code}-{counts[code]}", f"{name} {counts[code]}"
        zones.append(ZoneDraft(code, name, group.treatment, tuple(group.prefixes)))
        if group.rate is not None:
            rates.append(replace(group.rate, zone=code))
    return zones, rates


def _roaming_zones(sources: WorldSources, faults: list[Fault]) -> Iterator[ZoneDraft]:
    """A zone for each group of countries, with each of their networks."""
    rows = read_rows(GROUPS, sources.groups, GROUP_COLUMNS, GROUP_COLUMNS, faults)
    zone_of = {country: row for row in rows for country in row.words("countries")}
    networks: dict[str, dict[str, None]] = {row.required("zone"): {} for row in rows}
    for row in read_rows(NETWORKS, sources.networks, NETWORK_COLUMNS, ("mcc", "mnc", "country"), faults):
        # The country of a territory stands before the hyphen: GE-AB is in Georgia.
        country = row.text("country").partition("-")[0]
        group = zone_of.get(country) or zone_of.get(ELSEWHERE)
        if group is not None and _is_network(row):
            networks[group.text("zone")][f"{row.text('mcc')}-{row.text('mnc')}"] = None
    for row in rows:
        yield ZoneDraft(row.text("zone"), row.text("name"), networks=tuple(networks[row.text("zone")]))


def _is_network(row: Row) -> bool:
    """Whether it has a code of ITU-T E.212; lists have entries without one, such as `704-?`."""
    return NETWORK.fullmatch(f"{row.text('mcc')}-{row.text('mnc')}") is not None
