"""Reads and locks of vouchers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from mvne_platform.promotions.models import Voucher, VoucherAttempt, VoucherBatch
from mvne_platform.runtime import Context


def batch_of(ctx: Context, batch_code: str) -> VoucherBatch | None:
    """The batch of a code."""
    return ctx.db.scalar(select(VoucherBatch).where(VoucherBatch.code == batch_code))


def voucher_for_update(ctx: Context, code_digest: bytes) -> tuple[Voucher, VoucherBatch] | None:
    """Lock the voucher of a code, and read its batch."""
    found = (
        select(Voucher, VoucherBatch)
        .join(VoucherBatch, VoucherBatch.id == Voucher.batch_id)
        .where(Voucher.code_digest == code_digest)
        .with_for_update(of=Voucher)
    )
    row = ctx.db.execute(found).one_or_none()
    return (row[0], row[1]) if row else None


def wrong_codes(ctx: Context, subscription_id: UUID, since: datetime) -> int:
    """How many codes were not accepted for a subscription after `since`."""
    counted = select(func.count()).where(VoucherAttempt.subscription_id == subscription_id, VoucherAttempt.at > since)
    return ctx.db.scalar(counted) or 0
