"""What a chunk's events took from buckets, booked as `balances.post_usage` books it, but as columns."""

import os
from uuid import UUID

import numpy as np

from mvne_platform import balances
from mvne_platform.balances import Reason
from mvne_platform.charging.columns import statements
from mvne_platform.charging.columns.arrays import IntArray, UuidArray, Uuids, execute, fetch
from mvne_platform.charging.columns.rated import Answers
from mvne_platform.charging.columns.state import Buckets
from mvne_platform.kernel import uuid7
from mvne_platform.runtime import Context


def post(ctx: Context, buckets: Buckets, answers: Answers, chunk_id: UUID) -> None:
    """One ledger entry for each bucket, and its amount; then the thresholds that were reached. Purses are locked.

    The chunk is new, so that none of its entries can be there.
    """
    sums = np.zeros(len(buckets.ids), np.int64)
    np.add.at(sums, answers.take_bucket, answers.take_quantity)
    moved = np.flatnonzero(sums)
    if not len(moved):
        return
    terms = {
        "entries": UuidArray(entry_ids(len(moved))),
        "buckets": UuidArray(buckets.ids[moved]),
        "units": IntArray(sums[moved]),
        "reason": Reason.USAGE.value,
        "chunk": chunk_id,
        "now": ctx.now,
        "lowest": min(balances.notice_percents(ctx), default=100),
    }
    execute(ctx, statements.BOOK_ENTRIES, terms)
    (reached,) = fetch(ctx, statements.TAKE_FROM_BUCKETS, terms)
    balances.note_usage(ctx, [] if reached is None else [UUID(bytes=one.tobytes()) for one in reached])


def entry_ids(count: int) -> Uuids:
    """New ids of the same millisecond, otherwise random (RFC 9562 §5.7)."""
    ids = np.frombuffer(os.urandom(16 * count), np.uint8).reshape(-1, 16).copy()
    ids[:, :7] = np.frombuffer(uuid7().bytes[:7], np.uint8)
    ids[:, 8] = ids[:, 8] & 0x3F | 0x80
    return ids
