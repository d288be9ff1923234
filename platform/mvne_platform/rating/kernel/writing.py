"""Answers in machine code: the columns of one event, its takes, its trace, and what it moves in the purse.

`answer` is the event's row of the answers; takes and traces of all events follow each other in arrays of their own.
"""

from typing import NamedTuple

from mvne_platform.rating.kernel import codes
from mvne_platform.rating.kernel import tables as at
from mvne_platform.rating.kernel.arrays import Matrix, Planes, Row
from mvne_platform.rating.kernel.codes import OUTCOME_OF
from mvne_platform.rating.kernel.columns import NONE
from mvne_platform.rating.kernel.compiled import compiled
from mvne_platform.rating.kernel.costing import Charge, Clock, Cost
from mvne_platform.rating.kernel.finding import Found
from mvne_platform.rating.kernel.paying import SPENT, Paid, count
from mvne_platform.rating.kernel.pricing import rate_record

TRACE_HEAD = 13
_PIECE = 3


class Cursor(NamedTuple):
    """Where the next take, the next number of a trace and the next new counter go."""

    takes: int
    trace: int
    counters: int


@compiled
def write_found(found: Found, answer: Row) -> None:
    """What is known of every event, however it ends."""
    answer[at.ITEMISED] = found.itemised
    answer[at.ITS_QUANTITY] = found.quantity
    answer[at.VERSION] = found.version
    answer[at.ZONE] = found.zone
    answer[at.BAND] = NONE


@compiled
def end_early(reason: int, found: Found, cursor: Cursor, answer: Row, trace: Row) -> Cursor:
    """No charge and no take; the trace keeps what was matched, unless the event has failed."""
    answer[at.OUTCOME], answer[at.REASON] = OUTCOME_OF[reason], reason
    answer[at.RATE], answer[at.ITS_COUNTER] = NONE, NONE
    answer[at.CHARGED], answer[at.ITS_AMOUNT], answer[at.ACCRUED] = 0, 0, 0
    answer[at.DEBITED], answer[at.WAIVED], answer[at.COUNTED] = 0, 0, 0
    end = cursor.trace
    if OUTCOME_OF[reason] != codes.FAILED and found.zone >= 0:
        end = _trace_match(trace, end, found, NONE, 0)
        for column in range(at.TRACE_MONEY):
            trace[end + column] = 0
        trace[end + 1], trace[end + 2] = NONE, NONE
        end += at.TRACE_MONEY
    answer[at.TAKES_END], answer[at.TRACE_END] = cursor.takes, end
    return Cursor(cursor.takes, end, cursor.counters)


@compiled
def _trace_match(trace: Row, end: int, found: Found, minute: int, offset: int) -> int:
    trace[end] = codes.TRACE_LAYOUT
    trace[end + 1] = found.match
    trace[end + 2] = found.length
    trace[end + 3] = minute
    trace[end + 4] = offset
    return end + 5


@compiled
def write_trace(
    found: Found, clock: Clock, charge: Charge, cost: Cost, spent: int, cursor: Cursor, trace: Row
) -> Cursor:
    """The trace as `Trace.as_ints` writes it, up to what the buckets hold afterwards."""
    end = _trace_match(trace, cursor.trace, found, clock.minute, clock.offset)
    trace[end] = charge.covered
    trace[end + 1] = charge.volume
    trace[end + 2] = spent
    trace[end + 3] = cost.fee
    trace[end + 4] = cost.usage
    trace[end + 5] = cost.capped
    trace[end + 6] = cost.basis_points
    return Cursor(cursor.takes, end + 7, cursor.counters)


@compiled
def write_takes(number: int, purse: Matrix, scratch: Planes, cursor: Cursor, takes: Matrix, trace: Row) -> Cursor:
    """Take from the buckets, note it, and put into the trace how many takes there are and what each has left."""
    end, row = cursor.trace, cursor.takes
    trace[end] = number
    for place in range(number):
        bucket, quantity = scratch[at.TAKES, place, at.TAKE_BUCKET], scratch[at.TAKES, place, at.TAKE_QUANTITY]
        purse[bucket, at.AMOUNT] -= quantity
        takes[row + place, at.TAKE_BUCKET] = purse[bucket, at.BUCKET]
        takes[row + place, at.TAKE_QUANTITY] = quantity
        trace[end + 1 + place] = purse[bucket, at.AMOUNT]
    return Cursor(row + number, end + 1 + number, cursor.counters)


@compiled
def write_pieces(number: int, scratch: Planes, cursor: Cursor, trace: Row) -> Cursor:
    """Put the pieces at the trace's end."""
    end = cursor.trace
    for row in range(number):
        trace[end] = scratch[at.PIECES, row, at.PIECE_UNITS]
        trace[end + 1] = scratch[at.PIECES, row, at.PIECE_PRICE]
        trace[end + 2] = scratch[at.PIECES, row, at.PIECE_MINUTE]
        end += _PIECE
    return Cursor(cursor.takes, end, cursor.counters)


@compiled
def write_rated(charge: Charge, cost: Cost, paid: Paid, cursor: Cursor, answer: Row, t: Row) -> None:
    """The columns of an event that was rated."""
    answer[at.OUTCOME], answer[at.REASON] = codes.RATED, paid.reason
    answer[at.RATE], answer[at.CHARGED], answer[at.ITS_AMOUNT] = charge.rate, charge.charged, cost.amount
    answer[at.ACCRUED], answer[at.DEBITED], answer[at.WAIVED] = paid.accrued, paid.debited, paid.waived
    counter = t[rate_record(charge.rate, t) + at.COUNTER]
    answer[at.ITS_COUNTER] = counter
    answer[at.COUNTED] = charge.charged - charge.covered if counter >= 0 else 0
    answer[at.TAKES_END], answer[at.TRACE_END] = cursor.takes, cursor.trace


@compiled
def move_counters(use: Row, heads: Row, counters: Matrix, cursor: Cursor, answer: Row) -> Cursor:
    """Count what the event accrued and what its tiers count, so that the next event sees it."""
    end = cursor.counters
    if answer[at.ACCRUED] != 0:
        end = count(SPENT, answer[at.ACCRUED], use, heads, counters, end)
    if answer[at.COUNTED] != 0:
        end = count(answer[at.ITS_COUNTER], answer[at.COUNTED], use, heads, counters, end)
    return Cursor(cursor.takes, cursor.trace, end)
