"""Charges, bill runs, invoices."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from mvne_platform.runtime.models import BrandBase, Rights, primary_key


class ChargeKind(StrEnum):
    """What a charge is for; USAGE lines sum rated events and have no charge row."""

    RECURRING = "recurring"
    ONE_TIME = "one_time"
    USAGE = "usage"


class RunState(StrEnum):
    """Where a bill run stands."""

    RUNNING = "running"
    COMPLETED = "completed"


class DocumentState(StrEnum):
    """Whether the invoice's PDF has been made."""

    PENDING = "pending"
    RENDERED = "rendered"


class Charge(BrandBase):
    """A recurring or one-time charge of an account that waits for its invoice, or stands on one."""

    __tablename__ = "charge"

    id: Mapped[UUID] = primary_key()
    account_id: Mapped[UUID] = mapped_column(ForeignKey("billing_account.id"))
    subscription_id: Mapped[UUID] = mapped_column(ForeignKey("subscription.id"))
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product.id"))
    kind: Mapped[ChargeKind]
    description: Mapped[str]
    period_start: Mapped[date]
    period_end: Mapped[date]
    amount_micros: Mapped[int]
    tax_class: Mapped[str]
    invoice_line_id: Mapped[UUID | None] = mapped_column(ForeignKey("invoice_line.id"))
    created_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("product_id", "kind", "period_start"),
        Index("ix_charge_unbilled", "account_id", postgresql_where=text("invoice_line_id IS NULL")),
    )


class BillRun(BrandBase):
    """The billing of all accounts for one period [start, end) of the brand's calendar."""

    __tablename__ = "bill_run"

    id: Mapped[UUID] = primary_key()
    period_start: Mapped[date]
    period_end: Mapped[date] = mapped_column(unique=True)
    state: Mapped[RunState] = mapped_column(default=RunState.RUNNING)
    accounts_total: Mapped[int] = mapped_column(default=0)
    accounts_done: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]


class InvoiceSequence(BrandBase):
    """The last number given per legal entity; its row lock makes numbers gapless."""

    __tablename__ = "invoice_sequence"

    legal_entity: Mapped[str] = mapped_column(primary_key=True)
    last_number: Mapped[int]


class Invoice(BrandBase):
    """An issued invoice, in micros rounded to the currency's minor unit. Never changed but for its document."""

    __tablename__ = "invoice"
    __updates__ = ("document_state", "document_path", "document_digest")

    id: Mapped[UUID] = primary_key()
    number: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("billing_account.id"))
    run_id: Mapped[UUID] = mapped_column(ForeignKey(BillRun.id))
    period_start: Mapped[date]
    period_end: Mapped[date]
    issued_at: Mapped[datetime]
    due_on: Mapped[date]
    currency: Mapped[str]
    net_micros: Mapped[int]
    tax_micros: Mapped[int]
    gross_micros: Mapped[int]
    document_state: Mapped[DocumentState] = mapped_column(default=DocumentState.PENDING)
    document_path: Mapped[str | None]
    document_digest: Mapped[str | None]

    __table_args__ = (
        UniqueConstraint("account_id", "period_end"),
        CheckConstraint("gross_micros = net_micros + tax_micros", name="sum"),
    )


class InvoiceLine(BrandBase):
    """A numbered line. A usage line's exact amount is the sum of its events' accrued micros.

    The events are those of (subscription, service, zone) with the invoice's period as their `bill_period`.
    """

    __tablename__ = "invoice_line"
    __rights__ = Rights.APPEND

    id: Mapped[UUID] = primary_key()
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey(Invoice.id))
    line_number: Mapped[int]
    kind: Mapped[ChargeKind]
    description: Mapped[str]
    subscription_id: Mapped[UUID] = mapped_column(ForeignKey("subscription.id"))
    service: Mapped[str | None]
    zone: Mapped[str | None]
    period_start: Mapped[date]
    period_end: Mapped[date]
    events: Mapped[int] = mapped_column(default=0)
    quantity: Mapped[int] = mapped_column(default=1)
    exact_micros: Mapped[int]
    net_micros: Mapped[int]
    tax_class: Mapped[str]

    __table_args__ = (UniqueConstraint("invoice_id", "line_number"),)


class InvoiceTax(BrandBase):
    """The tax of one rate on an invoice: base and tax, rounded once per rate."""

    __tablename__ = "invoice_tax"
    __rights__ = Rights.APPEND

    invoice_id: Mapped[UUID] = mapped_column(ForeignKey(Invoice.id), primary_key=True)
    tax_class: Mapped[str] = mapped_column(primary_key=True)
    rate_millionths: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str]
    base_micros: Mapped[int]
    tax_micros: Mapped[int]
