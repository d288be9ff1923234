"""Buckets of money and allowances, and the ledger every one of them is the sum of."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from mvne_platform.kernel import Unit
from mvne_platform.runtime.models import BrandBase, Rights, primary_key


class Reason(StrEnum):
    """Why a balance moved; `reason_id` names the one occasion: a payment, voucher, redemption, usage chunk or bucket.

    What comes again with each period of a product (renewal, grant) names it with `balances.occasion_id`.
    """

    TOP_UP = "top_up"
    VOUCHER = "voucher"
    GRANT = "grant"
    USAGE = "usage"
    RENEWAL = "renewal"
    EXPIRY = "expiry"
    REDEMPTION = "redemption"
    ADJUSTMENT = "adjustment"


class Bucket(BrandBase):
    """Money (micros of `currency`) or an allowance (seconds, bytes, messages) of one subscription.

    `services` and `zones` say what it pays for; an empty list stands for all. Lower `priority` is taken first.
    `amount` is the sum of the bucket's ledger, moved by delta and never overwritten.
    """

    __tablename__ = "bucket"
    __audited__ = False

    id: Mapped[UUID] = primary_key()
    subscription_id: Mapped[UUID] = mapped_column(ForeignKey("subscription.id"))
    code: Mapped[str]
    unit: Mapped[Unit]
    currency: Mapped[str | None]
    amount: Mapped[int]
    granted: Mapped[int]
    services: Mapped[list[str]]
    zones: Mapped[list[str]]
    priority: Mapped[int]
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]
    product_id: Mapped[UUID | None]

    __table_args__ = (
        CheckConstraint("(unit = 'money') = (currency IS NOT NULL)", name="currency"),
        Index(None, "subscription_id", "priority", "valid_to", "id"),
        Index(None, "product_id"),
        Index(
            "uq_bucket_main_money",
            "subscription_id",
            unique=True,
            postgresql_where=text("unit = 'money' AND code = 'main'"),
        ),
    )


class LedgerEntry(BrandBase):
    """One movement of a bucket; never changed, never deleted. Usage is one entry per bucket and loaded chunk."""

    __tablename__ = "ledger_entry"
    __rights__ = Rights.APPEND
    __audited__ = False

    id: Mapped[UUID] = primary_key()
    bucket_id: Mapped[UUID] = mapped_column(ForeignKey(Bucket.id))
    delta: Mapped[int]
    reason: Mapped[Reason]
    reason_id: Mapped[UUID]
    occurred_at: Mapped[datetime]

    __table_args__ = (
        Index(None, "bucket_id", "id"),
        UniqueConstraint("bucket_id", "reason", "reason_id"),
        CheckConstraint("delta <> 0", name="delta"),
    )


class Counter(BrandBase):
    """What a subscription has accrued in a billing period (`spend`, micros), moved with its usage."""

    __tablename__ = "counter"
    __audited__ = False

    subscription_id: Mapped[UUID] = mapped_column(ForeignKey("subscription.id"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    period_start: Mapped[datetime] = mapped_column(primary_key=True)
    value: Mapped[int]
