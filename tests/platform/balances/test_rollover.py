"""What is left at the end of a period goes on, within its limits; the rest expires."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from mvne_platform import balances
from mvne_platform.balances import BucketState, Grant, Granted, Reason
from mvne_platform.balances.rules import carried_over
from mvne_platform.kernel import Period, Unit, uuid7
from mvne_platform.runtime import Context
from tests.platform.balances.stock import hold
from tests.platform.lines import make_line

MONTH = timedelta(days=30)
A, B, C = (UUID(int=number) for number in range(3))


@pytest.mark.parametrize(
    ("rests", "carried"),
    [
        ([], {}),
        ([(A, 5, None), (B, 7, 3)], {A: 5, B: 7}),
        ([(A, 5, 5), (B, 7, None)], {A: 5}),
        ([(A, 5, 8), (B, 7, 100), (C, 1, 100)], {A: 5, B: 3}),
        ([(A, 9, 4)], {A: 4}),
    ],
)
def test_the_freshest_is_kept_within_the_freshest_limit(
    rests: list[tuple[UUID, int, int | None]], carried: dict[UUID, int]
) -> None:
    assert carried_over(rests) == carried


class Plan:
    """A product with one allowance, renewed month by month."""

    def __init__(self, ctx: Context, line: UUID, grant: Grant) -> None:
        self.ctx, self.line, self.product = ctx, line, uuid7()
        self.grant, self.starts = replace(grant, product_id=self.product), ctx.now

    def renew(self) -> int:
        """Begin the next month; answers how many buckets went on."""
        period = Period(self.starts, self.starts + MONTH)
        self.ctx.now, self.starts = period.start, period.end
        grant = replace(self.grant, valid_from=period.start, valid_to=period.end)
        granted = Granted(self.line, grant, balances.occasion_id(self.product, period.start))
        return balances.begin_period(self.ctx, [self.product], [granted], period)

    def use(self, units: int) -> None:
        """Take from the buckets in their order."""
        takes = {}
        for bucket in balances.buckets(self.ctx, self.line):
            takes[bucket.id] = min(units, bucket.available)
            units -= takes[bucket.id]
        balances.post_usage(self.ctx, takes, uuid7())

    def held(self) -> list[tuple[int, int]]:
        """What there is now, as (amount, rollovers left), in the order of taking."""
        return [(bucket.amount, bucket.rollovers_left) for bucket in balances.buckets(self.ctx, self.line)]


DATA = Grant("data", Unit.BYTE, 1_000, ("data",), ("home",), 10)


def test_what_is_left_goes_on_for_one_more_month_and_is_used_first(ctx: Context) -> None:
    plan = Plan(ctx, make_line(ctx), replace(DATA, rollover_periods=1))
    plan.renew()
    plan.use(400)
    (old,) = balances.buckets(ctx, plan.line)
    assert plan.renew() == 1
    assert plan.held() == [(600, 0), (1_000, 1)]
    first, _ = balances.buckets(ctx, plan.line)
    assert (first.services, first.zones, first.priority, first.valid_to) == (("data",), ("home",), 10, plan.starts)
    assert first.valid_from == old.valid_from
    plan.use(700)
    assert plan.held() == [(0, 0), (900, 1)]
    plan.renew()
    assert plan.held() == [(900, 0), (1_000, 1)]


def test_the_ledger_leads_from_one_bucket_to_the_other(ctx: Context) -> None:
    plan = Plan(ctx, make_line(ctx), replace(DATA, rollover_periods=1))
    plan.renew()
    (old,) = balances.buckets(ctx, plan.line)
    plan.renew()
    new = next(bucket for bucket in balances.buckets(ctx, plan.line) if bucket.rollovers_left == 0)
    assert _last(ctx, old) == (-1_000, 0, Reason.ROLLOVER, new.id)
    assert _last(ctx, new) == (1_000, 1_000, Reason.ROLLOVER, old.id)


def _last(ctx: Context, bucket: BucketState) -> tuple[int, int, Reason, UUID]:
    entry = balances.ledger(ctx, bucket.id)[0]
    return entry.delta, entry.total, entry.reason, entry.reason_id


def test_a_limit_bounds_what_goes_on_in_all_and_the_rest_expires(ctx: Context) -> None:
    plan = Plan(ctx, make_line(ctx), replace(DATA, rollover_periods=2, rollover_limit=1_500))
    for _ in range(2):
        plan.renew()
    assert plan.held() == [(1_000, 1), (1_000, 2)]
    plan.renew()
    assert plan.held() == [(500, 0), (1_000, 1), (1_000, 2)]
    assert balances.expire(ctx, plan.product, ctx.now) == 1
    plan.renew()
    assert plan.held() == [(500, 0), (1_000, 1), (1_000, 2)]


def test_an_allowance_without_rollover_stays_behind(ctx: Context) -> None:
    plan = Plan(ctx, make_line(ctx), DATA)
    plan.renew()
    assert plan.renew() == 0
    assert plan.held() == [(1_000, 0)]


def test_a_period_that_begins_twice_carries_over_once(ctx: Context) -> None:
    plan = Plan(ctx, make_line(ctx), replace(DATA, rollover_periods=1))
    plan.renew()
    plan.renew()
    plan.starts -= MONTH
    assert plan.renew() == 0
    assert plan.held() == [(1_000, 0), (1_000, 1)]


def test_usage_of_the_old_month_that_comes_late_finds_what_went_on(ctx: Context) -> None:
    plan = Plan(ctx, make_line(ctx), replace(DATA, rollover_periods=1, rollover_limit=700))
    plan.renew()
    plan.renew()
    late = ctx.now - timedelta(hours=1)
    covering = [
        (bucket.amount, bucket.rollovers_left)
        for bucket in balances.buckets_of_purses(ctx, [plan.line], valid_after=late)
        if bucket.valid_from <= late
    ]
    assert covering == [(300, 1), (700, 0)]


def test_what_went_on_is_not_there_before_it_went(ctx: Context) -> None:
    plan = Plan(ctx, make_line(ctx), replace(DATA, rollover_periods=1))
    plan.renew()
    plan.renew()
    before = balances.buckets(ctx, plan.line, ctx.now - timedelta(days=1))
    assert [(bucket.amount, bucket.rollovers_left) for bucket in before] == [(1_000, 1)]


def test_what_a_session_holds_does_not_go_on(ctx: Context) -> None:
    plan = Plan(ctx, make_line(ctx), replace(DATA, rollover_periods=1))
    plan.renew()
    (old,) = balances.buckets(ctx, plan.line)
    hold(ctx, old.id, 250)
    plan.renew()
    assert plan.held() == [(750, 0), (1_000, 1)]
    assert balances.bucket(ctx, old.id).amount == 250


def test_a_groups_allowance_goes_on_in_the_group(ctx: Context) -> None:
    owner = make_line(ctx)
    group = balances.open_group(ctx, owner, "Holm").id
    plan = Plan(ctx, owner, replace(DATA, rollover_periods=1, shared=True))
    plan.renew()
    plan.use(100)
    plan.renew()
    assert [(bucket.amount, bucket.group_id) for bucket in balances.group_buckets(ctx, group)] == [
        (900, group),
        (1_000, group),
    ]


def test_products_go_on_by_themselves(ctx: Context) -> None:
    line = make_line(ctx)
    plan, add_on = (Plan(ctx, line, replace(DATA, rollover_periods=1, rollover_limit=600)) for _ in range(2))
    for one in (plan, add_on, plan):
        one.renew()
    amounts = [(bucket.amount, bucket.product_id == plan.product) for bucket in balances.buckets(ctx, line)]
    assert sorted(amounts) == [(600, True), (1_000, True)]
