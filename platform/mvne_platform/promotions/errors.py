"""Refusals of promotions."""

from typing import ClassVar

from mvne_platform.kernel import Category, DomainError, InvalidInput


class BatchInvalid(InvalidInput):
    """The vouchers cannot be issued as asked."""

    code = "VOUCHER_BATCH_INVALID"


class BatchExists(DomainError):
    """Another batch has the code; the codes of its vouchers were shown when it was issued."""

    code = "VOUCHER_BATCH_EXISTS"


class VoucherRefused(DomainError):
    """The code was not accepted; the attempt is remembered, whoever rolls back what else was asked."""

    code = "VOUCHER_REFUSED"
    leaves_trace: ClassVar[bool] = True


class VoucherMistyped(VoucherRefused):
    """The code's check character does not fit."""

    code = "VOUCHER_MISTYPED"
    category = Category.INVALID


class VoucherUnknown(VoucherRefused):
    """No voucher of the brand has the code."""

    code = "VOUCHER_UNKNOWN"
    category = Category.NOT_FOUND


class VoucherUsed(VoucherRefused):
    """The voucher was redeemed before."""

    code = "VOUCHER_USED"


class VoucherExpired(VoucherRefused):
    """The voucher's validity has ended."""

    code = "VOUCHER_EXPIRED"


class VouchersLocked(DomainError):
    """Too many codes that were not accepted: no voucher can be redeemed on the line for a while."""

    code = "VOUCHERS_LOCKED"
