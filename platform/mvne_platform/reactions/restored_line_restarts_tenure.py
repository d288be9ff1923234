"""When a lapsed line is back in service, its months of service are counted anew: they were not continuous."""

from mvne_platform import loyalty
from mvne_platform.runtime import Context
from mvne_platform.subscriptions import SubscriptionRestored


def react(ctx: Context, fact: SubscriptionRestored) -> None:
    """Count from now."""
    loyalty.start_tenure(ctx, fact.subscription_id, ctx.now)
