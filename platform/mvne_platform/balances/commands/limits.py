"""What follows when a line has nothing left, or has spent what it may: by its plan, the network limits it."""

from uuid import UUID

from mvne_platform import catalogue, subscriptions
from mvne_platform.balances import queries
from mvne_platform.balances.events import (
    AllowanceThresholdReached,
    LimitAction,
    SpendThresholdReached,
    UsageLimitReached,
)
from mvne_platform.balances.queries import SPEND
from mvne_platform.catalogue import FinalUnitAction, PaymentMode
from mvne_platform.kernel import Unit
from mvne_platform.runtime import Context

USED_UP = 100


def limit_used_up(ctx: Context, fact: AllowanceThresholdReached) -> None:
    """Signal each line that has used up its last data, if its plan throttles it then.

    On other plans usage goes on, at the price list's rates. The platform does it when an allowance reaches a threshold.
    """
    if fact.percent < USED_UP or fact.unit is not Unit.BYTE:
        return
    for line in _users(ctx, fact):
        if _final_action(ctx, line) is FinalUnitAction.THROTTLE and not _has_data(ctx, line, fact.code):
            ctx.emit(UsageLimitReached(line, fact.code, LimitAction.THROTTLE))


def limit_spent(ctx: Context, fact: SpendThresholdReached) -> None:
    """Signal a line that has spent what it may in the billing period: throttled or cut off, as its plan says.

    On a hybrid plan the balance pays from here on, and nothing is limited.
    """
    line = subscriptions.load_subscription(ctx, fact.subscription_id)
    if fact.percent < USED_UP or line.payment_mode is PaymentMode.HYBRID:
        return
    throttles = _final_action(ctx, line.id) is FinalUnitAction.THROTTLE
    action = LimitAction.THROTTLE if throttles else LimitAction.CUT_OFF
    ctx.emit(UsageLimitReached(line.id, SPEND, action))


def _users(ctx: Context, fact: AllowanceThresholdReached) -> list[UUID]:
    if fact.group_id is None:
        return [fact.subscription_id]
    return [one.subscription_id for one in queries.load_members(ctx, fact.group_id)]


def _has_data(ctx: Context, subscription_id: UUID, used_up: str) -> bool:
    """Whether another allowance pays for what the one that is used up paid for."""
    held = [bucket for bucket in queries.buckets(ctx, subscription_id) if bucket.unit is Unit.BYTE]
    services = {service for bucket in held if bucket.code == used_up for service in bucket.services}
    return any(
        bucket.available > 0 and (not bucket.services or not services or services & set(bucket.services))
        for bucket in held
    )


def _final_action(ctx: Context, subscription_id: UUID) -> FinalUnitAction:
    plan = subscriptions.current_plan(ctx, subscription_id)
    return catalogue.online_policy(catalogue.offering(ctx, plan.offering_id).online).final_unit_action
