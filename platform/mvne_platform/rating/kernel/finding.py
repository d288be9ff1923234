"""Steps 1 to 4 in machine code: whether an event is chargeable at all, and the zone it belongs to.

`t` is the book of price lists, `use` the row of an event; see `tables`.
"""

from typing import NamedTuple

from mvne_platform.rating.kernel import codes
from mvne_platform.rating.kernel import tables as at
from mvne_platform.rating.kernel.arrays import Row
from mvne_platform.rating.kernel.codes import UNIT_OF, ZONED_BY_OF
from mvne_platform.rating.kernel.columns import NONE
from mvne_platform.rating.kernel.compiled import compiled

# An event that goes on to be priced; every other answer is a `Reason`.
GOES_ON = NONE


class Found(NamedTuple):
    """What steps 1 to 4 say of an event: why it goes no further (or GOES_ON), its zone and what found it."""

    reason: int
    itemised: bool
    quantity: int
    version: int
    zone: int
    match: int
    length: int


@compiled
def last_not_above(t: Row, first: int, end: int, sought: int) -> int:
    """The address of the last of a sorted list that is not above `sought`; `first - 1` if all are."""
    while first < end:
        middle = (first + end) // 2
        if t[middle] <= sought:
            first = middle + 1
        else:
            end = middle
    return first - 1


@compiled
def _value_of(t: Row, pair: int, key: int) -> int:
    """What follows a sorted list for one of its keys, or -1; `pair` is where the list's addresses stand."""
    first, end = t[pair], t[pair + 1]
    row = last_not_above(t, first, end, key)
    if key < 0 or row < first or t[row] != key:
        return NONE
    return t[row + end - first]


@compiled
def tariff_record(tariff: int, t: Row) -> int:
    """The address of a price list's record."""
    return t[at.TARIFFS] + tariff * at.TARIFF_COLUMNS


@compiled
def version_record(version: int, t: Row) -> int:
    """The address of a version's record."""
    return t[at.VERSIONS] + version * at.VERSION_COLUMNS


@compiled
def zone_record(zone: int, t: Row) -> int:
    """The address of a zone's record."""
    return t[at.ZONES] + zone * (at.ZONE_CELLS + codes.SERVICES)


@compiled
def _version_at(tariff: int, start: int, t: Row) -> int:
    """The version of a price list that was the latest at an instant, or -1."""
    record = tariff_record(tariff, t)
    first = t[record + at.TARIFF_STARTS]
    row = last_not_above(t, first, t[record + at.TARIFF_STARTS + 1], start)
    return t[record + at.TARIFF_FIRST_VERSION] + row - first if row >= first else NONE


@compiled
def _longest_prefix(directory: int, number: int, record: int, t: Row) -> tuple[int, int]:
    """The zone of the longest prefix that a packed number begins with, or -1, and how many digits the prefix has.

    `record` is that of the version to which the directory belongs.
    """
    first, end = t[directory + at.DIRECTORY_EDGES], t[directory + at.DIRECTORY_EDGES + 1]
    index = t[directory + at.DIRECTORY_INDEX]
    low, high = first, end
    if index >= 0:
        entry = index + number // t[directory + at.DIRECTORY_STEP]
        low, high = first + t[entry], first + t[entry + 1] + 1
    row = last_not_above(t, low, high, number)
    value = t[t[directory + at.DIRECTORY_VALUES] + row - first]
    if value < 0:
        return NONE, 0
    return t[record + at.VERSION_FIRST_ZONE] + value // at.LENGTHS, value % at.LENGTHS


@compiled
def _listed_zone(use: Row, version: int, t: Row) -> tuple[int, int]:
    """The zone that lists a number, by short code or prefix, or -1, and how many of its signs that matched."""
    if version < 0 or use[at.NUMBER] == NONE:
        return NONE, 0
    record = version_record(version, t)
    if use[at.NUMBER] < 0:
        return _value_of(t, record + at.VERSION_CODES, use[at.CODE]), use[at.CODE_LENGTH]
    return _longest_prefix(t[record + at.VERSION_PREFIXES], use[at.NUMBER], record, t)


@compiled
def _counted_units(use: Row) -> int:
    """What the record counts, or -1 where it cannot be charged; an unanswered call may count nothing."""
    if use[at.QUANTITY] == NONE and use[at.ANSWERED] == 0:
        return 0
    return use[at.QUANTITY] if 0 <= use[at.QUANTITY] <= codes.MOST_QUANTITY else NONE


@compiled
def _uncharged(use: Row) -> int:
    """Why an event is not charged, whatever the price list says; else GOES_ON."""
    if UNIT_OF[use[at.SERVICE]] == codes.SECOND and use[at.ANSWERED] == 0:
        return codes.UNANSWERED
    if ZONED_BY_OF[use[at.SERVICE]] == codes.BY_NOTHING:
        return codes.INCOMING
    if use[at.NUMBER_CLASS] in (codes.EMERGENCY, codes.FREEPHONE):
        return codes.FREE_NUMBER
    return GOES_ON


@compiled
def locate(use: Row, tariff: int, t: Row) -> Found:
    """Whether an event is chargeable by a price list, and in which zone."""
    version = _version_at(tariff, use[at.START], t)
    listed, length = _listed_zone(use, version, t)
    itemised = use[at.NUMBER_CLASS] < 0 and (listed < 0 or t[zone_record(listed, t)] != codes.ZONE_FREE)
    quantity = _counted_units(use)
    reason = codes.INVALID_QUANTITY if quantity < 0 else _uncharged(use)
    if reason == GOES_ON and version < 0:
        reason = codes.NO_PRICE_LIST_VERSION
    if reason != GOES_ON:
        quantity = max(quantity, 0)
        return Found(reason, itemised, quantity, NONE, NONE, codes.MATCH_NONE, 0)
    zone, match, length, missing = _find_zone(use, version_record(version, t), listed, length, t)
    if zone < 0:
        return Found(missing, itemised, quantity, version, zone, codes.MATCH_NONE, 0)
    return Found(_treatment(zone, t), itemised, quantity, version, zone, match, length)


@compiled
def _treatment(zone: int, t: Row) -> int:
    """Why events of a zone go no further, or GOES_ON."""
    treatment = t[zone_record(zone, t) + at.ZONE_TREATMENT]
    if treatment == codes.ZONE_FREE:
        return codes.FREE_NUMBER
    return codes.BARRED_ZONE if treatment == codes.ZONE_BARRED else GOES_ON


@compiled
def _find_zone(use: Row, record: int, listed: int, length: int, t: Row) -> tuple[int, int, int, int]:
    """The zone (or -1), the kind and length of the match, and why there is no zone.

    `record` is the version's, `listed` and `length` are what `_listed_zone` says of the called number.
    """
    zoned_by = ZONED_BY_OF[use[at.SERVICE]]
    if zoned_by == codes.BY_CALLED_NUMBER:
        return _by_called_number(use, record, listed, length, t)
    if zoned_by == codes.BY_HOME:
        return t[record + at.VERSION_HOME], codes.MATCH_HOME, 0, codes.NO_HOME_ZONE
    if use[at.NUMBER] < NONE and listed >= 0 and _treatment(listed, t) == codes.FREE_NUMBER:
        return listed, codes.MATCH_SHORT_CODE, length, GOES_ON
    return _by_network(use, record, t)


@compiled
def _by_called_number(use: Row, record: int, listed: int, length: int, t: Row) -> tuple[int, int, int, int]:
    if use[at.NUMBER] == NONE:
        return NONE, codes.MATCH_NONE, 0, codes.NO_CALLED_NUMBER
    if use[at.NUMBER] < 0:
        return listed, codes.MATCH_SHORT_CODE, length, codes.UNKNOWN_SHORT_CODE
    if use[at.HAS_OPERATOR]:
        zone = _value_of(t, record + at.VERSION_OPERATORS, use[at.OPERATOR])
        if zone >= 0:
            return zone, codes.MATCH_OPERATOR, 0, GOES_ON
        if t[record + at.VERSION_ANY_OPERATOR] >= 0:
            return t[record + at.VERSION_ANY_OPERATOR], codes.MATCH_OTHER_OPERATORS, 0, GOES_ON
    return listed, codes.MATCH_PREFIX, length, codes.UNKNOWN_NUMBER


@compiled
def _by_network(use: Row, record: int, t: Row) -> tuple[int, int, int, int]:
    if not use[at.HAS_NETWORK]:
        return NONE, codes.MATCH_NONE, 0, codes.NO_VISITED_NETWORK
    # Only an international number can match a prefix; the empty one (packed: 0) matches what holds for any number.
    number = max(use[at.NUMBER], 0)
    zone, length = _in_network(use[at.NETWORK], number, record, t)
    if zone >= 0:
        return zone, codes.MATCH_NETWORK, length, GOES_ON
    zone, length = _in_network(use[at.COUNTRY], number, record, t)
    return zone, codes.MATCH_COUNTRY, length, codes.UNKNOWN_NETWORK


@compiled
def _in_network(network: int, number: int, record: int, t: Row) -> tuple[int, int]:
    directory = _value_of(t, record + at.VERSION_NETWORKS, network)
    return _longest_prefix(directory, number, record, t) if directory >= 0 else (NONE, 0)
