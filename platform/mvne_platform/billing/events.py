"""What happened in billing. Amounts are micros of the currency, with tax."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mvne_platform.kernel import Fact


@dataclass(frozen=True, slots=True)
class InvoiceIssued(Fact):
    """An account has a new invoice, with its number; the document follows."""

    invoice_id: UUID
    account_id: UUID
    gross_micros: int
    currency: str


@dataclass(frozen=True, slots=True)
class InvoiceRendered(Fact):
    """The invoice's PDF is stored."""

    invoice_id: UUID
    account_id: UUID


@dataclass(frozen=True, slots=True)
class BillRunCompleted(Fact):
    """Every account of a bill run has been billed."""

    run_id: UUID


@dataclass(frozen=True, slots=True)
class PlanRenewed(Fact):
    """A prepaid product's next period, or its first, is paid for and its allowances are granted."""

    product_id: UUID
    subscription_id: UUID


@dataclass(frozen=True, slots=True)
class RenewalFailed(Fact):
    """The balance did not hold the price of a renewal that was due at `due_at`.

    `attempt` 0 is the one on time, n that on the n-th of the brand's retry days. A first period waits, it never fails.
    """

    product_id: UUID
    subscription_id: UUID
    attempt: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class PlanLapsed(Fact):
    """No retry was left: the subscription rests until it is topped up."""

    product_id: UUID
    subscription_id: UUID
