"""Steps 7, 10 and 11 in machine code: allowances, discounts, money, counters.

Nothing is taken before the whole event is known. `use` is the row of an event, `purse` has the rows of buckets and
discounts. `covers` says by zone set and zone code whether the set holds it; its last row, which -1 means, holds all.
"""

from typing import NamedTuple

from mvne_platform.rating.kernel import codes
from mvne_platform.rating.kernel import tables as at
from mvne_platform.rating.kernel.arrays import Matrix, Planes, Row
from mvne_platform.rating.kernel.codes import UNIT_OF
from mvne_platform.rating.kernel.columns import NONE, Bools
from mvne_platform.rating.kernel.compiled import compiled

# The counter of what was accrued, in micros.
SPENT = 0


class Paid(NamedTuple):
    """How an amount is paid, in micros; `takes` ends the rows of takes, `reason` flags what was given up, or failed."""

    accrued: int
    debited: int
    waived: int
    takes: int
    reason: int


@compiled
def _fits(row: int, use: Row, purse: Matrix, covers: Bools) -> bool:
    """Whether a bucket or discount is good for the event's service and zone, at its start."""
    if not purse[row, at.VALID_FROM] <= use[at.START] < purse[row, at.VALID_TO]:
        return False
    if purse[row, at.SERVICES_MASK] >> use[at.SERVICE] & 1 == 0:
        return False
    return bool(covers[purse[row, at.ZONE_SET], use[at.ZONE_HERE]])


@compiled
def _is_theirs(row: int, use: Row, purse: Matrix) -> bool:
    """Whether a bucket is the subscription's, or its sharing group's."""
    if purse[row, at.OWNER] >= 0:
        return bool(purse[row, at.OWNER] == use[at.SUBSCRIPTION])
    return bool(purse[row, at.GROUP] == use[at.SHARING])


@compiled
def discount_of(use: Row, purse: Matrix, covers: Bools) -> int:
    """Basis points off: all discounts together that are good for the use, at most the whole."""
    total = 0
    for row in range(use[at.DISCOUNTS], use[at.DISCOUNTS + 1]):
        if _fits(row, use, purse, covers):
            total += purse[row, at.AMOUNT]
    return min(total, codes.WHOLE_BP)


@compiled
def _take(scratch: Planes, count: int, bucket: int, quantity: int) -> int:
    scratch[at.TAKES, count, at.TAKE_BUCKET] = bucket
    scratch[at.TAKES, count, at.TAKE_QUANTITY] = quantity
    return count + 1


@compiled
def take_allowances(charged: int, use: Row, purse: Matrix, covers: Bools, scratch: Planes) -> tuple[int, int]:
    """Spread the units over the allowances in their order; answers how many takes, and the units they cover."""
    count, rest = 0, charged
    unit = UNIT_OF[use[at.SERVICE]]
    for row in range(use[at.BUCKETS], use[at.BUCKETS + 1]):
        if rest == 0:
            break
        usable = purse[row, at.UNIT] == unit and purse[row, at.AMOUNT] > 0
        if usable and _is_theirs(row, use, purse) and _fits(row, use, purse, covers):
            taken = min(purse[row, at.AMOUNT], rest)
            count = _take(scratch, count, row, taken)
            rest -= taken
    return count, charged - rest


@compiled
def _take_money(
    rest: int, currency: int, use: Row, purse: Matrix, covers: Bools, scratch: Planes, count: int
) -> tuple[int, int]:
    """Take money in its order, until the amount is paid; answers where the takes end, and what is short."""
    for row in range(use[at.BUCKETS], use[at.BUCKETS + 1]):
        if rest == 0:
            break
        usable = purse[row, at.UNIT] == codes.MONEY and purse[row, at.AMOUNT] > 0
        usable = usable and purse[row, at.CURRENCY] == currency
        if usable and _is_theirs(row, use, purse) and _fits(row, use, purse, covers):
            taken = min(purse[row, at.AMOUNT], rest)
            count = _take(scratch, count, row, taken)
            rest -= taken
    return count, rest


@compiled
def _main_of(currency: int, use: Row, purse: Matrix) -> int:
    """The row of the bucket that may go below zero, whatever service and zone, or -1."""
    for row in range(use[at.BUCKETS], use[at.BUCKETS + 1]):
        is_main = purse[row, at.IS_MAIN] and purse[row, at.CURRENCY] == currency
        in_time = purse[row, at.VALID_FROM] <= use[at.START] < purse[row, at.VALID_TO]
        if is_main and in_time and _is_theirs(row, use, purse):
            return row
    return NONE


@compiled
def _overdraw(main: int, short: int, scratch: Planes, first: int, count: int) -> int:
    """Take what is short from the main bucket too, and put its take last."""
    kept = first
    for row in range(first, count):
        bucket, quantity = scratch[at.TAKES, row, at.TAKE_BUCKET], scratch[at.TAKES, row, at.TAKE_QUANTITY]
        if bucket == main:
            short += quantity
        else:
            kept = _take(scratch, kept, bucket, quantity)
    return _take(scratch, kept, main, short)


@compiled
def pay(
    amount: int,
    room: int,
    currency: int,
    use: Row,
    purse: Matrix,
    covers: Bools,
    scratch: Planes,
    first: int,
) -> Paid:
    """Accrue what there is room for and debit the rest by the plan's policy; takes of allowances end at `first`."""
    nothing, plain = 0, NONE
    accrued = min(amount, room)
    rest = amount - accrued
    if rest == 0:
        return Paid(accrued, nothing, nothing, first, plain)
    count, short = _take_money(rest, currency, use, purse, covers, scratch, first)
    if short == 0:
        return Paid(accrued, rest, nothing, count, plain)
    if use[at.POLICY] == codes.DEBIT_FULL:
        main = _main_of(currency, use, purse)
        if main < 0:
            return Paid(nothing, nothing, nothing, nothing, codes.NO_MAIN_BALANCE)
        return Paid(accrued, rest, nothing, _overdraw(main, short, scratch, first, count), plain)
    if use[at.POLICY] == codes.DEBIT_AVAILABLE:
        return Paid(accrued, rest - short, short, count, codes.BALANCE_TOO_LOW)
    return Paid(accrued, nothing, rest, first, codes.BALANCE_REFUSED)


@compiled
def room_to_accrue(amount: int, spent: int, use: Row) -> int:
    """How much of an amount may go on the bill: all, nothing, or what a hybrid plan's limit leaves."""
    if use[at.MODE] == codes.POSTPAID:
        return amount
    if use[at.MODE] != codes.HYBRID:
        return 0
    return amount if use[at.LIMIT] < 0 else max(0, use[at.LIMIT] - spent)


@compiled
def _counter_row(code: int, use: Row, heads: Row, counters: Matrix) -> int:
    """The row of the subscription's counter in the event's period, or -1."""
    row = heads[use[at.SUBSCRIPTION]]
    while row >= 0:
        if counters[row, at.COUNTED_CODE] == code and counters[row, at.COUNTED_PERIOD] == use[at.PERIOD]:
            return row
        row = counters[row, at.LINK]
    return NONE


@compiled
def counted(code: int, use: Row, heads: Row, counters: Matrix) -> int:
    """What a counter of the subscription says for the event's period."""
    row = _counter_row(code, use, heads, counters)
    return counters[row, at.COUNTED_AMOUNT] if row >= 0 else 0


@compiled
def spent_before(use: Row, heads: Row, counters: Matrix) -> int:
    """What the period has accrued where a limit bounds it, else -1."""
    if use[at.MODE] != codes.HYBRID or use[at.LIMIT] < 0:
        return NONE
    return counted(SPENT, use, heads, counters)


@compiled
def count(code: int, quantity: int, use: Row, heads: Row, counters: Matrix, end: int) -> int:
    """Add to a counter, at row `end` if it is new; answers the row after the last."""
    row = _counter_row(code, use, heads, counters)
    if row >= 0:
        counters[row, at.COUNTED_AMOUNT] += quantity
        return end
    counters[end, at.COUNTED_FOR] = use[at.SUBSCRIPTION]
    counters[end, at.COUNTED_CODE] = code
    counters[end, at.COUNTED_PERIOD] = use[at.PERIOD]
    counters[end, at.COUNTED_AMOUNT] = quantity
    hang(end, heads, counters)
    return end + 1


@compiled
def hang(row: int, heads: Row, counters: Matrix) -> None:
    """Put a counter at the front of its subscription's chain."""
    subscription = counters[row, at.COUNTED_FOR]
    counters[row, at.LINK] = heads[subscription]
    heads[subscription] = row


@compiled
def hang_all(rows: int, heads: Row, counters: Matrix) -> None:
    """Put the first so many counters into their subscriptions' chains."""
    for row in range(rows):
        hang(row, heads, counters)
