"""When a line comes into service, its months of service begin to count."""

from mvne_platform import loyalty, subscriptions
from mvne_platform.runtime import Context
from mvne_platform.subscriptions import SubscriptionActivated


def react(ctx: Context, fact: SubscriptionActivated) -> None:
    """Count from the activation."""
    line = subscriptions.load_subscription(ctx, fact.subscription_id)
    loyalty.start_tenure(ctx, line.id, line.activated_at or ctx.now)
