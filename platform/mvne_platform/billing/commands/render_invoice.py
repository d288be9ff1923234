"""An invoice's PDF: what is printed is read in one transaction, set without any, and noted in another."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from mvne_platform import party
from mvne_platform.billing import queries
from mvne_platform.billing.document import Buyer, Order, heads, invoice_page, press, store
from mvne_platform.billing.document.press import HERE, WALL_SECONDS
from mvne_platform.billing.events import InvoiceRendered
from mvne_platform.billing.models import DocumentState, Invoice
from mvne_platform.billing.wording import wording
from mvne_platform.runtime import Context, OutsideJob, settings


@dataclass(frozen=True, slots=True)
class Printing:
    """A document to set, and where it goes (below the installation's data folder)."""

    invoice_id: UUID
    order: Order
    path: str


def prepare(ctx: Context, invoice_id: str) -> Printing | None:
    """Everything that stands on the invoice; None when its document exists."""
    invoice = queries.load_invoice(ctx, UUID(invoice_id))
    if invoice.document_state is DocumentState.RENDERED:
        return None
    account = party.load_account(ctx, invoice.account_id)
    customer = party.load_customer(ctx, account.customer_id)
    words = wording(customer.language, ctx.brand.language)
    lines = queries.lines(ctx, [invoice.id])[invoice.id]
    page = invoice_page(
        ctx.brand,
        invoice,
        lines,
        queries.taxes(ctx, [invoice.id])[invoice.id],
        heads(ctx, {line.subscription_id for line in lines}, invoice.issued_at, words.language),
        Buyer.of(customer, account, _billing_address(ctx, customer.id)),
        words,
    )
    order = Order(str(HERE), str(HERE / "invoice.typ"), page, invoice.issued_at)
    return Printing(invoice.id, order, f"documents/{ctx.brand.slug}/invoices/{invoice.id}.pdf")


def perform(printing: Printing) -> str:
    """Set and store the document; answers its digest."""
    return store(settings().data / printing.path, press(printing.order))


def record(ctx: Context, printing: Printing, digest: str) -> None:
    """Note where the document lies; what reacts to it can now be sent."""
    invoice = ctx.db.get_one(Invoice, printing.invoice_id, with_for_update=True)
    if invoice.document_state is DocumentState.RENDERED:
        return
    invoice.document_state = DocumentState.RENDERED
    invoice.document_path = printing.path
    invoice.document_digest = digest
    ctx.db.flush()
    ctx.emit(InvoiceRendered(invoice.id, invoice.account_id))


def give_up(_ctx: Context, _printing: Printing, error: Exception) -> None:
    """Nothing is lost: the job stays where failed jobs are seen and repeated by hand."""
    raise error


def _billing_address(ctx: Context, customer_id: UUID) -> party.Address | None:
    addresses = party.addresses_of(ctx, customer_id)
    billing = [address for address in addresses if address.role == "billing"]
    return next(iter(billing or addresses), None)


RENDER_INVOICE = OutsideJob(
    "billing.render_invoice",
    "billing",
    prepare,
    perform,
    record,
    give_up,
    lease=timedelta(seconds=2 * WALL_SECONDS),  # the press is given up before another worker may begin
)
