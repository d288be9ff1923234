"""Which vouchers may be issued and redeemed."""

from datetime import datetime, timedelta

from mvne_platform.kernel import Money
from mvne_platform.promotions.errors import BatchInvalid, VoucherExpired, VouchersLocked, VoucherUsed

MOST_IN_A_BATCH = 100_000
WRONG_CODES = 5
LOCKED_FOR = timedelta(hours=1)


def check_batch(count: int, money: Money, valid_to: datetime, *, currency: str, now: datetime) -> None:
    """Raise BatchInvalid, naming the wrong field."""
    if not 0 < count <= MOST_IN_A_BATCH:
        raise BatchInvalid(f"A batch holds 1 to {MOST_IN_A_BATCH} vouchers, not {count}.", field=("count",))
    if money.currency != currency or money.micros <= 0:
        raise BatchInvalid(f"A voucher of {money} cannot be issued; give an amount in {currency}.", field=("amount",))
    if valid_to <= now:
        raise BatchInvalid("The vouchers would have expired already; give an end in the future.", field=("valid_to",))


def check_not_locked(wrong_codes: int) -> None:
    """Raise VouchersLocked after WRONG_CODES that were not accepted within LOCKED_FOR."""
    if wrong_codes >= WRONG_CODES:
        minutes = LOCKED_FOR // timedelta(minutes=1)
        raise VouchersLocked(
            f"{WRONG_CODES} codes were not accepted within {minutes} minutes; try again later or ask customer service."
        )


def check_redeemable(redeemed_at: datetime | None, valid_to: datetime, now: datetime) -> None:
    """Raise VoucherUsed or VoucherExpired."""
    if redeemed_at is not None:
        raise VoucherUsed("This voucher was redeemed before; each can be used once.", field=("code",))
    if valid_to <= now:
        raise VoucherExpired(f"This voucher was valid until {valid_to:%Y-%m-%d}.", field=("code",))
