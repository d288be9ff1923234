"""Why a balance is what it is: movements with running totals, and what each kind of them came to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from mvne_platform.balances.models import LedgerEntry, Reason
from mvne_platform.balances.queries.states import BucketState, bucket
from mvne_platform.balances.rules import Movement
from mvne_platform.runtime import Context

PAGE = 25


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A movement and the bucket's content after it; `note` and `actor` say why and by whom staff moved it."""

    entry_id: UUID
    delta: int
    total: int
    reason: Reason
    reason_id: UUID
    occurred_at: datetime
    note: str | None = None
    actor: str | None = None


@dataclass(frozen=True, slots=True)
class ReasonTotal:
    """What all movements of one reason did to a bucket."""

    reason: Reason
    entries: int
    delta: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a bucket holds what it holds: the totals' deltas add up to `bucket.amount`, of which sessions hold a part."""

    bucket: BucketState
    totals: tuple[ReasonTotal, ...]


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
    return [_line(row) for row in ctx.db.execute(statement)]


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


def movement_of(ctx: Context, bucket_id: UUID, reason: Reason, reason_id: UUID) -> Movement | None:
    """The entry that booked an occasion, if one did."""
    statement = select(LedgerEntry.id, LedgerEntry.delta, LedgerEntry.occurred_at).where(
        LedgerEntry.bucket_id == bucket_id, LedgerEntry.reason == reason, LedgerEntry.reason_id == reason_id
    )
    row = ctx.db.execute(statement).one_or_none()
    return Movement(row.id, bucket_id, row.delta, row.occurred_at, repeated=True) if row else None


def _line(row: Any) -> LedgerLine:
    return LedgerLine(
        entry_id=row.id,
        delta=row.delta,
        total=int(row.total),
        reason=Reason(row.reason),
        reason_id=row.reason_id,
        occurred_at=row.occurred_at,
        note=row.note,
        actor=row.actor,
    )
