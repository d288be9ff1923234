"""When an invoice is issued, its account owes it."""

from mvne_platform import receivables
from mvne_platform.billing import InvoiceIssued
from mvne_platform.runtime import Context


def react(ctx: Context, fact: InvoiceIssued) -> None:
    """Enter it into the account's ledger, once."""
    receivables.record_invoice(
        ctx, invoice_id=fact.invoice_id, account_id=fact.account_id, gross_micros=fact.gross_micros
    )
