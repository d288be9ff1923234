"""Reads and locks of buckets, ledger and counters."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select, tuple_

from mvne_platform.balances import permissions
from mvne_platform.balances.errors import UnknownBucket
from mvne_platform.balances.models import Bucket, Counter, LedgerEntry, Reason
from mvne_platform.balances.rules import MAIN, Movement
from mvne_platform.kernel import Unit
from mvne_platform.runtime import Context

SPEND = "spend"
PAGE = 25


@dataclass(frozen=True, slots=True)
class BucketState:
    """A bucket with what it held at an instant; `amount` and `granted` are in `unit` (money: micros of `currency`)."""

    id: UUID
    subscription_id: UUID
    code: str
    unit: Unit
    currency: str | None
    amount: int
    granted: int
    services: tuple[str, ...]
    zones: tuple[str, ...]
    priority: int
    valid_from: datetime
    valid_to: datetime | None
    product_id: UUID | None


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A movement and the bucket's content after it."""

    entry_id: UUID
    delta: int
    total: int
    reason: Reason
    reason_id: UUID
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class ReasonTotal:
    """What all movements of one reason did to a bucket."""

    reason: Reason
    entries: int
    delta: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a bucket holds what it holds: the totals' deltas add up to `bucket.amount`."""

    bucket: BucketState
    totals: tuple[ReasonTotal, ...]


@dataclass(frozen=True, slots=True, order=True)
class CounterKey:
    """A counter of one subscription in the billing period that begins at `period_start` (UTC)."""

    subscription_id: UUID
    code: str
    period_start: datetime


def buckets(ctx: Context, subscription_id: UUID, at: datetime | None = None) -> list[BucketState]:
    """The buckets valid at an instant (now, when none is given), in the order in which usage takes from them.

    For an earlier instant the amounts are those the ledger had reached then.
    """
    ctx.require(permissions.READ)
    instant = at or ctx.now
    statement = _columns().where(
        Bucket.subscription_id == subscription_id,
        Bucket.valid_from <= instant,
        or_(Bucket.valid_to.is_(None), Bucket.valid_to > instant),
    )
    found = [_state(row) for row in ctx.db.execute(statement.order_by(*_TAKING_ORDER))]
    return found if at is None or at >= ctx.now else _as_of(ctx, found, at)


def bucket(ctx: Context, bucket_id: UUID) -> BucketState:
    """One bucket as it is; raises UnknownBucket."""
    ctx.require(permissions.READ)
    row = ctx.db.execute(_columns().where(Bucket.id == bucket_id)).one_or_none()
    if row is None:
        raise UnknownBucket("There is no such bucket.")
    return _state(row)


def money(ctx: Context, subscription_id: UUID) -> int:
    """What the money bucket holds, in micros of the brand's currency; 0 when there is none."""
    amount = ctx.db.scalar(select(Bucket.amount).where(*_is_main(subscription_id)))
    return amount or 0


def ledger(ctx: Context, bucket_id: UUID, *, first: int = PAGE, before: UUID | None = None) -> list[LedgerLine]:
    """The movements of a bucket with running totals, newest first; `before` is the last entry of the page before.

    Raises UnknownBucket.
    """
    bucket(ctx, bucket_id)
    total = func.sum(LedgerEntry.delta).over(order_by=LedgerEntry.id).label("total")
    every = select(LedgerEntry, total).where(LedgerEntry.bucket_id == bucket_id).subquery()
    statement = select(every).order_by(every.c.id.desc()).limit(first)
    if before is not None:
        statement = statement.where(every.c.id < before)
    return [
        LedgerLine(row.id, row.delta, int(row.total), Reason(row.reason), row.reason_id, row.occurred_at)
        for row in ctx.db.execute(statement)
    ]


def why(ctx: Context, bucket_id: UUID) -> Explanation:
    """What each kind of movement contributed to a bucket; raises UnknownBucket."""
    statement = (
        select(LedgerEntry.reason, func.count().label("entries"), func.sum(LedgerEntry.delta).label("delta"))
        .where(LedgerEntry.bucket_id == bucket_id)
        .group_by(LedgerEntry.reason)
        .order_by(LedgerEntry.reason)
    )
    totals = (ReasonTotal(Reason(row.reason), row.entries, int(row.delta)) for row in ctx.db.execute(statement))
    return Explanation(bucket(ctx, bucket_id), tuple(totals))


def buckets_for_update(
    ctx: Context, subscription_ids: Collection[UUID], *, valid_after: datetime | None = None
) -> list[BucketState]:
    """Lock the subscriptions' buckets in the order of ids until the transaction ends, and read them.

    `valid_after` leaves out those whose validity had ended by then.
    """
    statement = _columns().where(Bucket.subscription_id.in_(subscription_ids))
    if valid_after is not None:
        statement = statement.where(or_(Bucket.valid_to.is_(None), Bucket.valid_to > valid_after))
    return [_state(row) for row in ctx.db.execute(_locked(statement))]


def main_for_update(ctx: Context, subscription_id: UUID) -> BucketState | None:
    """Lock what the subscription holds and read its money bucket; None when there is none."""
    statement = _columns().where(Bucket.subscription_id == subscription_id, *_HOLDS)
    held = [_state(row) for row in ctx.db.execute(_locked(statement))]
    return next((state for state in held if state.unit is Unit.MONEY and state.code == MAIN), None)


def lock_groups_of(ctx: Context, product_id: UUID) -> None:
    """Lock what the subscriptions with buckets of a product hold."""
    owners = select(Bucket.subscription_id).where(Bucket.product_id == product_id)
    ctx.db.execute(_locked(select(Bucket.id).where(Bucket.subscription_id.in_(owners), *_HOLDS)))


def counters(ctx: Context, keys: Iterable[CounterKey]) -> dict[CounterKey, int]:
    """The values of counters; 0 for one that has not moved yet."""
    wanted = dict.fromkeys(keys, 0)
    column = tuple_(Counter.subscription_id, Counter.code, Counter.period_start)
    statement = select(Counter.subscription_id, Counter.code, Counter.period_start, Counter.value).where(
        column.in_([(key.subscription_id, key.code, key.period_start) for key in wanted])
    )
    for row in ctx.db.execute(statement):
        wanted[CounterKey(row.subscription_id, row.code, row.period_start)] = row.value
    return wanted


def movement_of(ctx: Context, bucket_id: UUID, reason: Reason, reason_id: UUID) -> Movement | None:
    """The entry that booked an occasion, if one did."""
    statement = select(LedgerEntry.id, LedgerEntry.delta, LedgerEntry.occurred_at).where(
        LedgerEntry.bucket_id == bucket_id, LedgerEntry.reason == reason, LedgerEntry.reason_id == reason_id
    )
    row = ctx.db.execute(statement).one_or_none()
    return Movement(row.id, bucket_id, row.delta, row.occurred_at, repeated=True) if row else None


def states(ctx: Context, bucket_ids: Collection[UUID]) -> dict[UUID, BucketState]:
    """Several buckets by id."""
    return {row.id: _state(row) for row in ctx.db.execute(_columns().where(Bucket.id.in_(bucket_ids)))}


# Whoever moves a balance first locks, in the order of ids, everything the subscription holds: a transaction that later
# needs another of its buckets has it, so that two never wait for each other.
_HOLDS = (or_(Bucket.amount != 0, Bucket.unit == Unit.MONEY),)

_TAKING_ORDER = (Bucket.priority, Bucket.valid_to.asc().nulls_last(), Bucket.id)


def _is_main(subscription_id: UUID) -> tuple[Any, ...]:
    return Bucket.subscription_id == subscription_id, Bucket.unit == Unit.MONEY, Bucket.code == MAIN


def _locked(statement: Select[Any]) -> Select[Any]:
    return statement.order_by(Bucket.id).with_for_update(key_share=True)


def _columns() -> Select[Any]:
    return select(*Bucket.__table__.columns)


def _state(row: Any) -> BucketState:
    columns: Mapping[str, Any] = row._mapping  # noqa: SLF001  # SQLAlchemy's public way to a row's columns
    lists = {name: tuple(columns[name]) for name in ("services", "zones")}
    return BucketState(**{**columns, **lists})


def _as_of(ctx: Context, found: list[BucketState], at: datetime) -> list[BucketState]:
    later = (
        select(LedgerEntry.bucket_id, func.sum(LedgerEntry.delta).label("delta"))
        .where(LedgerEntry.bucket_id.in_([state.id for state in found]), LedgerEntry.occurred_at > at)
        .group_by(LedgerEntry.bucket_id)
    )
    since = {row.bucket_id: int(row.delta) for row in ctx.db.execute(later)}
    return [replace(state, amount=state.amount - since.get(state.id, 0)) for state in found]
