"""Reads and locks of bills, and of the products they are about."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from sqlalchemy import exists, or_, select

from mvne_platform import catalogue, party, subscriptions
from mvne_platform.billing import permissions
from mvne_platform.billing.errors import DocumentNotReady, UnknownInvoice, UnknownRun
from mvne_platform.billing.models import BillRun, Invoice, InvoiceLine, InvoiceTax
from mvne_platform.runtime import Context, settings
from mvne_platform.runtime.models import JobRow, TimerRow

Part = TypeVar("Part", InvoiceLine, InvoiceTax)
PAGE = 25


def invoice(ctx: Context, invoice_id: UUID) -> Invoice:
    """One invoice for an actor; raises UnknownInvoice."""
    ctx.require(permissions.READ)
    return load_invoice(ctx, invoice_id)


def load_invoice(ctx: Context, invoice_id: UUID) -> Invoice:
    """One invoice for another domain, which asks for its own permission; raises UnknownInvoice."""
    found = ctx.db.get(Invoice, invoice_id)
    if found is None:
        raise UnknownInvoice("The brand has no such invoice.", field=("invoice_id",))
    return found


def invoices(ctx: Context, account_id: UUID) -> list[Invoice]:
    """The account's invoices, newest first."""
    ctx.require(permissions.READ)
    wanted = select(Invoice).where(Invoice.account_id == account_id)
    return list(ctx.db.scalars(wanted.order_by(Invoice.id.desc())))


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceFilter:
    """Which invoices; what is left empty does not narrow."""

    account_id: UUID | None = None
    run_id: UUID | None = None
    number: str | None = None


EVERY_INVOICE = InvoiceFilter()


def issued_invoices(
    ctx: Context, wanted: InvoiceFilter = EVERY_INVOICE, *, first: int = PAGE, before: UUID | None = None
) -> list[Invoice]:
    """The brand's invoices, the newest first; `before` is the last one of the page before."""
    ctx.require(permissions.READ)
    found = select(Invoice).order_by(Invoice.id.desc()).limit(first)
    if wanted.account_id is not None:
        found = found.where(Invoice.account_id == wanted.account_id)
    if wanted.run_id is not None:
        found = found.where(Invoice.run_id == wanted.run_id)
    if wanted.number is not None:
        found = found.where(Invoice.number == wanted.number.strip())
    if before is not None:
        found = found.where(Invoice.id < before)
    return list(ctx.db.scalars(found))


def lines(ctx: Context, invoice_ids: Collection[UUID]) -> dict[UUID, list[InvoiceLine]]:
    """The numbered lines of several invoices."""
    ctx.require(permissions.READ)
    return _by_invoice(
        ctx.db.scalars(
            select(InvoiceLine).where(InvoiceLine.invoice_id.in_(invoice_ids)).order_by(InvoiceLine.line_number)
        ).all()
    )


def taxes(ctx: Context, invoice_ids: Collection[UUID]) -> dict[UUID, list[InvoiceTax]]:
    """The tax per rate of several invoices."""
    ctx.require(permissions.READ)
    wanted = select(InvoiceTax).where(InvoiceTax.invoice_id.in_(invoice_ids))
    return _by_invoice(ctx.db.scalars(wanted.order_by(InvoiceTax.tax_class, InvoiceTax.rate_millionths)).all())


def document(ctx: Context, invoice_id: UUID) -> Path:
    """Where the invoice's PDF lies; raises UnknownInvoice, DocumentNotReady."""
    found = invoice(ctx, invoice_id)
    if found.document_path is None:
        raise DocumentNotReady(f"The document of invoice {found.number} is being made; ask again in a moment.")
    return settings().data / found.document_path


def run(ctx: Context, run_id: UUID) -> BillRun:
    """One bill run; raises UnknownRun."""
    ctx.require(permissions.READ)
    found = ctx.db.get(BillRun, run_id)
    if found is None:
        raise UnknownRun("The brand has no such bill run.", field=("run_id",))
    return found


def runs(ctx: Context) -> list[BillRun]:
    """The brand's bill runs, newest period first."""
    ctx.require(permissions.READ)
    return list(ctx.db.scalars(select(BillRun).order_by(BillRun.period_end.desc())))


def run_of(ctx: Context, period_end: date) -> BillRun | None:
    """The run of the period that ends before `period_end`, if there was one."""
    return ctx.db.scalar(select(BillRun).where(BillRun.period_end == period_end))


def newest_run(ctx: Context) -> BillRun | None:
    """The run of the latest period."""
    return ctx.db.scalar(select(BillRun).order_by(BillRun.period_end.desc()).limit(1))


def account_for_update(ctx: Context, account_id: UUID) -> party.BillingAccount:
    """Lock an account against usage that is being rated for it; raises UnknownAccount."""
    party.load_account(ctx, account_id)
    return ctx.db.get_one(party.BillingAccount, account_id, with_for_update={"key_share": True})


def has_billed_lines(ctx: Context, account_id: UUID, *, besides: UUID) -> bool:
    """Whether an account has, or had, other lines in service that are not prepaid."""
    line = subscriptions.Subscription
    others = exists().where(
        line.account_id == account_id,
        line.id != besides,
        line.payment_mode != catalogue.PaymentMode.PREPAID,
        line.activated_at.is_not(None),
    )
    return bool(ctx.db.scalar(select(others)))


def product_for_update(ctx: Context, product_id: UUID) -> subscriptions.Product:
    """Lock a product; sqlalchemy.exc.NoResultFound when a job names one that is not the brand's."""
    return ctx.db.get_one(subscriptions.Product, product_id, with_for_update={"key_share": True})


def products_for_update(ctx: Context, subscription_id: UUID) -> list[subscriptions.Product]:
    """Lock the products a subscription has, its plan first."""
    product = subscriptions.Product
    wanted = select(product).where(product.subscription_id == subscription_id, product.valid_to.is_(None))
    return list(ctx.db.scalars(wanted.order_by(product.is_plan.desc(), product.id).with_for_update(key_share=True)))


def products_to_start(ctx: Context, begins: datetime, limit: int) -> list[subscriptions.Product]:
    """Lock products of active lines billed monthly whose paid time ended by `begins`, the first `limit` by id."""
    product, line = subscriptions.Product, subscriptions.Subscription
    wanted = (
        select(product)
        .join(line, line.id == product.subscription_id)
        .where(
            line.payment_mode != catalogue.PaymentMode.PREPAID,
            line.state == subscriptions.SubscriptionState.ACTIVE,
            product.paid_until <= begins,
            or_(product.valid_to.is_(None), product.valid_to > begins),
        )
    )
    return list(ctx.db.scalars(wanted.order_by(product.id).limit(limit).with_for_update(of=product, key_share=True)))


def is_promised(ctx: Context, job: str) -> bool:
    """Whether a timer or a job of this name waits."""
    return bool(ctx.db.scalar(select(or_(exists().where(TimerRow.job == job), exists().where(JobRow.name == job)))))


def _by_invoice(rows: Sequence[Part]) -> dict[UUID, list[Part]]:
    found: dict[UUID, list[Part]] = defaultdict(list)
    for row in rows:
        found[row.invoice_id].append(row)
    return dict(found)
