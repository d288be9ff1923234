"""Bills: charges, monthly runs, invoices and their documents; the renewal of prepaid plans."""

from mvne_platform.billing import jobs
from mvne_platform.billing.commands.bill_account import bill_account
from mvne_platform.billing.commands.book_rerating import book_rerating
from mvne_platform.billing.commands.renew_product import renew_due, renew_product
from mvne_platform.billing.commands.run_month import run_month, schedule
from mvne_platform.billing.commands.start_period import start_period
from mvne_platform.billing.commands.start_service import start_service
from mvne_platform.billing.errors import (
    DocumentNotReady,
    MonthOutOfOrder,
    NotAMonthEnd,
    PeriodNotOver,
    UnknownInvoice,
    UnknownRun,
)
from mvne_platform.billing.events import (
    BillRunCompleted,
    InvoiceIssued,
    InvoiceRendered,
    PlanLapsed,
    PlanRenewed,
    RenewalFailed,
)
from mvne_platform.billing.models import BillRun, ChargeKind, DocumentState, Invoice, InvoiceLine, InvoiceTax, RunState
from mvne_platform.billing.notices import (
    Notice,
    allowance_notice,
    invoice_notice,
    lapse_notice,
    renewal_notice,
    spend_notice,
    top_up_notice,
)
from mvne_platform.billing.queries import (
    InvoiceFilter,
    document,
    invoice,
    invoices,
    issued_invoices,
    lines,
    load_invoice,
    run,
    runs,
    taxes,
)

__all__ = [
    "BillRun",
    "BillRunCompleted",
    "ChargeKind",
    "DocumentNotReady",
    "DocumentState",
    "Invoice",
    "InvoiceFilter",
    "InvoiceIssued",
    "InvoiceLine",
    "InvoiceRendered",
    "InvoiceTax",
    "MonthOutOfOrder",
    "NotAMonthEnd",
    "Notice",
    "PeriodNotOver",
    "PlanLapsed",
    "PlanRenewed",
    "RenewalFailed",
    "RunState",
    "UnknownInvoice",
    "UnknownRun",
    "allowance_notice",
    "bill_account",
    "book_rerating",
    "document",
    "invoice",
    "invoice_notice",
    "invoices",
    "issued_invoices",
    "jobs",
    "lapse_notice",
    "lines",
    "load_invoice",
    "renew_due",
    "renew_product",
    "renewal_notice",
    "run",
    "run_month",
    "runs",
    "schedule",
    "spend_notice",
    "start_period",
    "start_service",
    "taxes",
    "top_up_notice",
]
