"""Vouchers: batches, codes, redemption."""

from mvne_platform.promotions.commands import issue_vouchers, redeem_voucher
from mvne_platform.promotions.errors import (
    BatchExists,
    BatchInvalid,
    VoucherExpired,
    VoucherMistyped,
    VoucherRefused,
    VouchersLocked,
    VoucherUnknown,
    VoucherUsed,
)
from mvne_platform.promotions.events import VoucherRedeemed, VouchersIssued

__all__ = [
    "BatchExists",
    "BatchInvalid",
    "VoucherExpired",
    "VoucherMistyped",
    "VoucherRedeemed",
    "VoucherRefused",
    "VoucherUnknown",
    "VoucherUsed",
    "VouchersIssued",
    "VouchersLocked",
    "issue_vouchers",
    "redeem_voucher",
]
