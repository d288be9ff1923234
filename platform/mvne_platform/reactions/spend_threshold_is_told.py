"""When usage has reached a part of what a line may spend, its holder is told."""

from mvne_platform import billing, letters
from mvne_platform.balances import SpendThresholdReached
from mvne_platform.runtime import Context


def react(ctx: Context, fact: SpendThresholdReached) -> None:
    """Write to the customer, by every channel the brand has a text for."""
    notice = billing.spend_notice(ctx, fact)
    letters.send(
        ctx,
        customer_id=notice.customer_id,
        code="spend_threshold",
        occasion_id=notice.occasion_id,
        values=notice.values,
        msisdn=notice.msisdn,
    )
