"""What is known of called numbers, in memory and ready to be looked up: no database, no other look-up on the way."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from math import ceil
from typing import NamedTuple

from mvne_platform.catalogue import NumberClass

# Later than any usage: an entry that has no end.
FOREVER = 1 << 62


class NumberFacts(NamedTuple):
    """What held of a called number: the operator it was ported to, its class, and the name of its service."""

    operator: str | None = None
    number_class: NumberClass | None = None
    name: str | None = None


NOTHING_KNOWN = NumberFacts()


class Span(NamedTuple):
    """One dated entry: from `begin` until before `end` (Unix seconds) the key has the value."""

    key: int
    begin: int
    end: int
    value: int


@dataclass(frozen=True, slots=True)
class Spans:
    """Dated entries by key, sorted by key and begin, in arrays that NumPy can read where they are."""

    keys: array[int]
    begins: array[int]
    ends: array[int]
    values: array[int]

    def find(self, key: int, second: int) -> int | None:
        """The value of `key` at `second`."""
        low, high = bisect_left(self.keys, key), bisect_right(self.keys, key)
        place = bisect_right(self.begins, second, low, high) - 1
        return self.values[place] if place >= low and second < self.ends[place] else None


def spans(entries: Iterable[Span]) -> Spans:
    """Entries as arrays."""
    columns = tuple(array("q", column) for column in zip(*sorted(entries), strict=True))
    return Spans(*columns) if columns else Spans(*(array("q") for _ in range(4)))


class CodeEntry(NamedTuple):
    """What a code stood for from `begin` until before `end` (Unix seconds)."""

    begin: int
    end: int
    number_class: NumberClass | None
    name: str


@dataclass(frozen=True, slots=True)
class NumberData:
    """The number data of a brand as of `version` (the ids of the latest loads, by kind).

    A range is cut where others begin or end: piece i runs from `borders[i]` to before `borders[i + 1]`.
    `codes` match whole, as dialled; `prefixes` what a number begins with, the longest first (`prefix_lengths`).
    """

    version: tuple[str, ...]
    operators: tuple[str, ...]
    singles: Spans
    borders: array[int]
    pieces: Spans
    codes: Mapping[str, tuple[CodeEntry, ...]]
    prefixes: Mapping[str, tuple[CodeEntry, ...]]
    prefix_lengths: tuple[int, ...]

    def at(self, number: str, instant: datetime) -> NumberFacts:
        """What held of a number (E.164 with +, or a code as dialled) at an instant."""
        second = int(instant.timestamp())
        operator = self._operator(int(number[1:]), second) if number.startswith("+") else None
        code = self.code_at(number, second)
        if operator is None and code is None:
            return NOTHING_KNOWN
        return NumberFacts(operator, code.number_class if code else None, code.name if code else None)

    def code_at(self, number: str, second: int) -> CodeEntry | None:
        """What short code data says of a number as dialled: the whole code, else the longest prefix that held then."""
        for entries in self._candidates(number):
            for entry in entries:
                if entry.begin <= second < entry.end:
                    return entry
        return None

    def short_codes(self) -> frozenset[str]:
        """All codes that are dialled as they are, whenever they held."""
        return frozenset(code for code in self.codes if not code.startswith("+"))

    def _candidates(self, number: str) -> Iterable[tuple[CodeEntry, ...]]:
        if number in self.codes:
            yield self.codes[number]
        for length in self.prefix_lengths:
            entries = self.prefixes.get(number[:length]) if length <= len(number) else None
            if entries:
                yield entries

    def _operator(self, digits: int, second: int) -> str | None:
        place = self.singles.find(digits, second)
        if place is None:
            place = self.pieces.find(bisect_right(self.borders, digits) - 1, second)
        return None if place is None else self.operators[place]


def compile_number_data(
    version: tuple[str, ...],
    ported: Iterable[tuple[int, int, str, datetime, datetime | None]],
    codes: Iterable[tuple[str, bool, NumberClass | None, str, datetime, datetime | None]],
) -> NumberData:
    """From the stored rows, `(first, last, operator, from, to)` and `(code, prefix, class, name, from, to)`."""
    places: dict[str, int] = {}
    singles: list[Span] = []
    ranges: list[tuple[int, Span]] = []
    for first, last, operator, begin, end in ported:
        span = Span(first, seconds(begin), seconds(end), places.setdefault(operator, len(places)))
        if first == last:
            singles.append(span)
        else:
            ranges.append((last, span))
    borders, pieces = _cut(ranges)
    whole, prefixes = _coded(codes)
    lengths = tuple(sorted({len(prefix) for prefix in prefixes}, reverse=True))
    return NumberData(version, tuple(places), spans(singles), borders, spans(pieces), whole, prefixes, lengths)


def seconds(instant: datetime | None) -> int:
    """The first whole second at or after an instant; events begin on whole seconds."""
    return FOREVER if instant is None else ceil(instant.timestamp())


def _cut(ranges: list[tuple[int, Span]]) -> tuple[array[int], list[Span]]:
    borders = array("q", sorted({border for last, span in ranges for border in (span.key, last + 1)}))
    pieces = [
        span._replace(key=piece)
        for last, span in ranges
        for piece in range(bisect_left(borders, span.key), bisect_left(borders, last + 1))
    ]
    return borders, pieces


def _coded(
    codes: Iterable[tuple[str, bool, NumberClass | None, str, datetime, datetime | None]],
) -> tuple[dict[str, tuple[CodeEntry, ...]], dict[str, tuple[CodeEntry, ...]]]:
    found: tuple[dict[str, tuple[CodeEntry, ...]], dict[str, tuple[CodeEntry, ...]]] = ({}, {})
    for code, prefix, number_class, name, begin, end in codes:
        entries = found[prefix]
        entry = CodeEntry(seconds(begin), seconds(end), number_class, name)
        entries[code] = (*entries.get(code, ()), entry)
    return found


def overlapping(entries: Iterable[Span]) -> Iterable[tuple[Span, Span]]:
    """Neighbours of one key that hold at the same time."""
    return (pair for pair in pairwise(sorted(entries)) if pair[0].key == pair[1].key and pair[1].begin < pair[0].end)
