"""Prefix directories: which zone a called number belongs to, for a version or for one of its networks."""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

import numpy as np

from mvne_platform.catalogue import TariffZone
from mvne_platform.rating.kernel.book import Book
from mvne_platform.rating.kernel.columns import NONE, Int32s, Int64s
from mvne_platform.rating.kernel.ranges import index_of, pack_prefixes, ranges_of
from mvne_platform.rating.kernel.tables import INDEXED_RANGES, LENGTHS


class _Ranges(NamedTuple):
    """The addresses that one set of prefixes has come to, and which prefix holds in each range (-1: none)."""

    first: int
    end: int
    entries: int
    step: int
    owners: Int32s


class Directories:
    """Directories share what they have in common, as most price lists do: prefixes, and the places of their zones."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._ranges: dict[bytes, _Ranges] = {}
        self._values: dict[bytes, int] = {}

    def add(self, prefixes: Mapping[str, TariffZone], places: Mapping[UUID, int]) -> int:
        """Write a directory; `places` are the zones' in the version. Its address; ValueError for a wrong prefix."""
        packed = pack_prefixes(list(prefixes))
        order = np.argsort(packed)
        packed = packed[order]
        zones = np.array([places[zone.id] for zone in prefixes.values()], np.int64)[order]
        ranges = self._ranges_of(packed)
        values = np.append(zones * LENGTHS + packed % LENGTHS, NONE)[ranges.owners]
        return self._book.add([ranges.first, ranges.end, self._written(values), ranges.entries, ranges.step])

    def _ranges_of(self, packed: Int64s) -> _Ranges:
        key = packed.tobytes()
        if key not in self._ranges:
            edges, owners = ranges_of(packed)
            index, step = NONE, 1
            if len(edges) >= INDEXED_RANGES:
                entries, step = index_of(edges)
                index = self._book.add(entries)
            self._ranges[key] = _Ranges(*self._book.add_list(edges), index, step, owners)
        return self._ranges[key]

    def _written(self, values: Int64s) -> int:
        key = values.tobytes()
        if key not in self._values:
            self._values[key] = self._book.add(values)
        return self._values[key]
