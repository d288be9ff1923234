"""Top-up vouchers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from mvne_platform.runtime.models import BrandBase, Rights, primary_key


class VoucherBatch(BrandBase):
    """Vouchers printed together: one value, one validity."""

    __tablename__ = "voucher_batch"

    id: Mapped[UUID] = primary_key()
    code: Mapped[str] = mapped_column(unique=True)
    amount_micros: Mapped[int]
    currency: Mapped[str]
    valid_to: Mapped[datetime]
    created_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("amount_micros > 0", name="amount"),)


class Voucher(BrandBase):
    """One voucher; only a keyed digest of its code is kept."""

    __tablename__ = "voucher"

    id: Mapped[UUID] = primary_key()
    batch_id: Mapped[UUID] = mapped_column(ForeignKey(VoucherBatch.id), index=True)
    code_digest: Mapped[bytes] = mapped_column(unique=True)
    redeemed_at: Mapped[datetime | None]
    redeemed_by: Mapped[UUID | None]


class VoucherAttempt(BrandBase):
    """A code that was not accepted, for lock-out of those who guess."""

    __tablename__ = "voucher_attempt"
    __rights__ = Rights.APPEND
    __audited__ = False

    id: Mapped[UUID] = primary_key()
    subscription_id: Mapped[UUID] = mapped_column(index=True)
    at: Mapped[datetime]
