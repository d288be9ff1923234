"""Payments and what an account owes."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mvne_platform.runtime.models import BrandBase, Rights, primary_key


class PaymentState(StrEnum):
    """Where a payment stands with its provider; UNSETTLED: it stayed away, and may or may not have the money."""

    PENDING = "pending"
    CAPTURED = "captured"
    DECLINED = "declined"
    UNSETTLED = "unsettled"


class Payment(BrandBase):
    """Money asked of a payment provider for a top-up of a subscription."""

    __tablename__ = "payment"

    id: Mapped[UUID] = primary_key()
    account_id: Mapped[UUID] = mapped_column(ForeignKey("billing_account.id"), index=True)
    subscription_id: Mapped[UUID] = mapped_column(ForeignKey("subscription.id"), index=True)
    amount_micros: Mapped[int]
    currency: Mapped[str]
    method_encrypted: Mapped[str]
    state: Mapped[PaymentState] = mapped_column(default=PaymentState.PENDING)
    decline_reason: Mapped[str | None]
    provider: Mapped[str]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("amount_micros > 0", name="amount"),)


class ReceivableEntry(BrandBase):
    """A movement of what an account owes: an invoice adds, a payment takes away. Append only."""

    __tablename__ = "receivable_entry"
    __rights__ = Rights.APPEND
    __audited__ = False

    id: Mapped[UUID] = primary_key()
    account_id: Mapped[UUID] = mapped_column(ForeignKey("billing_account.id"))
    kind: Mapped[str]
    reference_id: Mapped[UUID]
    delta_micros: Mapped[int]
    occurred_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("kind IN ('invoice', 'payment')", name="kind"),
        UniqueConstraint("kind", "reference_id"),
        Index(None, "account_id", "id"),
    )
