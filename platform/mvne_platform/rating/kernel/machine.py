"""Events in machine code, one after the other: the steps of docs/reference/rating-arithmetic.md, in their order."""

from mvne_platform.rating.kernel import codes
from mvne_platform.rating.kernel import tables as at
from mvne_platform.rating.kernel.arrays import Matrix, Planes, Row
from mvne_platform.rating.kernel.codes import OUTCOME_OF
from mvne_platform.rating.kernel.columns import NONE, Bools
from mvne_platform.rating.kernel.compiled import compiled
from mvne_platform.rating.kernel.costing import Charge, clock_at, cost_of, spot_of
from mvne_platform.rating.kernel.finding import GOES_ON, Found, locate
from mvne_platform.rating.kernel.paying import counted, discount_of, pay, room_to_accrue, spent_before, take_allowances
from mvne_platform.rating.kernel.pricing import Spot, charged_units, rate_of, rate_record
from mvne_platform.rating.kernel.writing import (
    TRACE_HEAD,
    Cursor,
    end_early,
    move_counters,
    write_found,
    write_pieces,
    write_rated,
    write_takes,
    write_trace,
)


@compiled
def rate_block(  # noqa: PLR0913, PLR0917  # a tuple of arrays costs a count of references per array and call
    first: int,
    cursor: Cursor,
    t: Row,
    covers: Bools,
    uses: Matrix,
    purse: Matrix,
    heads: Row,
    counters: Matrix,
    scratch: Planes,
    answers: Matrix,
    takes: Matrix,
    trace: Row,
) -> tuple[int, Cursor]:
    """Rate the rows from `first` on, in their order, until all are rated or what one may write does not fit any more.

    Answers the first row that is not rated, and where takes, traces and counters end.
    """
    buckets, numbers = scratch.shape[1], TRACE_HEAD + scratch.shape[1] * 4
    for row in range(first, len(uses)):
        if cursor.takes + buckets > len(takes) or cursor.trace + numbers > len(trace):
            return row, cursor
        cursor = _rate(uses[row], cursor, t, covers, purse, heads, counters, scratch, answers[row], takes, trace)
        _cost_to_host(uses[row], scratch, answers[row], t)
    return len(uses), cursor


@compiled
def _rate(  # noqa: PLR0913, PLR0917  # a tuple of arrays costs a count of references per array and call
    use: Row,
    cursor: Cursor,
    t: Row,
    covers: Bools,
    purse: Matrix,
    heads: Row,
    counters: Matrix,
    scratch: Planes,
    answer: Row,
    takes: Matrix,
    trace: Row,
) -> Cursor:
    """Rate one event, take what it takes and count what it counts."""
    found = locate(use, use[at.TARIFF], t)
    write_found(found, answer)
    if found.reason != GOES_ON:
        return end_early(found.reason, found, cursor, answer, trace)
    spot = spot_of(use, found, use[at.TARIFF], t)
    clock = clock_at(spot, t)
    rate = _rate_at_start(spot, clock.band, use, answer, t)
    if rate < 0:
        return end_early(codes.NO_RATE, found, cursor, answer, trace)

    charged = charged_units(found.quantity, rate_record(rate, t), t)
    number, covered = take_allowances(charged, use, purse, covers, scratch)
    charge = Charge(rate, charged, covered, number, _volume_before(rate, use, heads, counters, t))
    cost = cost_of(spot, clock.minute, charge, discount_of(use, purse, covers), scratch, t)
    if cost.reason != GOES_ON:
        return end_early(cost.reason, found, cursor, answer, trace)
    spent = spent_before(use, heads, counters)
    room = room_to_accrue(cost.amount, spent, use)
    paid = pay(cost.amount, room, t[spot.tariff + at.TARIFF_CURRENCY], use, purse, covers, scratch, number)
    if paid.reason == codes.NO_MAIN_BALANCE:
        return end_early(paid.reason, found, cursor, answer, trace)
    cursor = write_trace(found, clock, charge, cost, spent, cursor, trace)
    cursor = write_takes(paid.takes, purse, scratch, cursor, takes, trace)
    cursor = write_pieces(cost.pieces, scratch, cursor, trace)
    write_rated(charge, cost, paid, cursor, answer, t)
    return move_counters(use, heads, counters, cursor, answer)


@compiled
def _rate_at_start(spot: Spot, band: int, use: Row, answer: Row, t: Row) -> int:
    """Note the zone and the band; answers the number of the rate, or -1."""
    use[at.ZONE_HERE] = t[spot.zone + at.ZONE_CODE]
    answer[at.BAND] = t[t[spot.version + at.VERSION_BANDS] + band]
    return rate_of(spot, band, t)


@compiled
def _volume_before(rate: int, use: Row, heads: Row, counters: Matrix, t: Row) -> int:
    """What the rate's tiers had counted, or -1 where it has none."""
    counter = t[rate_record(rate, t) + at.COUNTER]
    return counted(counter, use, heads, counters) if counter >= 0 else NONE


@compiled
def _cost_to_host(use: Row, scratch: Planes, answer: Row, t: Row) -> None:
    """What the host operator charges for an event: the same steps with no buckets, counters and discounts."""
    answer[at.HOST_AMOUNT], answer[at.HOST_RATE], answer[at.HOST_REASON] = NONE, NONE, NONE
    if use[at.WHOLESALE] < 0:
        return
    found = locate(use, use[at.WHOLESALE], t)
    reason, rate, amount = found.reason, NONE, 0
    if reason == GOES_ON:
        reason, rate, amount = _host_price(use, found, scratch, t)
    if reason != GOES_ON and OUTCOME_OF[reason] == codes.FAILED:
        answer[at.HOST_REASON] = reason
        return
    answer[at.HOST_AMOUNT], answer[at.HOST_RATE] = amount, rate


@compiled
def _host_price(use: Row, found: Found, scratch: Planes, t: Row) -> tuple[int, int, int]:
    """Why there is no price (or GOES_ON), the rate, and the amount in micros."""
    nothing = 0
    spot = spot_of(use, found, use[at.WHOLESALE], t)
    clock = clock_at(spot, t)
    rate = rate_of(spot, clock.band, t)
    if rate < 0:
        return codes.NO_RATE, rate, nothing
    charge = Charge(rate, charged_units(found.quantity, rate_record(rate, t), t), nothing, nothing, nothing)
    cost = cost_of(spot, clock.minute, charge, nothing, scratch, t)
    return cost.reason, rate, cost.amount
