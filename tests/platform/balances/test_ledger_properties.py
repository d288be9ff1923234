"""Whatever is done in whatever order, and how often: every amount is the sum of its ledger, and holds what it holds."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid5

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from mvne_platform import balances
from mvne_platform.balances import Grant, Granted, Reason
from mvne_platform.kernel import DomainError, Money, Period, Unit
from mvne_platform.runtime import Context
from tests.platform.balances.stock import hold
from tests.platform.lines import make_line
from tests.plugins.database import Database, brand_context

# Few ids and few amounts, so that occasions come again, with the same amount and with another.
NUMBERS = st.integers(0, 4)
AMOUNTS = st.sampled_from([1, 5, 1_000_000, 30_000_000])
DAY = timedelta(days=1)


@dataclass
class Family:
    """Two lines of one account, and the groups they have opened."""

    lines: list[UUID]
    groups: list[UUID] = field(default_factory=list)

    def line(self, number: int) -> UUID:
        """One of the two."""
        return self.lines[number % 2]

    def purses(self) -> list[UUID]:
        """Every purse they may move."""
        return [*self.lines, *self.groups]


Step = Callable[[Context, Family], object]


def _occasion(number: int) -> UUID:
    return uuid5(UUID(int=0), str(number))


def _top_up(amount: int, number: int) -> Step:
    return lambda ctx, who: balances.top_up(
        ctx, who.line(number), Money(amount, "DKK"), Reason.TOP_UP, _occasion(number)
    )


def _debit(amount: int, number: int) -> Step:
    return lambda ctx, who: balances.debit(
        ctx, who.line(number), Money(amount, "DKK"), Reason.RENEWAL, _occasion(number)
    )


def _adjust(amount: int, number: int) -> Step:
    return lambda ctx, who: balances.adjust(
        ctx, who.line(number), Money(-amount, "DKK"), _occasion(number), note="by chance"
    )


def _grant_of(ctx: Context, amount: int, number: int) -> Grant:
    ends = ctx.now + (number % 3) * DAY
    rolls, product = number % 2, _occasion(number % 2)
    return Grant(
        "voice",
        Unit.SECOND,
        amount,
        valid_from=ctx.now - DAY,
        valid_to=ends,
        product_id=product,
        rollover_periods=rolls,
        rollover_limit=3 if amount > 5 else None,
        shared=number % 2 == 0,
    )


def _grant(amount: int, number: int) -> Step:
    return lambda ctx, who: balances.grant_allowance(
        ctx, who.line(number), _grant_of(ctx, amount, number), Reason.GRANT, _occasion(number)
    )


def _begin(amount: int, number: int) -> Step:
    def step(ctx: Context, who: Family) -> None:
        granted = Granted(who.line(number), _grant_of(ctx, amount, number), _occasion(number))
        balances.begin_period(ctx, [_occasion(number % 2)], [granted], Period(ctx.now, ctx.now + DAY))

    return step


def _use(amount: int, number: int) -> Step:
    def step(ctx: Context, who: Family) -> None:
        balances.lock_purses(ctx, who.lines)
        held = balances.buckets_of_purses(ctx, who.purses())
        takes = {b.id: amount if b.unit is Unit.MONEY else max(0, min(amount, b.available)) for b in held}
        balances.post_usage(ctx, takes, _occasion(number))

    return step


def _hold(amount: int, number: int) -> Step:
    def step(ctx: Context, who: Family) -> None:
        for bucket in balances.buckets_of_purses(ctx, who.purses()):
            units = min(amount, max(0, bucket.available)) if number % 2 else -min(amount, bucket.reserved)
            hold(ctx, bucket.id, units)

    return step


def _expire(amount: int, number: int) -> Step:
    return lambda ctx, who: balances.expire(ctx, None, ctx.now + (amount % 3) * DAY)


def _share(amount: int, number: int) -> Step:
    def step(ctx: Context, who: Family) -> None:
        if amount == 1:
            who.groups.append(balances.open_group(ctx, who.line(number), "Family").id)
        elif who.groups and amount == 5:
            balances.add_member(ctx, who.groups[-1], who.line(number))
        elif who.groups:
            balances.remove_member(ctx, who.groups[-1], who.line(number))

    return step


# Steps that come to nothing more when they are repeated at once; the others depend on what there is by then.
REPEATABLE = (_top_up, _debit, _adjust, _grant, _expire)
ANY = (*REPEATABLE, _begin, _use, _hold, _share)


def steps_of(makers: Iterable[Callable[[int, int], Step]]) -> st.SearchStrategy[Step]:
    """Any of the kinds of step, with any amount and occasion."""
    return st.one_of(*(st.builds(maker, AMOUNTS, NUMBERS) for maker in makers))


CONTENT = """
SELECT b.id, b.unit, b.amount, b.reserved, b.granted, coalesce(sum(e.delta), 0) AS booked, count(e.id) AS entries,
       count(DISTINCT (e.reason, e.reason_id)) FILTER (WHERE e.id IS NOT NULL) AS occasions
FROM bucket b LEFT JOIN ledger_entry e ON e.bucket_id = b.id
WHERE b.purse_id = ANY(:purses) GROUP BY b.id
"""


def content(ctx: Context, who: Family) -> dict[UUID, tuple[int, int, int]]:
    """Amount, reserved and number of entries per bucket, after checking that the ledger explains the amount."""
    rows = ctx.db.execute(text(CONTENT), {"purses": who.purses()}).all()
    for row in rows:
        assert row.amount == row.booked
        assert row.entries == row.occasions
        assert row.reserved >= 0
        assert row.unit == Unit.MONEY or row.amount >= row.reserved
    return {row.id: (row.amount, row.reserved, row.entries) for row in rows}


def attempt(ctx: Context, who: Family, step: Step) -> None:
    with suppress(DomainError):
        step(ctx, who)


def new_family(ctx: Context) -> Family:
    first = make_line(ctx)
    return Family([first, make_line(ctx, beside=first)])


@settings(max_examples=80, deadline=None)
@given(steps=st.lists(steps_of(ANY), max_size=25))
def test_amounts_are_the_sums_of_their_ledgers(shared_database: Database, steps: list[Step]) -> None:
    with brand_context("testbrand") as ctx:
        who = new_family(ctx)
        for step in steps:
            attempt(ctx, who, step)
            content(ctx, who)


@settings(max_examples=40, deadline=None)
@given(steps=st.lists(steps_of(REPEATABLE), min_size=1, max_size=12), repeats=st.integers(2, 3))
def test_a_step_that_is_repeated_at_once_changes_nothing_more(
    shared_database: Database, steps: list[Step], repeats: int
) -> None:
    with brand_context("testbrand") as ctx:
        who = new_family(ctx)
        for step in steps:
            attempt(ctx, who, step)
            after = content(ctx, who)
            for _ in range(repeats):
                attempt(ctx, who, step)
            assert content(ctx, who) == after


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(steps_of((_grant, _begin, _use, _hold, _share, _expire)), max_size=25))
def test_units_come_from_grants_and_end_in_usage_or_expiry(shared_database: Database, steps: list[Step]) -> None:
    """Carrying over and sharing move units and make none."""
    with brand_context("testbrand") as ctx:
        who = new_family(ctx)
        for step in steps:
            attempt(ctx, who, step)
        moved = text("SELECT coalesce(sum(delta), 0) FROM ledger_entry WHERE reason IN ('rollover', 'sharing')")
        given = text("SELECT coalesce(sum(granted), 0) FROM bucket")
        grants = text("SELECT coalesce(sum(delta), 0) FROM ledger_entry WHERE reason = 'grant'")
        assert ctx.db.scalar(moved) == 0
        assert ctx.db.scalar(given) == ctx.db.scalar(grants)
