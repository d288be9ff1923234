"""Whatever is done, and however often, a bucket is the sum of its ledger."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from uuid import UUID, uuid5

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from mvne_platform import balances
from mvne_platform.balances import Grant, Reason
from mvne_platform.kernel import DomainError, Money, Unit
from mvne_platform.runtime import Context
from tests.platform.lines import make_line
from tests.plugins.database import Database, brand_context

# Few ids and few amounts, so that occasions come again, with the same amount and with another.
OCCASIONS = st.integers(0, 4).map(lambda number: uuid5(UUID(int=0), str(number)))
AMOUNTS = st.sampled_from([1, 5, 1_000_000, 30_000_000])

Step = Callable[[Context, UUID], object]


def _top_up(amount: int, occasion: UUID) -> Step:
    return lambda ctx, line: balances.top_up(ctx, line, Money(amount, "DKK"), Reason.TOP_UP, occasion)


def _debit(amount: int, occasion: UUID) -> Step:
    return lambda ctx, line: balances.debit(ctx, line, Money(amount, "DKK"), Reason.RENEWAL, occasion)


def _adjust(amount: int, occasion: UUID) -> Step:
    return lambda ctx, line: balances.adjust(ctx, line, Money(-amount, "DKK"), occasion)


def _grant(amount: int, occasion: UUID) -> Step:
    def step(ctx: Context, line: UUID) -> None:
        grant = Grant("voice", Unit.SECOND, amount, valid_to=ctx.now + timedelta(days=amount % 3))
        balances.grant_allowance(ctx, line, grant, Reason.GRANT, occasion)

    return step


def _use(amount: int, occasion: UUID) -> Step:
    def step(ctx: Context, line: UUID) -> None:
        held = balances.buckets_for_update(ctx, [line])
        balances.post_usage(ctx, {bucket.id: amount for bucket in held}, occasion)

    return step


def _expire(amount: int, _: UUID) -> Step:
    return lambda ctx, line: balances.expire(ctx, None, ctx.now + timedelta(days=amount % 3))


STEPS = st.one_of(*(st.builds(step, AMOUNTS, OCCASIONS) for step in (_top_up, _debit, _adjust, _grant, _use, _expire)))

CONTENT = """
SELECT b.id, b.amount, coalesce(sum(e.delta), 0) AS booked, count(e.id) AS entries,
       count(DISTINCT (e.reason, e.reason_id)) FILTER (WHERE e.id IS NOT NULL) AS occasions
FROM bucket b LEFT JOIN ledger_entry e ON e.bucket_id = b.id
WHERE b.subscription_id = :line GROUP BY b.id
"""


def content(ctx: Context, line: UUID) -> dict[UUID, tuple[int, int]]:
    """Amount and number of entries per bucket, after checking that the ledger explains the amount."""
    rows = ctx.db.execute(text(CONTENT), {"line": line}).all()
    for row in rows:
        assert row.amount == row.booked
        assert row.entries == row.occasions
    return {row.id: (row.amount, row.entries) for row in rows}


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(STEPS, max_size=25))
def test_amounts_are_the_sums_of_their_ledgers(shared_database: Database, steps: list[Step]) -> None:
    with brand_context("testbrand") as ctx:
        line = make_line(ctx)
        for step in steps:
            with suppress(DomainError):
                step(ctx, line)
            content(ctx, line)


@settings(max_examples=40, deadline=None)
@given(steps=st.lists(STEPS, min_size=1, max_size=12), repeats=st.integers(2, 3))
def test_a_step_that_is_repeated_at_once_changes_nothing_more(
    shared_database: Database, steps: list[Step], repeats: int
) -> None:
    with brand_context("testbrand") as ctx:
        line = make_line(ctx)
        for step in steps:
            with suppress(DomainError):
                step(ctx, line)
            after = content(ctx, line)
            for _ in range(repeats):
                with suppress(DomainError):
                    step(ctx, line)
            assert content(ctx, line) == after
