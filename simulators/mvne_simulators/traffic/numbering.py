"""Real numbers and real networks: draws from the world's numbering plan and its list of mobile networks."""

import csv
from bisect import bisect
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from pathlib import Path
from random import Random
from typing import Literal

DATA = Path(__file__).parent.parent / "data"

Kind = Literal["mobile", "fixed", "freephone"]

# How long a whole number is, country code included, by prefix (the longest wins), from the national numbering plans
# the ITU publishes. Where a plan knows several lengths, the one of mobile numbers.
_LENGTHS = {
    10: "354 45 47",
    11: "1 27 31 32 33 34 36 370 371 372 382 386 387 389 40 41 46 48 61 66 84",
    12: "20 30 351 352 353 355 358 359 380 381 385 38760 39 420 421 43 44 49 52 62 63 81 90 91 92 971 972",
    13: "4915 86",
}
NUMBER_LENGTHS = {prefix: length for length, prefixes in _LENGTHS.items() for prefix in prefixes.split()}
DEFAULT_LENGTH = 11

# Where people of a European brand mostly call and travel, and where else.
_NEAR = "DE SE NO GB HR RS AT TR PL US IT FR ES NL CH"
_FAR = "AE AL AU BE BG CN CZ EE EG FI GR HU ID IE IL IN IS JP LT LU LV ME MK MX PH PK PT RO SI SK TH UA VN ZA"
NEAR, FAR = tuple(_NEAR.split()), tuple(_FAR.split())
NEAR_SHARE = 0.8


@dataclass(frozen=True)
class Range:
    """Numbers that begin with `prefix`."""

    prefix: str
    region: str
    kind: Kind | None


@dataclass(frozen=True)
class World:
    """Number ranges by prefix and by region and kind; mobile networks (`MCC-MNC`) by region; `prefixes` are sorted."""

    ranges: Mapping[str, Range]
    prefixes: Sequence[str]
    by_kind: Mapping[tuple[str, Kind], Sequence[Range]]
    networks: Mapping[str, Sequence[str]]

    def range_of(self, number: str) -> Range | None:
        """The longest range that holds a number (digits, with or without plus sign)."""
        digits = number.removeprefix("+")
        prefixes = (digits[:length] for length in range(len(digits), 0, -1))
        return next((self.ranges[prefix] for prefix in prefixes if prefix in self.ranges), None)

    def home_of(self, msisdn: str) -> str:
        """The country of a subscriber's number; of the nearest range when the number's own is not listed.

        Raises LookupError when no country is near.
        """
        found = self.range_of(msisdn)
        if found is not None:
            return found.region
        digits = msisdn.removeprefix("+")
        place = bisect(self.prefixes, digits)
        nearest = max(self.prefixes[max(place - 1, 0) : place + 1], key=lambda prefix: _shared(prefix, digits))
        # A country code has two digits or three.
        if _shared(nearest, digits) < (2 if digits[:2] in NUMBER_LENGTHS else 3):
            raise LookupError(f"number_ranges.csv has no range near the subscriber {msisdn}")
        return self.ranges[nearest].region

    def draw(self, random: Random, region: str, *kinds: Kind) -> str:
        """A number of the first of these kinds the region has, with plus sign.

        Raises LookupError when the region has none of them.
        """
        for kind in kinds:
            found = self.by_kind.get((region, kind))
            if found:
                return self._number_in(random, found)
        raise LookupError(f"number_ranges.csv has no {' or '.join(kinds)} numbers for {region}")

    def region_abroad(self, random: Random, home: str) -> str:
        """Another country, near ones more often."""
        regions = NEAR if random.random() < NEAR_SHARE else FAR
        return random.choice([region for region in regions if region != home])

    def _number_in(self, random: Random, ranges: Sequence[Range]) -> str:
        while True:
            wanted = random.choice(ranges)
            missing = max(_length(wanted.prefix) - len(wanted.prefix), 0)
            number = wanted.prefix + "".join(random.choices("0123456789", k=missing))
            # A longer prefix may carve a piece of another kind out of this range.
            found = self.range_of(number)
            if found is not None and (found.region, found.kind) == (wanted.region, wanted.kind):
                return f"+{number}"


@cache
def world() -> World:
    """The world as the files in `data/` describe it."""
    ranges = {found.prefix: found for found in _read_ranges()}
    by_kind: dict[tuple[str, Kind], list[Range]] = defaultdict(list)
    for found in ranges.values():
        if found.kind is not None:
            by_kind[found.region, found.kind].append(found)
    networks: dict[str, list[str]] = defaultdict(list)
    for row in _rows("mcc_mnc.csv"):
        # Those without a brand serve railways, machines and the military.
        if row["status"] == "Operational" and row["brand"] and row["mnc"].isdigit():
            networks[row["country"]].append(f"{row['mcc']}-{row['mnc']}")
    return World(ranges, sorted(ranges), by_kind, networks)


def _read_ranges() -> Iterator[Range]:
    for row in _rows("number_ranges.csv"):
        # Territories that share a range are listed together, in the order of the alphabet.
        regions = row["region"].split(",")
        region = next((one for one in regions if one in NEAR + FAR), regions[0])
        yield Range(row["prefix"], region, _kind(row))


def _kind(row: Mapping[str, str]) -> Kind | None:
    match row["tariff"], row["type"]:
        case "TOLL_FREE", _:
            return "freephone"
        case "STANDARD_RATE", "MOBILE" | "FIXED_LINE_OR_MOBILE":
            return "mobile"
        case "STANDARD_RATE", "FIXED_LINE":
            return "fixed"
    return None


def _shared(one: str, other: str) -> int:
    """How many digits two numbers begin alike with."""
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return sum(1 for _ in alike)


def _length(prefix: str) -> int:
    known = (prefix[:length] for length in range(len(prefix), 0, -1))
    return max(next((NUMBER_LENGTHS[one] for one in known if one in NUMBER_LENGTHS), DEFAULT_LENGTH), len(prefix) + 3)


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
