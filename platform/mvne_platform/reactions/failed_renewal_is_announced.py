"""When a renewal cannot be paid, the customer is told what it costs and when it is tried again."""

from mvne_platform import billing, letters
from mvne_platform.billing import RenewalFailed
from mvne_platform.runtime import Context


def react(ctx: Context, fact: RenewalFailed) -> None:
    """Write to the customer, unless the plan has lapsed with it."""
    notice = billing.renewal_notice(ctx, fact.product_id, fact.due_at, fact.attempt)
    if notice is not None:
        letters.send(
            ctx,
            customer_id=notice.customer_id,
            code="renewal_failed",
            occasion_id=notice.occasion_id,
            values=notice.values,
            msisdn=notice.msisdn,
        )
