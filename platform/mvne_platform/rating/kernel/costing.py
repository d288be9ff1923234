"""Steps 5, 8 and 9 in machine code: the clock at the start, and what the units cost that allowances leave."""

from typing import NamedTuple

from mvne_platform.rating.kernel import codes
from mvne_platform.rating.kernel import tables as at
from mvne_platform.rating.kernel.arrays import Planes, Row
from mvne_platform.rating.kernel.compiled import compiled
from mvne_platform.rating.kernel.daytime import band_of, offset_at, span_at, week_minute
from mvne_platform.rating.kernel.finding import GOES_ON, Found, tariff_record, version_record, zone_record
from mvne_platform.rating.kernel.pricing import (
    Spot,
    capped_price,
    discounted,
    pieces_of,
    rate_record,
    segments_of,
    usage_of,
)


class Clock(NamedTuple):
    """The brand's clock at an event's start, and the band of the version that holds then."""

    offset: int
    minute: int
    band: int


class Charge(NamedTuple):
    """A rate, the units it charges, how many of them allowances cover with how many takes, and the volume before."""

    rate: int
    charged: int
    covered: int
    takes: int
    volume: int


class Cost(NamedTuple):
    """What the units cost that no allowance covers, in micros; `reason` says why they cannot be priced, or GOES_ON."""

    reason: int
    pieces: int
    fee: int
    usage: int
    capped: int
    basis_points: int
    amount: int


@compiled
def spot_of(use: Row, found: Found, tariff: int, t: Row) -> Spot:
    """Where the prices of an event stand."""
    zone, version = zone_record(found.zone, t), version_record(found.version, t)
    return Spot(use[at.SERVICE], zone, version, tariff_record(tariff, t), use[at.START])


@compiled
def clock_at(spot: Spot, t: Row) -> Clock:
    """The brand's clock at the start."""
    offset = offset_at(spot.start, spot.tariff, t)
    minute = week_minute(spot.start + offset, spot.tariff, t)
    return Clock(offset, minute, band_of(span_at(minute, spot.version, t), spot.version, t))


@compiled
def cost_of(spot: Spot, minute: int, charge: Charge, basis_points: int, scratch: Planes, t: Row) -> Cost:
    """The units that allowances leave by price, and their sum within minimum and maximum, less the discount."""
    segments = segments_of(spot, minute, charge.charged, charge.rate, scratch, t)
    if segments < 0:
        return no_cost(codes.NO_RATE)
    before = max(0, charge.volume)
    pieces = pieces_of(segments, charge.charged, charge.covered, before, scratch, t)
    if pieces == 0:
        return no_cost(GOES_ON)
    rate = rate_record(charge.rate, t)
    usage = usage_of(pieces, t[rate + at.PER], scratch)
    if usage < 0:
        return no_cost(codes.AMOUNT_OUT_OF_RANGE)
    capped = capped_price(usage, rate, t)
    return Cost(GOES_ON, pieces, t[rate + at.FEE], usage, capped, basis_points, discounted(capped, basis_points))


@compiled
def no_cost(reason: int) -> Cost:
    """No piece and no amount, not even a fee."""
    nothing = 0
    return Cost(reason, nothing, nothing, nothing, nothing, nothing, nothing)
