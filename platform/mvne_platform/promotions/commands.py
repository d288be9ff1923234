"""Use cases of vouchers."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert

from mvne_platform import balances, subscriptions
from mvne_platform.kernel import Money, uuid7
from mvne_platform.promotions import codes, permissions, queries, rules
from mvne_platform.promotions.errors import BatchExists, VoucherMistyped, VoucherRefused, VoucherUnknown
from mvne_platform.promotions.events import VoucherRedeemed, VouchersIssued
from mvne_platform.promotions.models import Voucher, VoucherAttempt, VoucherBatch
from mvne_platform.runtime import Context
from mvne_platform.runtime.secrets import digest

_PURPOSE = "voucher"


def issue_vouchers(ctx: Context, *, batch_code: str, count: int, money: Money, valid_to: datetime) -> list[str]:
    """Make a batch of vouchers of one value; answers their codes, which are kept nowhere and never shown again.

    Raises BatchInvalid, BatchExists.
    """
    ctx.require(permissions.ISSUE)
    rules.check_batch(count, money, valid_to, currency=ctx.brand.currency, now=ctx.now)
    ctx.lock(f"voucher_batch/{batch_code}")
    if queries.batch_of(ctx, batch_code) is not None:
        raise BatchExists(
            f"There is a voucher batch '{batch_code}' already; choose another code.", field=("batch_code",)
        )

    batch = VoucherBatch(
        id=uuid7(),
        code=batch_code,
        amount_micros=money.micros,
        currency=money.currency,
        valid_to=valid_to,
        created_at=ctx.now,
    )
    ctx.db.add(batch)
    ctx.db.flush()
    made = [codes.new_code() for _ in range(count)]
    rows = [{"id": uuid7(), "batch_id": batch.id, "code_digest": _digest(codes.bare(code) or "")} for code in made]
    ctx.db.execute(insert(Voucher), rows)
    ctx.emit(VouchersIssued(batch.id, count, money.micros, money.currency))
    return made


def redeem_voucher(ctx: Context, code: str, subscription_id: UUID) -> Money:
    """Credit a voucher's value to a subscription's balance; each voucher once.

    Codes may be entered in any case, with or without separators. Those that are not accepted are counted per
    subscription, and five within an hour lock it: the refusals are `leaves_trace`, so that the edge keeps the count.
    Raises VoucherMistyped, VoucherUnknown, VoucherUsed, VoucherExpired, VouchersLocked, UnknownSubscription,
    WrongState for a line that is over, and NotPrepaid for one that pays by invoice.
    """
    ctx.require(permissions.REDEEM)
    line = subscriptions.load_paying(ctx, subscription_id)
    balances.check_holds_money(line.payment_mode)
    # Guesses for one line come one after the other, or many at once would all be counted from the same start.
    ctx.lock(f"vouchers/{line.id}")
    rules.check_not_locked(queries.wrong_codes(ctx, line.id, ctx.now - rules.LOCKED_FOR))
    with _remembering(ctx, line.id):
        voucher, batch = _find(ctx, code)
        rules.check_redeemable(voucher.redeemed_at, batch.valid_to, ctx.now)

    voucher.redeemed_at, voucher.redeemed_by = ctx.now, line.id
    ctx.db.flush()
    money = Money(batch.amount_micros, batch.currency)
    balances.top_up(ctx, line.id, money, balances.Reason.VOUCHER, voucher.id)
    ctx.emit(VoucherRedeemed(voucher.id, line.id, money.micros, money.currency))
    return money


def _find(ctx: Context, entered: str) -> tuple[Voucher, VoucherBatch]:
    code = codes.bare(entered)
    if code is None:
        raise VoucherMistyped(
            "This is no voucher code; compare it with the voucher, character by character.", field=("code",)
        )
    found = queries.voucher_for_update(ctx, _digest(code))
    if found is None:
        raise VoucherUnknown("There is no voucher with this code.", field=("code",))
    return found


@contextmanager
def _remembering(ctx: Context, subscription_id: UUID) -> Iterator[None]:
    try:
        yield
    except VoucherRefused:
        ctx.db.add(VoucherAttempt(subscription_id=subscription_id, at=ctx.now))
        ctx.db.flush()
        raise


def _digest(code: str) -> bytes:
    return digest(code, purpose=_PURPOSE)
