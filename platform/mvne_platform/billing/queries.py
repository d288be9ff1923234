"""Reads and locks of bills, and of the products they are about."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from sqlalchemy import exists, or_, select

from mvne_platform import catalogue, party, subscriptions
from mvne_platform.billing import permissions
from mvne_platform.billing.errors import DocumentNotReady, UnknownInvoice
from mvne_platform.billing.models import BillRun, Invoice, InvoiceLine, InvoiceTax
from mvne_platform.runtime import Context, settings
from mvne_platform.runtime.models import JobRow, TimerRow

Part = TypeVar("Part", InvoiceLine, InvoiceTax)


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
    return ctx.db.get_one(party.BillingAccount, account_id, with_for_update=True)


def product_for_update(ctx: Context, product_id: UUID) -> subscriptions.Product:
    """Lock a product; sqlalchemy.exc.NoResultFound when a job names one that is not the brand's."""
    return ctx.db.get_one(subscriptions.Product, product_id, with_for_update=True)


def products_for_update(ctx: Context, subscription_id: UUID) -> list[subscriptions.Product]:
    """Lock the products a subscription has, its plan first."""
    product = subscriptions.Product
    wanted = select(product).where(product.subscription_id == subscription_id, product.valid_to.is_(None))
    return list(ctx.db.scalars(wanted.order_by(product.is_plan.desc(), product.id).with_for_update()))


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
    return list(ctx.db.scalars(wanted.order_by(product.id).limit(limit).with_for_update(of=product)))


def is_promised(ctx: Context, job: str) -> bool:
    """Whether a timer or a job of this name waits."""
    return bool(ctx.db.scalar(select(or_(exists().where(TimerRow.job == job), exists().where(JobRow.name == job)))))


def _by_invoice(rows: Sequence[Part]) -> dict[UUID, list[Part]]:
    found: dict[UUID, list[Part]] = defaultdict(list)
    for row in rows:
        found[row.invoice_id].append(row)
    return dict(found)
