"""Price list versions in the book: zones, called prefixes, networks, short codes, operators, and spans of bands."""

from collections import Counter
from collections.abc import Mapping
from uuid import UUID

import numpy as np

from mvne_platform.catalogue import ANY_BAND, HOME_NETWORK, TariffVersion, TariffZone
from mvne_platform.rating.kernel.book import Book, Interned
from mvne_platform.rating.kernel.codes import place as place_of
from mvne_platform.rating.kernel.columns import NONE, Int64s
from mvne_platform.rating.kernel.directories import Directories
from mvne_platform.rating.kernel.rates import Rates

_ANY_NUMBER = ""
_ANY_OPERATOR = "*"
_DAY_MINUTES = 24 * 60
_WEEK_MINUTES = 7 * _DAY_MINUTES
# Days of the brand's clock that a split event touches at most (31 days of seconds, and both ends), and as many more
# as its clock may be set back in that time.
_MOST_DAYS = 40


class Versions:
    """The versions of all price lists."""

    def __init__(self, book: Book) -> None:
        self.listed: list[TariffVersion] = []
        self.zones: list[TariffZone] = []
        self.rates = Rates(book)
        self.bands = Interned(ANY_BAND)
        self.zone_codes, self.short_codes = Interned(), Interned()
        self.networks, self.operators = Interned(), Interned()
        self.most_bands = 1
        self._book = book
        self._directories = Directories(book)
        self._records: list[tuple[int, ...]] = []
        self._zones: list[Int64s] = []
        self._most_changes_a_day = 0

    def add(self, version: TariffVersion) -> None:
        """Write a version; ValueError for a prefix that is not digits."""
        first = len(self.zones)
        places = {zone.id: place for place, zone in enumerate(version.zones)}
        zones = {zone: first + number for zone, number in places.items()}
        bands = list(dict.fromkeys([ANY_BAND, *(span.code for span in version.bands)]))
        self.most_bands = max(self.most_bands, len(bands))
        self.listed.append(version)
        self._add_zones(version, places, bands)
        networks = {name: self._directories.add(called, places) for name, called in version.networks.items()}
        home = version.networks.get(HOME_NETWORK, {}).get(_ANY_NUMBER)
        self._records.append(
            (
                self._directories.add(version.prefixes, places),
                zones[home.id] if home else NONE,
                zones[version.operators[_ANY_OPERATOR].id] if _ANY_OPERATOR in version.operators else NONE,
                *self._add_sorted(self.short_codes, _numbers(version.short_codes, zones)),
                *self._add_sorted(self.networks, networks),
                *self._add_sorted(self.operators, _numbers(version.operators, zones)),
                *self._add_spans(version, bands),
                self._book.add([self.bands.number(code) for code in bands]),
                first,
            )
        )

    def _add_zones(self, version: TariffVersion, places: Mapping[UUID, int], bands: list[str]) -> None:
        cells = self.rates.add(version, places, bands)
        heads = [(place_of(zone.treatment), self.zone_codes.number(zone.code)) for zone in version.zones]
        self._zones.append(np.hstack([np.array(heads, np.int64).reshape(-1, 2), cells]))
        self.zones += version.zones

    def _add_spans(self, version: TariffVersion, bands: list[str]) -> tuple[int, int]:
        """Spans from one end of the week to the other; where no band was named, any band is."""
        spans = [(0, 0)]
        for span in version.bands:
            spans += [(span.start_minute, bands.index(span.code)), (span.end_minute, 0)]
        # Of two spans with one beginning, the first is empty or the gap that the second closes.
        minutes = {minute: band for minute, band in spans if minute < _WEEK_MINUTES}
        by_day = Counter(minute // _DAY_MINUTES for minute in minutes)
        self._most_changes_a_day = max(self._most_changes_a_day, *by_day.values())
        return self._book.add_list(list(minutes), list(minutes.values()))

    def _add_sorted(self, interned: Interned, values: Mapping[str, int]) -> tuple[int, int]:
        numbered = sorted((interned.number(text), value) for text, value in values.items())
        return self._book.add_list([number for number, _ in numbered], [value for _, value in numbered])

    def most_segments(self) -> int:
        """How many bands an event can run through: each day all its spans and a change at midnight."""
        return _MOST_DAYS * (self._most_changes_a_day + 1)

    def finish(self) -> tuple[int, int]:
        """Write the tables of versions and zones; answers their addresses."""
        zones = np.concatenate([np.empty(0, np.int64), *(part.ravel() for part in self._zones)])
        return self._book.add(self._records), self._book.add(zones)


def _numbers(listed: Mapping[str, TariffZone], zones: Mapping[UUID, int]) -> dict[str, int]:
    return {key: zones[zone.id] for key, zone in listed.items()}
