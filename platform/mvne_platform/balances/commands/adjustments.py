"""Corrections by staff: each with a reason in words, and with who made it."""

from uuid import UUID

from mvne_platform import subscriptions
from mvne_platform.balances import permissions, queries, rules
from mvne_platform.balances.commands.booking import book_once
from mvne_platform.balances.commands.money import open_money
from mvne_platform.balances.errors import BadAmount
from mvne_platform.balances.models import Reason
from mvne_platform.balances.rules import Movement
from mvne_platform.kernel import Money, Unit
from mvne_platform.runtime import Context


def adjust(ctx: Context, subscription_id: UUID, money: Money, reason_id: UUID, *, note: str) -> Movement:
    """Correct the money bucket by a positive or negative amount; it may go below zero. `note` says why, in words.

    Raises WrongCurrency, BadAmount, BadNote, NotPrepaid, OccasionTaken, UnknownSubscription.
    """
    ctx.require(permissions.ADJUST)
    rules.check_currency(money, ctx.brand.currency)
    if money.micros == 0:
        raise _nothing()
    text = rules.check_note(note)
    rules.check_holds_money(subscriptions.load_subscription(ctx, subscription_id).payment_mode)
    bucket = open_money(ctx, subscription_id)
    return book_once(ctx, bucket.id, money.micros, Reason.ADJUSTMENT, reason_id, note=text)


def adjust_bucket(ctx: Context, bucket_id: UUID, delta: int, reason_id: UUID, *, note: str) -> Movement:
    """Correct an allowance by units of its own: below nothing, or into what is reserved, it does not go.

    Raises UnknownBucket, BadAmount (also for a bucket of money: that is `adjust`), BadNote, OccasionTaken.
    """
    ctx.require(permissions.ADJUST)
    if delta == 0:
        raise _nothing()
    text = rules.check_note(note)
    queries.lock_by_id(ctx, [queries.bucket(ctx, bucket_id).purse_id])
    state = queries.bucket(ctx, bucket_id)
    if state.unit is Unit.MONEY:
        raise BadAmount("This bucket holds money; adjust the subscription's balance instead.", field=("bucket_id",))
    if queries.movement_of(ctx, bucket_id, Reason.ADJUSTMENT, reason_id) is None and state.available + delta < 0:
        raise BadAmount(
            f"The bucket has {state.available} {state.unit}s available; take no more than that.", field=("quantity",)
        )
    return book_once(ctx, bucket_id, delta, Reason.ADJUSTMENT, reason_id, note=text)


def _nothing() -> BadAmount:
    return BadAmount("An adjustment of nothing cannot be booked; give an amount.", field=("amount",))
