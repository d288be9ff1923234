"""When usage has reached a threshold of an allowance, its holder is told."""

from mvne_platform import billing, letters
from mvne_platform.balances import AllowanceThresholdReached
from mvne_platform.runtime import Context


def react(ctx: Context, fact: AllowanceThresholdReached) -> None:
    """Write to the customer, by every channel the brand has a text for."""
    notice = billing.allowance_notice(ctx, fact)
    letters.send(
        ctx,
        customer_id=notice.customer_id,
        code="allowance_threshold",
        occasion_id=notice.occasion_id,
        values=notice.values,
        msisdn=notice.msisdn,
    )
