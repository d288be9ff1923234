"""When an issued invoice's document is there, the customer is told."""

from mvne_platform import billing, letters
from mvne_platform.billing import InvoiceRendered
from mvne_platform.runtime import Context


def react(ctx: Context, fact: InvoiceRendered) -> None:
    """Write to the customer, once."""
    notice = billing.invoice_notice(ctx, fact.invoice_id)
    letters.send(
        ctx,
        customer_id=notice.customer_id,
        code="invoice",
        occasion_id=notice.occasion_id,
        values=notice.values,
    )
