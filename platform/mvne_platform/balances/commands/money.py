"""Money in and out of the main balance."""

from collections.abc import Collection
from uuid import UUID

from mvne_platform import subscriptions
from mvne_platform.balances import queries, rules, statements
from mvne_platform.balances.commands.booking import book_once
from mvne_platform.balances.events import BalanceToppedUp
from mvne_platform.balances.models import Reason
from mvne_platform.balances.queries import BucketState
from mvne_platform.balances.rules import Movement
from mvne_platform.kernel import Money, uuid7
from mvne_platform.runtime import Context


def open_money(ctx: Context, subscription_id: UUID) -> BucketState:
    """The subscription's money bucket, its purse locked; opened empty if there is none. Raises UnknownSubscription."""
    queries.lock_purses(ctx, [subscription_id])
    found = queries.main_bucket(ctx, subscription_id)
    if found is not None:
        return found
    subscriptions.load_subscription(ctx, subscription_id)
    _open(ctx, [subscription_id])
    return open_money(ctx, subscription_id)


def open_money_of_many(ctx: Context, subscription_ids: Collection[UUID]) -> None:
    """Open empty money buckets for the subscriptions that have none, and lock their purses."""
    queries.lock_purses(ctx, subscription_ids)
    _open(ctx, subscription_ids)


def top_up(ctx: Context, subscription_id: UUID, money: Money, reason: Reason, reason_id: UUID) -> Movement:
    """Credit the money bucket, opening it when there is none. What asks for money checks first who may hold it.

    The same occasion again answers the first result and moves nothing; with another amount it raises OccasionTaken.
    Raises WrongCurrency, BadAmount, UnknownSubscription.
    """
    rules.check_money(money, ctx.brand.currency)
    bucket = open_money(ctx, subscription_id)
    movement = book_once(ctx, bucket.id, money.micros, reason, reason_id)
    if not movement.repeated:
        ctx.emit(BalanceToppedUp(subscription_id, money.micros, money.currency, reason, reason_id))
    return movement


def debit(ctx: Context, subscription_id: UUID, money: Money, reason: Reason, reason_id: UUID) -> Movement:
    """Take money from what is available in the money bucket, all or nothing.

    The same occasion again answers the first result, whatever the balance is by then.
    Raises BalanceTooLow, WrongCurrency, BadAmount, OccasionTaken.
    """
    rules.check_money(money, ctx.brand.currency)
    queries.lock_purses(ctx, [subscription_id])
    bucket = queries.main_bucket(ctx, subscription_id)
    if bucket is None:
        raise rules.too_low(0, money)
    if queries.movement_of(ctx, bucket.id, reason, reason_id) is None:
        rules.check_covers(bucket.available, money)

    return book_once(ctx, bucket.id, -money.micros, reason, reason_id)


def _open(ctx: Context, subscription_ids: Collection[UUID]) -> None:
    opening = {"ids": [uuid7() for _ in subscription_ids], "subscriptions": list(subscription_ids)}
    terms = {"currency": ctx.brand.currency, "priority": rules.MAIN_PRIORITY}
    ctx.db.execute(statements.OPEN_MONEY, opening | terms)
