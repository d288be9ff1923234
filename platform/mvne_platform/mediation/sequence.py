"""File sequence numbers: what a source's pattern finds in a name, and what is missing between two of them."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

LONGEST_PATTERN = 200
_PLACES = re.compile(r"\{series\}|\{number(?::(?P<first>[0-9]{1,12})-(?P<last>[0-9]{1,12}))?\}|\*")


class Numbered(NamedTuple):
    """A file's place: numbers count within a series (a day, say; empty if the pattern has none)."""

    series: str
    number: int


@dataclass(frozen=True, slots=True)
class SequenceRule:
    """A pattern, understood. `first` and `last` are the bounds of a number that begins anew, if the pattern has any."""

    expression: re.Pattern[str]
    has_series: bool
    first: int | None
    last: int | None

    def numbered(self, name: str) -> Numbered | None:
        """Series and number of a name; None for one that is not of the pattern."""
        found = self.expression.fullmatch(name)
        if found is None:
            return None
        number = int(found["number"])
        if self.first is not None and self.last is not None and not self.first <= number <= self.last:
            return None
        return Numbered(found["series"] if self.has_series else "", number)

    @property
    def begins_at(self) -> int | None:
        """The number of a series' first file; None where a series is not begun anew."""
        return self.first if self.has_series else None

    def counted_on(self, number: int, latest: int | None) -> int:
        """The number as if it never began anew: the count nearest to the one after `latest`."""
        if self.first is None or self.last is None or latest is None or self.has_series:
            return number
        length = self.last - self.first + 1
        rounds = round((latest + 1 - number) / length)
        return number + max(0, rounds) * length

    def shown(self, counted: int) -> int:
        """The number that stands in the file's name."""
        if self.first is None or self.last is None:
            return counted
        return self.first + (counted - self.first) % (self.last - self.first + 1)


@lru_cache(maxsize=1_000)
def sequence_rule(pattern: str) -> SequenceRule:
    """Understand `CDR_{series}_{number:1-9999}.csv`; raises ValueError with what is wrong.

    `{number}` stands for digits and is there once; `{number:1-9999}` begins at 1, in every series if there are series,
    and after 9999 where there are none. `{series}` is text without dots, one `*` any text; all else stands for itself.
    """
    if len(pattern) > LONGEST_PATTERN:
        raise ValueError(f"the pattern has more than {LONGEST_PATTERN} characters")
    pieces: list[str] = []
    position, counted = 0, 0
    first: int | None = None
    last: int | None = None
    for place in _PLACES.finditer(pattern):
        pieces.append(re.escape(pattern[position : place.start()]))
        position = place.end()
        if place[0].startswith("{number"):
            counted += 1
            first, last = (int(bound) if bound else None for bound in (place["first"], place["last"]))
        pieces.append(_expression(place[0]))
    pieces.append(re.escape(pattern[position:]))
    # More than one `*` could make a hostile name take minutes to be compared.
    if counted != 1 or pattern.count("{series}") > 1 or pattern.count("*") > 1:
        raise ValueError(
            "the pattern has `{number}` once, `{series}` and `*` at most once, as in `CDR_{series}_{number}.csv`"
        )
    if first is not None and last is not None and first >= last:
        raise ValueError("a number's bounds rise, as in `{number:1-9999}`")
    return SequenceRule(re.compile("".join(pieces)), "{series}" in pattern, first, last)


def _expression(place: str) -> str:
    if place == "*":
        return ".*?"
    return r"(?P<series>[^.]+?)" if place == "{series}" else "(?P<number>[0-9]{1,15})"
