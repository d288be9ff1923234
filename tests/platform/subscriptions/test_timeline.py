from dataclasses import FrozenInstanceError
from datetime import timedelta

import pytest
from sqlalchemy import event, text

from mvne_platform import subscriptions
from mvne_platform.catalogue import PaymentMode
from mvne_platform.runtime import Context
from mvne_platform.subscriptions import PlanPeriod, Product, Timeline
from tests.platform.subscriptions.lines import offering, pending_line

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
NUMBER = ("msisdn", "+4520000001")


def test_a_reused_number_belongs_to_whoever_held_it_then(ctx: Context) -> None:
    plan = offering(ctx, "smart")
    start = ctx.now
    first, second = pending_line(ctx, plan), pending_line(ctx, plan)
    subscriptions.activate(ctx, first.id)
    [held] = subscriptions.identifiers(ctx, first.id)
    held.valid_to = start + 10 * DAY
    ctx.now = start + 30 * DAY
    subscriptions.activate(ctx, second.id)

    timeline = subscriptions.timeline(ctx, {NUMBER})
    instants = [-SECOND, 0 * DAY, 10 * DAY - SECOND, 10 * DAY, 30 * DAY - SECOND, 30 * DAY, 900 * DAY]
    holders = [timeline.holder(*NUMBER, start + instant) for instant in instants]
    assert [line and line.subscription_id for line in holders] == [
        None, first.id, first.id, None, None, second.id, second.id,
    ]  # fmt: skip
    assert set(timeline.lines) == {first.id, second.id}
    assert timeline.lines[second.id].account_id == second.account_id


def test_the_plan_is_the_one_of_the_instant(ctx: Context) -> None:
    start = ctx.now
    small = offering(ctx, "small", price_list="retail")
    large = offering(ctx, "large", price_list="best", payment_mode=PaymentMode.HYBRID, offline_debit="available")
    line = pending_line(ctx, small, [NUMBER, ("imsi", "238990000000001")])
    line.spend_limit_micros = 5_000_000
    subscriptions.activate(ctx, line.id)
    before = subscriptions.current_plan(ctx, line.id)
    before.valid_to = start + 5 * DAY
    ctx.db.flush()
    after = Product(
        subscription_id=line.id, offering_id=large.id, is_plan=True, valid_from=start + 5 * DAY, valid_to=None
    )
    extra = Product(subscription_id=line.id, offering_id=small.id, is_plan=False, valid_from=start, valid_to=None)
    ctx.db.add_all([after, extra])
    ctx.db.flush()

    held = subscriptions.timeline(ctx, {NUMBER}).holder(*NUMBER, start)
    assert held is not None
    assert held.plans == (
        PlanPeriod(start, start + 5 * DAY, before.id, small.id, "retail", PaymentMode.POSTPAID, "full"),
        PlanPeriod(start + 5 * DAY, None, after.id, large.id, "best", PaymentMode.HYBRID, "available"),
    )
    instants = [-SECOND, 0 * DAY, 5 * DAY - SECOND, 5 * DAY]
    plans = [held.plan_at(start + instant) for instant in instants]
    assert [plan and plan.price_list for plan in plans] == [None, "retail", "retail", "best"]
    assert (held.customer_id, held.spend_limit_micros) == (line.customer_id, 5_000_000)
    with pytest.raises(FrozenInstanceError):
        held.spend_limit_micros = None  # type: ignore[misc]  # it is frozen, which is what this shows
    assert subscriptions.current_plan(ctx, line.id).id == after.id


def test_a_pending_line_a_wrong_kind_and_a_stranger_hold_nothing(ctx: Context) -> None:
    pending_line(ctx, offering(ctx, "smart"))
    active = pending_line(ctx, offering(ctx, "other"), [("account", "+4520000001")])
    subscriptions.activate(ctx, active.id)
    timeline = subscriptions.timeline(ctx, {NUMBER, ("account", "+4520000001"), ("imsi", "1")})
    assert timeline.holder(*NUMBER, ctx.now) is None
    assert timeline.holder("imsi", "1", ctx.now) is None
    holder = timeline.holder("account", "+4520000001", ctx.now)
    assert holder is not None
    assert holder.subscription_id == active.id
    assert subscriptions.timeline(ctx, set()) == Timeline({})


def test_thousands_of_identifiers_take_five_queries_and_the_index(ctx: Context) -> None:
    plan = offering(ctx, "smart")
    lines = [pending_line(ctx, plan, [("msisdn", f"+45{serial:08d}")]) for serial in range(20)]
    for line in lines:
        subscriptions.activate(ctx, line.id)
    ctx.db.flush()
    statements: list[str] = []
    connection = ctx.db.connection()
    event.listen(connection, "before_cursor_execute", lambda *args: statements.append(args[2]))
    timeline = subscriptions.timeline(ctx, {("msisdn", f"+45{serial:08d}") for serial in range(5_000)})
    assert len(statements) == 5
    assert len(timeline.lines) == 20
    ctx.db.execute(text("SET LOCAL enable_seqscan = off"))
    plan_text = "\n".join(
        ctx.db.scalars(
            text(
                "EXPLAIN SELECT h.id FROM unnest(ARRAY['msisdn'], ARRAY['+4500000001']) AS asked(kind, value)"
                " JOIN subscription_identifier h ON h.kind = asked.kind AND h.value = asked.value"
            )
        )
    )
    assert "Index Cond: (((kind)::text = asked.kind) AND (value = asked.value))" in plan_text
