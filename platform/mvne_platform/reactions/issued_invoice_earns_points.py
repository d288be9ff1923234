"""When an invoice is issued, its customer earns points."""

from mvne_platform import loyalty, party
from mvne_platform.billing import InvoiceIssued
from mvne_platform.loyalty import AccrualTrigger
from mvne_platform.runtime import Context


def react(ctx: Context, fact: InvoiceIssued) -> None:
    """Give what the rules give for the amount with tax, once."""
    loyalty.accrue(
        ctx,
        customer_id=party.load_account(ctx, fact.account_id).customer_id,
        trigger=AccrualTrigger.BILL,
        amount_micros=fact.gross_micros,
        cause_id=fact.invoice_id,
    )
