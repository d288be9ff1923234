"""Steps 5, 6, 8 and 9 in machine code: rates by band, whole increments, tiers, and the money, all in 64-bit integers.

Why nothing overflows: a record counts at most 10^15 units (`MOST_UNITS`) and an event's usage costs at most 10^15
micros (`MOST_MICROS`), both refused above; an interval is at most 2^30 units, a price at most 4·10^9 < 2^32 micros.
Units × price can be 4·10^24, so it is never formed: `units = q·per + r` with `r < per` makes `units·price / per` the
whole `q·price`, guarded by a division, plus `r·price / per`, where `r·price < 2^62`. The rests of the pieces (each
below `per`) are carried as soon as they make a whole, and the last one is rounded, once. A discount of b basis points
takes `capped = q·10^4 + r` apart likewise: `q·b + (r·b) / 10^4`, with `capped` at most 10^15 + 4·10^9 (a fee).
"""

from typing import NamedTuple

from mvne_platform.rating.kernel import codes
from mvne_platform.rating.kernel import tables as at
from mvne_platform.rating.kernel.arrays import Planes, Row
from mvne_platform.rating.kernel.codes import UNIT_OF
from mvne_platform.rating.kernel.columns import NONE
from mvne_platform.rating.kernel.compiled import compiled
from mvne_platform.rating.kernel.daytime import band_of, minute_at, next_look, span_at


class Spot(NamedTuple):
    """Where an event's prices stand in the book: its service, the records of zone, version and list, and its start."""

    service: int
    zone: int
    version: int
    tariff: int
    start: int


@compiled
def rate_of(spot: Spot, band: int, t: Row) -> int:
    """The number of the rate in a band, else of the one that holds in any band, or -1."""
    cell = t[spot.zone + at.ZONE_CELLS + spot.service]
    return t[cell + band] if cell >= 0 else NONE


@compiled
def rate_record(rate: int, t: Row) -> int:
    """The address of a rate's record."""
    return t[at.RATES] + rate * at.RATE_COLUMNS


@compiled
def charged_units(quantity: int, rate: int, t: Row) -> int:
    """0 stays 0; otherwise at least the first increment, above it in steps of the next. `rate` is a record."""
    if quantity == 0:
        return 0
    first, following = t[rate + at.FIRST], t[rate + at.NEXT]
    if quantity <= first:
        return first
    return first + (quantity - first + following - 1) // following * following


@compiled
def segments_of(spot: Spot, minute: int, charged: int, rate: int, scratch: Planes, t: Row) -> int:
    """Write the event's units by rate; answers how many segments there are, or -1 where a band has no rate.

    A unit belongs to the band in which its increment begins, and of several bands that begin before an increment does,
    to the last. Rates are numbers; `minute` is the minute of the week at the start.
    """
    _write(scratch, at.SEGMENTS, 0, (0, rate, minute))
    record = rate_record(rate, t)
    if t[record + at.SPLIT] == 0 or UNIT_OF[spot.service] != codes.SECOND:
        return 1
    within = min(charged, codes.LONGEST_SPLIT_S)
    count, cut = 1, NONE
    band = waiting = band_of(span_at(minute, spot.version, t), spot.version, t)
    instant = next_look(spot.start, spot.version, spot.tariff, t)
    while instant < spot.start + within and count > 0:
        its_band = band_of(span_at(minute_at(instant, spot.tariff, t), spot.version, t), spot.version, t)
        if its_band != band:
            its_cut = charged_units(instant - spot.start, record, t)
            if its_cut != cut:
                count = _cut(spot, cut, waiting, within, scratch, count, t)
            cut, waiting, band = its_cut, its_band, its_band
        instant = next_look(instant, spot.version, spot.tariff, t)
    return _cut(spot, cut, waiting, within, scratch, count, t)


@compiled
def _cut(spot: Spot, cut: int, band: int, within: int, scratch: Planes, count: int, t: Row) -> int:
    """Begin a segment at a cut, unless there is none or the rate stays the same; how many there are now, or -1."""
    if count < 0 or cut == NONE or cut >= within:
        return count
    rate = rate_of(spot, band, t)
    if rate < 0:
        return NONE
    if rate == scratch[at.SEGMENTS, count - 1, at.SEGMENT_RATE]:
        return count
    return _write(scratch, at.SEGMENTS, count, (cut, rate, minute_at(spot.start + cut, spot.tariff, t)))


@compiled
def _write(scratch: Planes, plane: int, row: int, values: tuple[int, int, int]) -> int:
    """Write a row of scratch; answers the next one."""
    scratch[plane, row, 0], scratch[plane, row, 1], scratch[plane, row, 2] = values
    return row + 1


@compiled
def pieces_of(count: int, charged: int, covered: int, before: int, scratch: Planes, t: Row) -> int:
    """Write the units [covered, charged) of so many segments by price; answers how many pieces there are.

    `before` is what the tiers had counted.
    """
    written, volume = 0, before
    for row in range(count):
        end = scratch[at.SEGMENTS, row + 1, at.SEGMENT_FIRST] if row + 1 < count else charged
        units = end - max(scratch[at.SEGMENTS, row, at.SEGMENT_FIRST], covered)
        if units <= 0:
            continue
        rate = rate_record(scratch[at.SEGMENTS, row, at.SEGMENT_RATE], t)
        minute = scratch[at.SEGMENTS, row, at.SEGMENT_MINUTE]
        if t[rate + at.BY_VOLUME] == 0:
            written = _by_tier(rate, units, volume, minute, scratch, written, t)
        else:
            price, _ = _tier_at(rate, before, t)
            written = _write(scratch, at.PIECES, written, (units, price, minute))
        volume += units
    return written


@compiled
def _by_tier(rate: int, units: int, volume: int, minute: int, scratch: Planes, written: int, t: Row) -> int:
    """Each unit at the price of the tier into which its volume falls."""
    while units > 0:
        price, tier_end = _tier_at(rate, volume, t)
        count = min(units, tier_end - volume) if tier_end >= 0 else units
        written = _write(scratch, at.PIECES, written, (count, price, minute))
        units -= count
        volume += count
    return written


@compiled
def _tier_at(rate: int, volume: int, t: Row) -> tuple[int, int]:
    """The price of the next unit after a volume, and the volume at which the next tier begins, or -1."""
    price = t[rate + at.PRICE]
    first, end = t[rate + at.TIERS], t[rate + at.TIERS + 1]
    for tier in range(first, end):
        if volume < t[tier]:
            return price, t[tier]
        price = t[tier + end - first]
    return price, NONE


@compiled
def usage_of(count: int, per: int, scratch: Planes) -> int:
    """The sum of units × price ÷ interval over the pieces, in micros, rounded half up once; -1 above the most."""
    whole, rest = 0, 0
    for row in range(count):
        units, price = scratch[at.PIECES, row, at.PIECE_UNITS], scratch[at.PIECES, row, at.PIECE_PRICE]
        intervals, part = units // per, units % per * price
        if price > 0 and intervals > (codes.MOST_USAGE_MICROS - whole) // price:
            return NONE
        whole += intervals * price + part // per
        rest += part % per
        if rest >= per:
            whole, rest = whole + 1, rest - per
    if 2 * rest >= per:
        whole += 1
    return whole if whole <= codes.MOST_USAGE_MICROS else NONE


@compiled
def capped_price(usage: int, rate: int, t: Row) -> int:
    """Fee and usage, raised to the minimum, then lowered to the maximum; micros. `rate` is a record."""
    return min(max(t[rate + at.FEE] + usage, t[rate + at.MINIMUM]), t[rate + at.MAXIMUM])


@compiled
def discounted(capped: int, basis_points: int) -> int:
    """A price less basis points of it, the reduction rounded half up; micros."""
    parts = capped % codes.WHOLE_BP * basis_points
    reduction = capped // codes.WHOLE_BP * basis_points + (parts + codes.WHOLE_BP // 2) // codes.WHOLE_BP
    return capped - reduction
