"""The two ways in which a bucket's amount changes: an entry in its ledger, or a new bucket with its first entry."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mvne_platform.balances import queries, rules, statements
from mvne_platform.balances.models import Reason
from mvne_platform.balances.rules import Movement
from mvne_platform.kernel import Unit, uuid7
from mvne_platform.runtime import Context

# What is used, or given back because it was used wrongly, and what nobody used: an allowance was given as much before.
_TAKEN = (Reason.USAGE, Reason.RERATING, Reason.EXPIRY)


@dataclass(frozen=True, slots=True)
class NewBucket:
    """An allowance bucket to be made, with what it is given at first; of a subscription or of a group."""

    id: UUID
    subscription_id: UUID | None
    group_id: UUID | None
    code: str
    unit: Unit
    quantity: int
    services: tuple[str, ...]
    zones: tuple[str, ...]
    priority: int
    valid_from: datetime
    valid_to: datetime | None
    product_id: UUID | None
    rollover_limit: int | None
    rollovers_left: int
    shared: bool
    reason_id: UUID


def make(ctx: Context, buckets: Sequence[NewBucket], reason: Reason) -> None:
    """Make buckets in one statement; one that is there already stays as it is. The purses are locked."""
    if buckets:
        rows = json.dumps([_row(bucket) for bucket in buckets])
        ctx.db.execute(statements.GRANT, {"grants": rows, "reason": reason, "now": ctx.now})
        ctx.db.execute(statements.JOIN_ALLOWANCES, {"made": [bucket.id for bucket in buckets]})


def book(
    ctx: Context, movements: Sequence[tuple[UUID, int, UUID]], reason: Reason, *, note: str | None = None
) -> list[UUID]:
    """Book (bucket, delta, occasion) while the purses are locked; answers the entries' ids, in the order given."""
    if not movements:
        return []
    entries = [uuid7() for _ in movements]
    columns = {
        "entries": entries,
        "buckets": [bucket_id for bucket_id, _, _ in movements],
        "deltas": [delta for _, delta, _ in movements],
        "occasions": [reason_id for _, _, reason_id in movements],
    }
    terms = {
        "reason": reason,
        "now": ctx.now,
        "given": reason not in _TAKEN,
        "note": note,
        "actor": None if note is None else str(ctx.actor),
    }
    ctx.db.execute(statements.BOOK, columns | terms)
    return entries


def book_once(
    ctx: Context, bucket_id: UUID, delta: int, reason: Reason, reason_id: UUID, *, note: str | None = None
) -> Movement:
    """Book an occasion, or answer what it did the first time; raises OccasionTaken for another amount."""
    first = queries.movement_of(ctx, bucket_id, reason, reason_id)
    if first is not None:
        rules.check_same(delta, first.delta, reason)
        return first
    (entry_id,) = book(ctx, [(bucket_id, delta, reason_id)], reason, note=note)
    return Movement(entry_id, bucket_id, delta, ctx.now, repeated=False)


def _row(bucket: NewBucket) -> dict[str, object]:
    return {
        "entry_id": str(uuid7()),
        "bucket_id": str(bucket.id),
        "subscription_id": _text(bucket.subscription_id),
        "group_id": _text(bucket.group_id),
        "code": bucket.code,
        "unit": bucket.unit,
        "quantity": bucket.quantity,
        "services": list(bucket.services),
        "zones": list(bucket.zones),
        "priority": bucket.priority,
        "valid_from": bucket.valid_from.isoformat(),
        "valid_to": bucket.valid_to.isoformat() if bucket.valid_to else None,
        "product_id": _text(bucket.product_id),
        "rollover_limit": bucket.rollover_limit,
        "rollovers_left": bucket.rollovers_left,
        "shared": bucket.shared,
        "reason_id": str(bucket.reason_id),
    }


def _text(key: UUID | None) -> str | None:
    return None if key is None else str(key)
