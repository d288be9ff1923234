"""Thresholds of allowances and of spending: noted once in a period, and told."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from mvne_platform import balances
from mvne_platform.balances import SPEND, AllowanceThresholdReached, CounterKey, Grant, Reason, SpendThresholdReached
from mvne_platform.catalogue import PaymentMode
from mvne_platform.kernel import Fact, Unit, uuid7
from mvne_platform.runtime import Context
from tests.platform.balances.stock import hold
from tests.platform.lines import make_line

DAY = timedelta(days=1)
DATA = Grant("data", Unit.BYTE, 1_000, ("data",))


def granted(ctx: Context, line: UUID, **terms: Any) -> UUID:
    grant = replace(DATA, **{"valid_from": ctx.now, "valid_to": ctx.now + 30 * DAY, **terms})
    return balances.grant_allowance(ctx, line, grant, Reason.GRANT, uuid7()).id


def told(ctx: Context) -> list[Fact]:
    """The facts since the last call."""
    found, ctx.facts = ctx.facts, []
    return found


def percents(ctx: Context) -> list[int]:
    return [fact.percent for fact in told(ctx) if isinstance(fact, AllowanceThresholdReached | SpendThresholdReached)]


def test_each_threshold_is_told_once_when_usage_reaches_it(ctx: Context) -> None:
    line = make_line(ctx)
    bucket = granted(ctx, line)
    reached = []
    for units in (499, 1, 1, 299, 199, 1):
        balances.post_usage(ctx, {bucket: units}, uuid7())
        reached.append(percents(ctx))
    assert reached == [[], [50], [], [80], [], [100]]


def test_the_fact_says_of_what_how_much(ctx: Context) -> None:
    line = make_line(ctx)
    bucket = granted(ctx, line)
    balances.post_usage(ctx, {bucket: 810}, uuid7())
    ends = ctx.now + 30 * DAY
    assert told(ctx) == [AllowanceThresholdReached(line, None, "data", 80, Unit.BYTE, 1_000, 810, ends)]
    noted = ctx.db.execute(text("SELECT purse_id, code, period, percent FROM usage_notice ORDER BY percent")).all()
    assert [tuple(row) for row in noted] == [(line, "data", "2026-10-30T22:00:00Z", percent) for percent in (50, 80)]


def test_the_same_chunk_again_tells_nothing(ctx: Context) -> None:
    bucket, chunk = granted(ctx, make_line(ctx)), uuid7()
    for expected in ([100], []):
        balances.post_usage(ctx, {bucket: 1_000}, chunk)
        assert percents(ctx) == expected


def test_what_was_carried_over_counts_with_what_was_granted(ctx: Context) -> None:
    line = make_line(ctx)
    fresh, carried = granted(ctx, line), granted(ctx, line, quantity=3_000)
    balances.post_usage(ctx, {carried: 1_999}, uuid7())
    assert percents(ctx) == []
    balances.post_usage(ctx, {carried: 1_001, fresh: 200}, uuid7())
    assert percents(ctx) == [80]


def test_what_was_carried_over_and_is_used_up_counts_when_the_rest_is_used(ctx: Context) -> None:
    line = make_line(ctx)
    fresh, carried = granted(ctx, line), granted(ctx, line, quantity=400)
    balances.post_usage(ctx, {carried: 400}, uuid7())
    balances.post_usage(ctx, {fresh: 299}, uuid7())
    assert percents(ctx) == []
    # 700 of 1,400, of which the bucket that is used now gave less than a third.
    balances.post_usage(ctx, {fresh: 1}, uuid7())
    assert percents(ctx) == [50]


def test_the_next_period_is_told_anew(ctx: Context) -> None:
    line = make_line(ctx)
    balances.post_usage(ctx, {granted(ctx, line): 1_000}, uuid7())
    ctx.now += 30 * DAY
    balances.post_usage(ctx, {granted(ctx, line): 500}, uuid7())
    assert percents(ctx) == [100, 50]


def test_allowances_without_an_end_are_told_each_by_itself(ctx: Context) -> None:
    line = make_line(ctx)
    for _ in range(2):
        balances.post_usage(ctx, {granted(ctx, line, valid_to=None): 500}, uuid7())
        assert percents(ctx) == [50]


def test_a_period_that_is_over_is_told_no_more(ctx: Context) -> None:
    bucket = granted(ctx, make_line(ctx))
    ctx.now += 30 * DAY
    balances.post_usage(ctx, {bucket: 900}, uuid7())
    assert percents(ctx) == []


def test_what_went_to_a_group_or_was_adjusted_was_not_used(ctx: Context) -> None:
    owner = make_line(ctx)
    bucket = granted(ctx, owner, shared=True)
    hold(ctx, bucket, 10)
    group = balances.open_group(ctx, owner, "Holm").id
    told(ctx)
    balances.post_usage(ctx, {bucket: 0}, uuid7())
    hold(ctx, bucket, -10)
    balances.post_usage(ctx, {bucket: 4}, uuid7())
    assert percents(ctx) == []
    (shared,) = balances.group_buckets(ctx, group)
    balances.adjust_bucket(ctx, shared.id, -490, uuid7(), note="half of it was a mistake")
    balances.post_usage(ctx, {shared.id: 250}, uuid7())
    assert told(ctx) == [AllowanceThresholdReached(owner, group, "data", 50, Unit.BYTE, 500, 250, shared.valid_to)]


def test_many_are_noted_at_once(ctx: Context) -> None:
    lines = sorted(make_line(ctx) for _ in range(5))
    takes = {granted(ctx, line): 1_000 for line in lines}
    told(ctx)
    balances.post_usage(ctx, takes, uuid7())
    facts = told(ctx)
    assert [fact.subject_id for fact in facts] == lines
    stored = ctx.db.execute(text("SELECT subject_id FROM fact JOIN outbox ON fact_id = id ORDER BY subject_id"))
    assert [row.subject_id for row in stored] == lines


@pytest.mark.parametrize(("chosen", "expected"), [([90], [[], [90]]), ([], [[], []]), (None, [[], [80]])])
def test_a_brand_chooses_its_thresholds(ctx: Context, chosen: list[int] | None, expected: list[list[int]]) -> None:
    profile = ctx.brand.profile | ({} if chosen is None else {"usage": {"notice_percents": chosen}})
    ctx.brand = replace(ctx.brand, profile=profile)
    bucket, found = granted(ctx, make_line(ctx)), []
    for _ in range(2):
        balances.post_usage(ctx, {bucket: 450}, uuid7())
        found.append(percents(ctx))
    assert found == expected


def spend(ctx: Context, line: UUID, micros: int, period: datetime | None = None) -> list[int]:
    balances.move_counters(ctx, {CounterKey(line, SPEND, period or ctx.now): micros})
    return percents(ctx)


def test_what_a_line_may_spend_has_thresholds_too(ctx: Context) -> None:
    line = make_line(ctx, mode=PaymentMode.HYBRID, spend_limit_micros=100_000_000)
    assert [spend(ctx, line, micros) for micros in (49_999_999, 1, 30_000_000, 40_000_000)] == [[], [50], [80], [100]]
    balances.move_counters(ctx, {CounterKey(line, SPEND, ctx.now + 31 * DAY): 50_000_000})
    assert told(ctx) == [
        SpendThresholdReached(line, 50, 100_000_000, 50_000_000, "DKK", ctx.now + 31 * DAY),
    ]


def test_who_has_no_limit_is_told_of_no_spending(ctx: Context) -> None:
    assert spend(ctx, make_line(ctx), 10**12) == []


def test_a_counter_of_tiers_is_no_spending(ctx: Context) -> None:
    line = make_line(ctx, mode=PaymentMode.HYBRID, spend_limit_micros=100)
    balances.move_counters(ctx, {CounterKey(line, "tier:data", ctx.now): 100})
    assert told(ctx) == []
