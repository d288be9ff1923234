"""When a plan lapses, the customer is told how it comes back."""

from mvne_platform import billing, letters
from mvne_platform.billing import PlanLapsed
from mvne_platform.runtime import Context


def react(ctx: Context, fact: PlanLapsed) -> None:
    """Write to the customer."""
    notice = billing.lapse_notice(ctx, fact.product_id)
    letters.send(
        ctx,
        customer_id=notice.customer_id,
        code="plan_lapsed",
        occasion_id=notice.occasion_id,
        values=notice.values,
        msisdn=notice.msisdn,
    )
