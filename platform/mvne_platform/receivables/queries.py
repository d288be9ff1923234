"""Reads and locks of payments and of what accounts owe."""

from uuid import UUID

from sqlalchemy import func, select

from mvne_platform.receivables import permissions
from mvne_platform.receivables.errors import UnknownPayment
from mvne_platform.receivables.models import Payment, ReceivableEntry
from mvne_platform.runtime import Context


def payment(ctx: Context, payment_id: UUID) -> Payment:
    """One payment for an actor; raises UnknownPayment."""
    ctx.require(permissions.TAKE_PAYMENT)
    found = ctx.db.get(Payment, payment_id)
    if found is None:
        raise _unknown()
    return found


def payments(ctx: Context, subscription_id: UUID) -> list[Payment]:
    """The payments made for a subscription, newest first."""
    ctx.require(permissions.TAKE_PAYMENT)
    wanted = select(Payment).where(Payment.subscription_id == subscription_id)
    return list(ctx.db.scalars(wanted.order_by(Payment.id.desc())))


def payment_for_update(ctx: Context, payment_id: UUID) -> Payment:
    """Lock one payment; raises UnknownPayment."""
    found = ctx.db.get(Payment, payment_id, with_for_update=True)
    if found is None:
        raise _unknown()
    return found


def owed(ctx: Context, account_id: UUID) -> int:
    """What an account owes in micros of its currency, with tax; below zero when it has paid too much."""
    ctx.require(permissions.READ)
    total = select(func.coalesce(func.sum(ReceivableEntry.delta_micros), 0))
    return int(ctx.db.scalar(total.where(ReceivableEntry.account_id == account_id)) or 0)


def entries(ctx: Context, account_id: UUID) -> list[ReceivableEntry]:
    """The movements of what an account owes, oldest first."""
    ctx.require(permissions.READ)
    wanted = select(ReceivableEntry).where(ReceivableEntry.account_id == account_id)
    return list(ctx.db.scalars(wanted.order_by(ReceivableEntry.id)))


def _unknown() -> UnknownPayment:
    return UnknownPayment("The brand has no such payment.", field=("payment_id",))
