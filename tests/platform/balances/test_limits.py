"""What the network is told when a line has nothing left, or has spent what it may."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mvne_platform import balances
from mvne_platform.balances import SPEND, Grant, Reason
from mvne_platform.balances.events import LimitAction, UsageLimitReached
from mvne_platform.catalogue import PaymentMode
from mvne_platform.kernel import Unit, uuid7
from mvne_platform.reactions import REACTIONS
from mvne_platform.runtime import Context
from mvne_platform.subscriptions import Subscription
from tests.platform.billing.shop import Shop

DATA = Grant("data", Unit.BYTE, 1_000, ("data",))
THROTTLE = {"quotas": {}, "validity_s": 600, "final_unit_action": "throttle"}


def line_of(ctx: Context, mode: PaymentMode = PaymentMode.POSTPAID, *, throttles: bool = True) -> Subscription:
    """A line whose plan slows it down, or cuts it off, and that may spend 100 kroner."""
    shop = Shop(ctx)
    plan = shop.plan(f"plan-{uuid7().hex}", mode)
    plan.online = THROTTLE if throttles else None
    line = shop.line(plan)
    line.spend_limit_micros = 100_000_000
    ctx.db.flush()
    return line


def signals(ctx: Context) -> list[UsageLimitReached]:
    """What follows from the facts so far."""
    for fact in list(ctx.facts):
        if type(fact).__name__ in ("AllowanceThresholdReached", "SpendThresholdReached"):
            for reaction in REACTIONS[type(fact)]:
                reaction(ctx, fact)
    return [fact for fact in ctx.facts if isinstance(fact, UsageLimitReached)]


def use(ctx: Context, line: Subscription, units: int, *, grant: Grant = DATA) -> None:
    granted = replace(grant, valid_from=ctx.now, valid_to=ctx.now + timedelta(days=30))
    bucket = balances.grant_allowance(ctx, line.id, granted, Reason.GRANT, uuid7())
    balances.post_usage(ctx, {bucket.id: units}, uuid7())


def test_who_has_used_up_the_data_is_slowed_down(ctx: Context) -> None:
    line = line_of(ctx)
    use(ctx, line, 999)
    assert signals(ctx) == []
    ctx.facts.clear()
    use(ctx, line, 1_000, grant=replace(DATA, code="other", services=("roaming_data",)))
    assert signals(ctx) == [UsageLimitReached(line.id, "other", LimitAction.THROTTLE)]


@pytest.mark.parametrize(
    ("throttles", "grant"),
    [(False, DATA), (True, replace(DATA, unit=Unit.SECOND, services=("voice_out",)))],
)
def test_other_plans_and_other_allowances_go_on_at_the_list_price(
    ctx: Context, *, throttles: bool, grant: Grant
) -> None:
    use(ctx, line_of(ctx, throttles=throttles), 1_000, grant=grant)
    assert signals(ctx) == []


def test_who_has_data_left_elsewhere_goes_on(ctx: Context) -> None:
    line = line_of(ctx)
    balances.grant_allowance(ctx, line.id, replace(DATA, code="extra", services=()), Reason.GRANT, uuid7())
    use(ctx, line, 1_000)
    assert signals(ctx) == []


@pytest.mark.parametrize(
    ("mode", "throttles", "action"),
    [
        (PaymentMode.POSTPAID, True, LimitAction.THROTTLE),
        (PaymentMode.POSTPAID, False, LimitAction.CUT_OFF),
        (PaymentMode.HYBRID, False, None),
    ],
)
def test_who_has_spent_the_limit_is_limited_as_the_plan_says(
    ctx: Context, mode: PaymentMode, *, throttles: bool, action: LimitAction | None
) -> None:
    line = line_of(ctx, mode, throttles=throttles)
    balances.move_counters(ctx, {balances.CounterKey(line.id, SPEND, ctx.now): 99_999_999})
    assert signals(ctx) == []
    ctx.facts.clear()
    balances.move_counters(ctx, {balances.CounterKey(line.id, SPEND, ctx.now): 1})
    assert signals(ctx) == ([UsageLimitReached(line.id, SPEND, action)] if action else [])
