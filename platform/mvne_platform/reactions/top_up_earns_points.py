"""When a balance is topped up, its owner earns points."""

from mvne_platform import loyalty, subscriptions
from mvne_platform.balances import BalanceToppedUp
from mvne_platform.loyalty import AccrualTrigger
from mvne_platform.runtime import Context


def react(ctx: Context, fact: BalanceToppedUp) -> None:
    """Give what the rules give for the payment or voucher, once."""
    line = subscriptions.load_subscription(ctx, fact.subscription_id)
    loyalty.accrue(
        ctx,
        customer_id=line.customer_id,
        trigger=AccrualTrigger.TOP_UP,
        amount_micros=fact.amount_micros,
        cause_id=fact.reason_id,
    )
