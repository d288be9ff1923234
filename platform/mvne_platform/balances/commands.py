"""Moving balances. Callers are other domains' commands, which ask for the permission; `adjust` is staff's own."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from mvne_platform import subscriptions
from mvne_platform.balances import permissions, queries, rules, statements
from mvne_platform.balances.errors import BadAmount
from mvne_platform.balances.events import BalanceToppedUp
from mvne_platform.balances.models import Reason
from mvne_platform.balances.queries import BucketState, CounterKey
from mvne_platform.balances.rules import Grant, Granted, Movement
from mvne_platform.kernel import Money, Unit, uuid7
from mvne_platform.runtime import Context


def open_money(ctx: Context, subscription_id: UUID) -> BucketState:
    """The subscription's money bucket, locked; opened empty when there is none. Raises UnknownSubscription."""
    found = queries.main_for_update(ctx, subscription_id)
    if found is not None:
        return found
    subscriptions.load_subscription(ctx, subscription_id)
    open_money_of_many(ctx, [subscription_id])
    return open_money(ctx, subscription_id)


def open_money_of_many(ctx: Context, subscription_ids: Collection[UUID]) -> None:
    """Open empty money buckets for the subscriptions that have none."""
    opening = {"ids": [uuid7() for _ in subscription_ids], "subscriptions": list(subscription_ids)}
    terms = {"currency": ctx.brand.currency, "priority": rules.MAIN_PRIORITY}
    ctx.db.execute(statements.OPEN_MONEY, opening | terms)


def top_up(ctx: Context, subscription_id: UUID, money: Money, reason: Reason, reason_id: UUID) -> Movement:
    """Credit the money bucket, opening it when there is none.

    The same occasion again answers the first result and moves nothing; with another amount it raises OccasionTaken.
    Raises WrongCurrency, BadAmount, UnknownSubscription.
    """
    rules.check_money(money, ctx.brand.currency)
    bucket = open_money(ctx, subscription_id)
    movement = _book_once(ctx, bucket.id, money.micros, reason, reason_id)
    if not movement.repeated:
        ctx.emit(BalanceToppedUp(subscription_id, money.micros, money.currency, reason, reason_id))
    return movement


def debit(ctx: Context, subscription_id: UUID, money: Money, reason: Reason, reason_id: UUID) -> Movement:
    """Take money from the money bucket, all or nothing.

    The same occasion again answers the first result, whatever the balance is by then.
    Raises BalanceTooLow, WrongCurrency, BadAmount, OccasionTaken.
    """
    rules.check_money(money, ctx.brand.currency)
    bucket = queries.main_for_update(ctx, subscription_id)
    if bucket is None:
        raise rules.too_low(0, money)
    if queries.movement_of(ctx, bucket.id, reason, reason_id) is None:
        rules.check_covers(bucket.amount, money)

    return _book_once(ctx, bucket.id, -money.micros, reason, reason_id)


def adjust(ctx: Context, subscription_id: UUID, money: Money, reason_id: UUID) -> Movement:
    """Correct the money bucket by a positive or negative amount; it may go below zero.

    Raises WrongCurrency, BadAmount, OccasionTaken, UnknownSubscription.
    """
    ctx.require(permissions.ADJUST)
    rules.check_currency(money, ctx.brand.currency)
    if money.micros == 0:
        raise BadAmount("An adjustment of nothing cannot be booked; give an amount.", field=("amount",))
    bucket = open_money(ctx, subscription_id)
    return _book_once(ctx, bucket.id, money.micros, Reason.ADJUSTMENT, reason_id)


def grant_allowance(ctx: Context, subscription_id: UUID, grant: Grant, reason: Reason, reason_id: UUID) -> BucketState:
    """Open a bucket of allowance units; the same occasion and code again answers the bucket of the first time.

    Raises BadAmount for a quantity of nothing or for money, OccasionTaken when the first one was of another size.
    """
    (bucket_id,) = grant_allowances(ctx, [Granted(subscription_id, grant, reason_id)], reason)
    made = queries.states(ctx, [bucket_id])[bucket_id]
    rules.check_same(grant.quantity, made.granted, reason)
    return made


def grant_allowances(ctx: Context, grants: Sequence[Granted], reason: Reason) -> list[UUID]:
    """Open many buckets in one statement; answers their ids in the order of `grants`, repeated ones included."""
    rows = [_grant_row(ctx, granted, reason) for granted in grants]
    parameters = {"grants": json.dumps(rows), "reason": reason, "now": ctx.now}
    ctx.db.execute(statements.GRANT, parameters)
    return [UUID(str(row["bucket_id"])) for row in rows]


def post_usage(ctx: Context, takes: Mapping[UUID, int], chunk_id: UUID) -> None:
    """Take from buckets what a chunk of rated usage used: one entry per bucket. Money is in micros.

    The caller has locked the buckets. The same chunk again moves nothing.
    """
    taken = sorted((bucket_id, units) for bucket_id, units in takes.items() if units)
    _book(ctx, [(bucket_id, -units, chunk_id) for bucket_id, units in taken], Reason.USAGE)


def expire(ctx: Context, product_id: UUID | None, at: datetime) -> int:
    """Book away what is left of allowances that were valid until `at` or less; answers of how many.

    Those of one product, or of every product when none is named.
    """
    if product_id is not None:
        queries.lock_groups_of(ctx, product_id)
    ended = ctx.db.execute(statements.EXPIRED, {"at": at, "product_id": product_id}).all()
    _book(ctx, [(row.id, -row.amount, row.id) for row in ended], Reason.EXPIRY)
    return len(ended)


def move_counters(ctx: Context, deltas: Mapping[CounterKey, int]) -> None:
    """Add to counters, opening those that are missing; the caller holds their subscriptions' locks."""
    moved = sorted((key, delta) for key, delta in deltas.items() if delta)
    if not moved:
        return
    columns = {
        "subscriptions": [key.subscription_id for key, _ in moved],
        "codes": [key.code for key, _ in moved],
        "periods": [key.period_start for key, _ in moved],
        "deltas": [delta for _, delta in moved],
    }
    ctx.db.execute(statements.MOVE_COUNTERS, columns)


def _book_once(ctx: Context, bucket_id: UUID, delta: int, reason: Reason, reason_id: UUID) -> Movement:
    first = queries.movement_of(ctx, bucket_id, reason, reason_id)
    if first is not None:
        rules.check_same(delta, first.delta, reason)
        return first
    (entry_id,) = _book(ctx, [(bucket_id, delta, reason_id)], reason)
    return Movement(entry_id, bucket_id, delta, ctx.now, repeated=False)


def _book(ctx: Context, movements: Sequence[tuple[UUID, int, UUID]], reason: Reason) -> list[UUID]:
    """Book (bucket, delta, occasion) for locked buckets; answers the entries' ids, in the order given."""
    if not movements:
        return []
    entries = [uuid7() for _ in movements]
    columns = {
        "entries": entries,
        "buckets": [bucket_id for bucket_id, _, _ in movements],
        "deltas": [delta for _, delta, _ in movements],
        "occasions": [reason_id for _, _, reason_id in movements],
    }
    ctx.db.execute(statements.BOOK, {**columns, "reason": reason, "now": ctx.now})
    return entries


def _grant_row(ctx: Context, granted: Granted, reason: Reason) -> dict[str, object]:
    grant = granted.grant
    if grant.quantity <= 0 or grant.unit is Unit.MONEY:
        raise BadAmount(f"The allowance '{grant.code}' needs a quantity above zero of seconds, bytes or messages.")
    bucket_id = rules.granted_bucket_id(granted.subscription_id, grant.code, reason, granted.reason_id)
    return {
        "entry_id": str(uuid7()),
        "bucket_id": str(bucket_id),
        "subscription_id": str(granted.subscription_id),
        "reason_id": str(granted.reason_id),
        "code": grant.code,
        "unit": grant.unit,
        "quantity": grant.quantity,
        "services": list(grant.services),
        "zones": list(grant.zones),
        "priority": grant.priority,
        "valid_from": (grant.valid_from or ctx.now).isoformat(),
        "valid_to": grant.valid_to.isoformat() if grant.valid_to else None,
        "product_id": str(grant.product_id) if grant.product_id else None,
    }
