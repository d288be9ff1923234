"""Balances moved by several transactions at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID

from mvne_platform import balances
from mvne_platform.balances import Grant, Reason
from mvne_platform.kernel import Money, Unit, uuid7
from mvne_platform.runtime import Context, brand_work
from tests.platform.lines import make_line
from tests.plugins.database import Database

MANY = 8
TEN = Money.of(10, "DKK")


def together(*works: Callable[[Context], object]) -> list[object]:
    """Do each work in a transaction of its own, all begun before the first goes on."""
    begun = Barrier(len(works))

    def one(work: Callable[[Context], object]) -> object:
        try:
            with brand_work("testbrand") as ctx:
                begun.wait()
                return work(ctx)
        except balances.BalanceTooLow as refusal:
            return refusal

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


def new_line(credit: Money | None = None) -> UUID:
    with brand_work("testbrand") as ctx:
        line = make_line(ctx)
        if credit:
            balances.top_up(ctx, line, credit, Reason.TOP_UP, uuid7())
    return line


def read(line: UUID) -> tuple[int, int]:
    """The balance, and the number of movements of the money bucket."""
    with brand_work("testbrand") as ctx:
        (bucket,) = (bucket for bucket in balances.buckets(ctx, line) if bucket.code == "main")
        return bucket.amount, len(balances.ledger(ctx, bucket.id, first=100))


def test_one_payment_reported_by_many_is_booked_once(database: Database) -> None:
    line, payment = new_line(), uuid7()
    answers: Any = together(*[lambda ctx: balances.top_up(ctx, line, TEN, Reason.TOP_UP, payment)] * MANY)
    assert sorted(movement.repeated for movement in answers) == [False] + [True] * (MANY - 1)
    assert len({movement.entry_id for movement in answers}) == 1
    assert read(line) == (10_000_000, 1)


def test_many_payments_at_once_all_count(database: Database) -> None:
    line = new_line()
    together(*[lambda ctx: balances.top_up(ctx, line, TEN, Reason.TOP_UP, uuid7())] * MANY)
    assert read(line) == (80_000_000, 8)


def test_what_covers_three_debits_pays_three(database: Database) -> None:
    line = new_line(Money.of(35, "DKK"))
    answers = together(*[lambda ctx: balances.debit(ctx, line, TEN, Reason.RENEWAL, uuid7())] * MANY)
    assert sum(isinstance(answer, balances.BalanceTooLow) for answer in answers) == MANY - 3
    assert read(line) == (5_000_000, 4)


def test_one_grant_by_many_is_one_bucket(database: Database) -> None:
    line, period = new_line(), uuid7()
    grant = Grant("voice", Unit.SECOND, 600)
    answers = together(*[lambda ctx: balances.grant_allowance(ctx, line, grant, Reason.GRANT, period).id] * MANY)
    assert len(set(answers)) == 1
    with brand_work("testbrand") as ctx:
        (bucket,) = balances.buckets(ctx, line)
        assert (bucket.amount, len(balances.ledger(ctx, bucket.id))) == (600, 1)


def test_chunks_that_take_from_the_same_buckets_wait_for_each_other(database: Database) -> None:
    lines = [new_line(TEN) for _ in range(5)]

    def chunk(ctx: Context) -> None:
        balances.lock_purses(ctx, lines)
        held = balances.buckets_of_purses(ctx, lines)
        balances.post_usage(ctx, {bucket.id: 1_000_000 for bucket in reversed(held)}, uuid7())

    together(*[chunk] * MANY)
    assert [read(line) for line in lines] == [(2_000_000, 9)] * 5
