"""One chunk of a large file, in the transaction that is open: the same steps as `charging.loading`, on columns."""

from collections import Counter
from collections.abc import Callable, Sequence
from uuid import UUID

import numpy as np

from mvne_platform import balances, mediation
from mvne_platform.charging import loading, steps
from mvne_platform.charging.columns import advancing, posting, repeats
from mvne_platform.charging.columns.arrays import Ints
from mvne_platform.charging.columns.failures import failures
from mvne_platform.charging.columns.lanes import Placed, split
from mvne_platform.charging.columns.locking import Halves, lock
from mvne_platform.charging.columns.rated import counted, prepare
from mvne_platform.charging.columns.repeats import Fresh
from mvne_platform.charging.columns.sending import rate_and_copy
from mvne_platform.charging.events import UsageChunkRated
from mvne_platform.charging.models import UsageChunk
from mvne_platform.charging.purses import counted_by, taken_by
from mvne_platform.charging.writing import RatedRow, write_rated
from mvne_platform.kernel import uuid7
from mvne_platform.mediation import UsageFile
from mvne_platform.mediation import columns as frames
from mvne_platform.runtime import Context
from mvne_platform.runtime.faults import step


def account_for(
    ctx: Context, file: UsageFile, read: frames.ColumnsRead, placed: Placed | None = None
) -> dict[str, int]:
    """Rate what was read of a locked file and write what comes of it; answers how many rows ended how."""
    lanes = split(ctx, file, read, placed)
    step(steps.IDENTIFIED)
    locked = lock(ctx, lanes)
    step(steps.LOCKED)
    fresh, known = repeats.find(ctx, file, read, lanes, locked)
    prepared = prepare(ctx, lanes, locked, fresh)
    slow = loading.rate_identified(ctx, lanes.slow, file)
    step(steps.RATED)

    answers = rate_and_copy(ctx, file, prepared)
    write_rated(ctx, slow.rated)
    step(steps.COPIED)
    lasting = np.flatnonzero(~answers.failed)
    # Before anything is counted: what the chunk itself counts makes nobody's earlier usage late.
    advancing.note(ctx, prepared, lasting)
    chunk = _chunk(ctx, file, read, fresh, lasting, slow.rated)
    ctx.db.add(chunk)
    ctx.db.flush()
    posting.post(ctx, prepared.buckets, answers, chunk.id)
    balances.post_usage(ctx, taken_by(slow.rated), chunk.id)
    balances.move_counters(ctx, counted(ctx, prepared, answers))
    balances.move_counters(ctx, counted_by(slow.rated, ctx.brand.time_zone))
    step(steps.POSTED)
    failed = failures(ctx, file, read, prepared, answers)
    unrated = [*lanes.unrated, *known, *failed, *slow.unrated]
    mediation.record_unrated(ctx, file.id, unrated)
    ctx.emit(UsageChunkRated(file.id, chunk.rows_from, chunk.rows_to))
    step(steps.RECORDED)
    return dict(Counter(loading.outcomes_of(slow.rated, unrated, lanes.collected)) + Counter(answers.outcomes))


def _chunk(
    ctx: Context, file: UsageFile, read: frames.ColumnsRead, fresh: Fresh, lasting: Ints, slow: Sequence[RatedRow]
) -> UsageChunk:
    keys = [row.id.key for row in slow]
    if len(lasting):
        high, low = fresh.key_hi[lasting], fresh.key_lo[lasting]
        keys += [_key(high, low, np.min), _key(high, low, np.max)]
    return UsageChunk(
        id=uuid7(),
        file_id=file.id,
        rows_from=read.first,
        rows_to=read.first + read.rows - 1,
        first_key=min(keys, default=None),
        last_key=max(keys, default=None),
        rated_at=ctx.now,
    )


def _key(high: Halves, low: Halves, extreme: Callable[[Halves], np.uint64]) -> UUID:
    """The lowest or highest of keys."""
    upper = extreme(high)
    return UUID(int=int(upper) << 64 | int(extreme(low[high == upper])))
