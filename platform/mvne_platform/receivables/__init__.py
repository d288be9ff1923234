"""Payments, and what accounts owe."""

from mvne_platform.receivables import jobs
from mvne_platform.receivables.commands import record_invoice, request_top_up, retry_payment
from mvne_platform.receivables.errors import BadTopUp, UnknownPayment
from mvne_platform.receivables.events import PaymentCaptured, PaymentDeclined, PaymentUnsettled
from mvne_platform.receivables.models import Payment, PaymentState, ReceivableEntry
from mvne_platform.receivables.queries import entries, owed, payment, payments

__all__ = [
    "BadTopUp",
    "Payment",
    "PaymentCaptured",
    "PaymentDeclined",
    "PaymentState",
    "PaymentUnsettled",
    "ReceivableEntry",
    "UnknownPayment",
    "entries",
    "jobs",
    "owed",
    "payment",
    "payments",
    "record_invoice",
    "request_top_up",
    "retry_payment",
]
