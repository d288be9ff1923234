"""What usage does to balances, batch and online: takes, counters, thresholds, and how far a purse has been rated."""

from collections.abc import Collection, Mapping
from uuid import UUID

from mvne_platform.balances import queries, rules, statements
from mvne_platform.balances.commands.booking import book
from mvne_platform.balances.events import AllowanceThresholdReached, SpendThresholdReached
from mvne_platform.balances.models import Reason
from mvne_platform.balances.queries import SPEND, CounterKey
from mvne_platform.kernel import Unit
from mvne_platform.runtime import Context


def post_usage(ctx: Context, takes: Mapping[UUID, int], chunk_id: UUID) -> None:
    """Take from buckets what a chunk of rated usage used: one entry per bucket. Money is in micros.

    The caller has locked the purses. The same chunk again moves nothing. Thresholds that an allowance has reached are
    noted, and told as facts.
    """
    taken = sorted((bucket_id, units) for bucket_id, units in takes.items() if units)
    book(ctx, [(bucket_id, -units, chunk_id) for bucket_id, units in taken], Reason.USAGE)
    note_usage(ctx, [bucket_id for bucket_id, _ in taken])


def post_rerating(ctx: Context, takes: Mapping[UUID, int], rerating_id: UUID, *, ended: Collection[UUID] = ()) -> None:
    """Take from buckets (negative: give back) the difference that rating usage again has made; once per re-rating.

    The caller has locked the purses. An allowance gives no more than it has available. What `ended` buckets, whose rest
    is booked away, get back expires at once, and what they give is taken from what had expired: they hold the same.
    """
    moved = sorted((bucket_id, -units, rerating_id) for bucket_id, units in takes.items() if units)
    mirrored = [(bucket_id, -delta, rerating_id) for bucket_id, delta, _ in moved if bucket_id in ended]
    book(ctx, [one for one in mirrored if one[1] > 0], Reason.EXPIRY)
    book(ctx, moved, Reason.RERATING)
    book(ctx, [one for one in mirrored if one[1] < 0], Reason.EXPIRY)


def note_usage(ctx: Context, bucket_ids: Collection[UUID]) -> None:
    """Note the thresholds that allowances have reached by usage, each once in its period, and tell the highest."""
    percents = notice_percents(ctx)
    if not bucket_ids or not percents:
        return
    terms = {"buckets": list(bucket_ids), "percents": list(percents), "lowest": min(percents), "now": ctx.now}
    reached = ctx.db.execute(statements.NOTE_ALLOWANCES, terms).all()
    ctx.emit_all(
        [
            AllowanceThresholdReached(
                subscription_id=row.subscription_id,
                group_id=row.group_id,
                code=row.code,
                percent=row.percent,
                unit=Unit(row.unit),
                granted=row.granted,
                used=row.used,
                valid_to=row.valid_to,
            )
            for row in reached
        ]
    )


def move_counters(ctx: Context, deltas: Mapping[CounterKey, int]) -> None:
    """Add to counters, opening those that are missing; the caller holds their purses' locks.

    Who remembers purses whose tiers or limits look at them will read again. Thresholds that the spend of a limited
    subscription has reached are noted, and told as facts.
    """
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
    tiers = [key.subscription_id for key, _ in moved if key.code != SPEND]
    if tiers:
        ctx.db.execute(statements.TOUCH_COUNTED, {"ids": tiers})
    note_spend(ctx, [key for key, _ in moved if key.code == SPEND])


def note_spend(ctx: Context, keys: Collection[CounterKey]) -> None:
    """Note the thresholds that spending has reached, each once in its billing period, and tell the highest.

    Purses of lines with a limit are raised.
    """
    if not keys:
        return
    columns = {
        "subscriptions": [key.subscription_id for key in keys],
        "periods": [key.period_start for key in keys],
    }
    terms = {"percents": list(notice_percents(ctx)), "now": ctx.now}
    reached = ctx.db.execute(statements.NOTE_SPEND, columns | terms).all()
    ctx.emit_all(
        [
            SpendThresholdReached(
                subscription_id=row.subscription_id,
                percent=row.percent,
                limit_micros=row.limit_micros,
                spent_micros=row.spent_micros,
                currency=ctx.brand.currency,
                period_start=row.period_start,
            )
            for row in reached
        ]
    )


def touch_purses(ctx: Context, account_id: UUID) -> None:
    """Lock the purses of an account's subscriptions and groups, and let all who have read them read again.

    The bill run does so before it closes a period.
    """
    ids = list(ctx.db.scalars(statements.PURSES_OF_ACCOUNT, {"account_id": account_id}))
    queries.lock_by_id(ctx, ids)
    ctx.db.execute(statements.TOUCH_PURSES, {"ids": ids})


def advance_purses(ctx: Context, rated_until: Mapping[UUID, UUID]) -> None:
    """Note, by locked purse, the latest usage key rated offline; one before the noted one changes nothing."""
    if rated_until:
        columns = {"ids": list(rated_until), "keys": list(rated_until.values())}
        ctx.db.execute(statements.ADVANCE_PURSES, columns)


def notice_percents(ctx: Context) -> Collection[int]:
    """The shares of an allowance or limit that are told when usage reaches them, in percent."""
    chosen = ctx.brand.profile.get("usage", {}).get("notice_percents")
    return rules.NOTICE_PERCENTS if chosen is None else chosen
