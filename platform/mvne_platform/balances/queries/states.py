"""Buckets as they are, and as they were."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select

from mvne_platform.balances import permissions
from mvne_platform.balances.errors import UnknownBucket
from mvne_platform.balances.models import Bucket, LedgerEntry
from mvne_platform.balances.queries.sharing import sharing_of
from mvne_platform.balances.rules import MAIN
from mvne_platform.kernel import Unit
from mvne_platform.runtime import Context


@dataclass(frozen=True, slots=True)
class BucketState:
    """A bucket with what it held at an instant; amounts are in `unit` (money: micros of `currency`).

    It belongs to a subscription or to a sharing group; `purse_id` is whichever it is. `granted` is what an allowance
    was given in all, which its usage is compared with.
    """

    id: UUID
    purse_id: UUID
    subscription_id: UUID | None
    group_id: UUID | None
    code: str
    unit: Unit
    currency: str | None
    amount: int
    reserved: int
    granted: int
    priority: int
    valid_from: datetime
    valid_to: datetime | None
    product_id: UUID | None
    rollover_limit: int | None
    rollovers_left: int
    shared: bool
    services: tuple[str, ...]
    zones: tuple[str, ...]

    @property
    def available(self) -> int:
        """What is not held by open online sessions; below zero when money is overdrawn."""
        return self.amount - self.reserved


def buckets(ctx: Context, subscription_id: UUID, at: datetime | None = None) -> list[BucketState]:
    """What a subscription may use at an instant (now, when none is given), in the order in which usage takes from it.

    The sharing group's buckets are among them. For an earlier instant the amounts are those the ledgers had reached
    then; what is reserved is known of now only.
    """
    ctx.require(permissions.READ)
    instant = at or ctx.now
    spans = sharing_of(ctx, [subscription_id]).get(subscription_id, ())
    purses = {subscription_id, *(one.group_id for one in spans if one.holds_at(instant))}
    statement = _valid(_columns(), instant).where(Bucket.purse_id.in_(purses))
    found = _states(ctx, statement.order_by(*_TAKING_ORDER))
    held = found if at is None or at >= ctx.now else _as_of(ctx, found, at)
    # What has gone to a group or a next period as a whole has left nothing behind to show.
    return [state for state in held if state.unit is Unit.MONEY or state.amount or state.granted]


def group_buckets(ctx: Context, group_id: UUID) -> list[BucketState]:
    """What a sharing group holds now, in the order in which usage takes from it."""
    ctx.require(permissions.READ)
    return _states(ctx, _valid(_columns(), ctx.now).where(Bucket.group_id == group_id).order_by(*_TAKING_ORDER))


def bucket(ctx: Context, bucket_id: UUID) -> BucketState:
    """One bucket as it is; raises UnknownBucket."""
    ctx.require(permissions.READ)
    found = states(ctx, [bucket_id])
    if not found:
        raise UnknownBucket("There is no such bucket.", field=("bucket_id",))
    return found[bucket_id]


def money(ctx: Context, subscription_id: UUID) -> int:
    """What the money bucket holds, in micros of the brand's currency; 0 when there is none."""
    amount = ctx.db.scalar(select(Bucket.amount).where(*_is_main(subscription_id)))
    return amount or 0


def buckets_of_purses(
    ctx: Context, purse_ids: Collection[UUID], valid_after: datetime | None = None
) -> list[BucketState]:
    """The buckets of purses, in the order of purses and taking; who is to move them has locked the purses.

    `valid_after` leaves out those whose validity had ended by then.
    """
    statement = _columns().where(Bucket.purse_id == func.any(list(purse_ids)))
    if valid_after is not None:
        statement = statement.where(or_(Bucket.valid_to.is_(None), Bucket.valid_to > valid_after))
    return _states(ctx, statement.order_by(Bucket.purse_id, *_TAKING_ORDER))


def main_bucket(ctx: Context, subscription_id: UUID) -> BucketState | None:
    """The subscription's money bucket; None when there is none."""
    found = _states(ctx, _columns().where(*_is_main(subscription_id)))
    return found[0] if found else None


def states(ctx: Context, bucket_ids: Collection[UUID]) -> dict[UUID, BucketState]:
    """Several buckets by id."""
    return {state.id: state for state in _states(ctx, _columns().where(Bucket.id.in_(bucket_ids)))}


def ended_allowances(
    ctx: Context, at: datetime, *, products: Collection[UUID] | None, rolling: bool = False, first: int | None = None
) -> list[BucketState]:
    """Allowances with something available that were valid until `at` or less; money does not expire so.

    Those of `products` (None: of everything), and if `rolling` only what may go on; oldest purse first.
    """
    statement = _columns().where(Bucket.unit != Unit.MONEY, Bucket.amount > Bucket.reserved, Bucket.valid_to <= at)
    if products is not None:
        statement = statement.where(Bucket.product_id.in_(products))
    if rolling:
        statement = statement.where(Bucket.rollovers_left > 0)
    return _states(ctx, statement.order_by(Bucket.purse_id, Bucket.id).limit(first))


def shared_allowances(ctx: Context, subscription_id: UUID) -> list[BucketState]:
    """What a subscription holds by itself and would share in a group."""
    mine = Bucket.subscription_id == subscription_id, Bucket.shared, Bucket.amount > Bucket.reserved
    return _states(ctx, _valid(_columns(), ctx.now).where(*mine).order_by(*_TAKING_ORDER))


_TAKING_ORDER = (Bucket.priority, Bucket.valid_to.asc().nulls_last(), Bucket.id)

_NAMES = tuple(BucketState.__dataclass_fields__)


def _is_main(subscription_id: UUID) -> tuple[Any, ...]:
    return Bucket.subscription_id == subscription_id, Bucket.unit == Unit.MONEY, Bucket.code == MAIN


def _valid(statement: Select[Any], at: datetime) -> Select[Any]:
    return statement.where(Bucket.valid_from <= at, or_(Bucket.valid_to.is_(None), Bucket.valid_to > at))


def _columns() -> Select[Any]:
    return select(*(Bucket.__table__.columns[name] for name in _NAMES))


def _states(ctx: Context, statement: Select[Any]) -> list[BucketState]:
    return [_state(*row) for row in ctx.db.execute(statement)]


def _state(*row: Any) -> BucketState:
    *values, services, zones = row
    return BucketState(*(*values, tuple(services), tuple(zones)))


def _as_of(ctx: Context, found: Iterable[BucketState], at: datetime) -> list[BucketState]:
    """Undo what was booked later; an allowance that was only made later is left out, even if it is valid since then."""
    held = list(found)
    booked = (
        select(
            LedgerEntry.bucket_id,
            func.coalesce(func.sum(LedgerEntry.delta).filter(LedgerEntry.occurred_at > at), 0),
            func.count().filter(LedgerEntry.occurred_at <= at),
        )
        .where(LedgerEntry.bucket_id.in_([state.id for state in held]))
        .group_by(LedgerEntry.bucket_id)
    )
    since = {key: (int(delta), entries) for key, delta, entries in ctx.db.execute(booked)}
    return [
        replace(state, amount=state.amount - since.get(state.id, (0, 0))[0], reserved=0)
        for state in held
        if state.unit is Unit.MONEY or since.get(state.id, (0, 0))[1]
    ]
