"""The life of an allowance: granted, carried over when its period ends, and what is left booked away."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from mvne_platform.balances import queries, rules, statements
from mvne_platform.balances.commands.booking import NewBucket, book, make
from mvne_platform.balances.errors import BadAmount
from mvne_platform.balances.models import Reason
from mvne_platform.balances.queries import BucketState
from mvne_platform.balances.rules import Grant, Granted
from mvne_platform.kernel import Period, Unit
from mvne_platform.runtime import Context


def grant_allowance(ctx: Context, subscription_id: UUID, grant: Grant, reason: Reason, reason_id: UUID) -> BucketState:
    """Open a bucket of allowance units; the same occasion and code again answers the bucket of the first time.

    Raises BadAmount for a quantity of nothing or for money, OccasionTaken when the first one was of another size.
    """
    (bucket_id,) = grant_allowances(ctx, [Granted(subscription_id, grant, reason_id)], reason)
    made = queries.states(ctx, [bucket_id])[bucket_id]
    first = queries.movement_of(ctx, bucket_id, reason, reason_id)
    rules.check_same(grant.quantity, first.delta if first else made.granted, reason)
    return made


def grant_allowances(ctx: Context, grants: Sequence[Granted], reason: Reason) -> list[UUID]:
    """Open many buckets in one statement; answers their ids in the order of `grants`, repeated ones included.

    Shared allowances of a subscription that is in a sharing group now are the group's.
    """
    heads = queries.lock_purses(ctx, {granted.subscription_id for granted in grants})
    made = [_granted(ctx, one, reason, heads.get(one.subscription_id)) for one in grants]
    make(ctx, made, reason)
    return [bucket.id for bucket in made]


def begin_period(ctx: Context, product_ids: Collection[UUID], grants: Sequence[Granted], period: Period) -> int:
    """Begin a period of products: carry over what their ended allowances allow, and grant what it includes.

    Usage of the old period that comes late still finds what was carried over, and what is left behind, until that is
    expired. Again: nothing more happens. Answers how many buckets went on.
    """
    lines = {granted.subscription_id for granted in grants}
    queries.lock_purses(ctx, lines, products=product_ids)
    carried = _carry_over(ctx, product_ids, period)
    grant_allowances(ctx, grants, Reason.GRANT)
    return carried


def expire(ctx: Context, product_id: UUID | None, at: datetime, *, most: int | None = None) -> int:
    """Book away what is available of allowances that were valid until `at` or less; answers of how many.

    Those of one product, or of every product when none is named; at most `most` of them. What open sessions hold stays
    until they have ended.
    """
    products = None if product_id is None else (product_id,)
    found = queries.ended_allowances(ctx, at, products=products, first=most)
    if not found:
        return 0
    queries.lock_by_id(ctx, {state.purse_id for state in found})
    held = queries.states(ctx, [state.id for state in found]).values()
    left = [state for state in held if state.available > 0]
    movements = [(one.id, -one.available, rules.expiry_id(one.id, at, one.amount)) for one in left]
    ctx.db.execute(statements.REACH_ENDS, {"buckets": [one.id for one in left]})
    return len(book(ctx, movements, Reason.EXPIRY))


def _carry_over(ctx: Context, product_ids: Collection[UUID], period: Period) -> int:
    """Move what may go on from ended buckets to new ones that hold until the period's end."""
    ended = {
        state.id: state for state in queries.ended_allowances(ctx, period.start, products=product_ids, rolling=True)
    }
    units: dict[UUID, int] = {}
    for rests in _by_allowance(list(ended.values())):
        units |= rules.carried_over([(one.id, one.available, one.rollover_limit) for one in rests])
    made = [_carried(ended[key], moved, period.end) for key, moved in units.items()]
    move(ctx, [(one.reason_id, one) for one in made], Reason.ROLLOVER)
    return len(made)


def move(ctx: Context, moves: Sequence[tuple[UUID, NewBucket]], reason: Reason) -> None:
    """Out of a bucket and into a new one: each entry's occasion is the other bucket. The purses are locked."""
    make(ctx, [new for _, new in moves], reason)
    book(ctx, [(old, -new.quantity, new.id) for old, new in moves], reason)


def _by_allowance(ended: Sequence[BucketState]) -> list[list[BucketState]]:
    """Ended buckets of one purse, product and code together, the freshest first: it has most periods before it."""
    found: dict[tuple[UUID, UUID | None, str], list[BucketState]] = defaultdict(list)
    for state in sorted(ended, key=lambda one: (one.rollovers_left, one.id), reverse=True):
        found[state.purse_id, state.product_id, state.code].append(state)
    return list(found.values())


def _carried(old: BucketState, units: int, until: datetime) -> NewBucket:
    # Valid since the old one was: usage of the old period that comes late finds it here.
    owner = old.purse_id
    return NewBucket(
        id=rules.granted_bucket_id(owner, old.code, f"{Reason.ROLLOVER}/{old.id}", old.valid_from),
        subscription_id=old.subscription_id,
        group_id=old.group_id,
        code=old.code,
        unit=old.unit,
        quantity=units,
        services=old.services,
        zones=old.zones,
        priority=old.priority,
        valid_from=old.valid_from,
        valid_to=until,
        product_id=old.product_id,
        rollover_limit=old.rollover_limit,
        rollovers_left=old.rollovers_left - 1,
        shared=old.shared,
        reason_id=old.id,
    )


def _granted(ctx: Context, granted: Granted, reason: Reason, head: queries.PurseHead | None) -> NewBucket:
    grant = granted.grant
    if grant.quantity <= 0 or grant.unit is Unit.MONEY:
        raise BadAmount(f"The allowance '{grant.code}' needs a quantity above zero of seconds, bytes or messages.")
    group_id = head.group_id if head and grant.shared else None
    occasion = f"{reason}/{granted.reason_id}"
    return NewBucket(
        id=rules.granted_bucket_id(granted.subscription_id, grant.code, occasion, grant.valid_from),
        subscription_id=None if group_id else granted.subscription_id,
        group_id=group_id,
        code=grant.code,
        unit=grant.unit,
        quantity=grant.quantity,
        services=grant.services,
        zones=grant.zones,
        priority=grant.priority,
        valid_from=grant.valid_from or ctx.now,
        valid_to=grant.valid_to,
        product_id=grant.product_id,
        rollover_limit=grant.rollover_limit,
        rollovers_left=grant.rollover_periods,
        shared=grant.shared,
        reason_id=granted.reason_id,
    )
