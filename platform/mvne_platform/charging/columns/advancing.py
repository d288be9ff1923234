"""How far purses are rated after a chunk, and which lines its late events want rated again."""

from datetime import UTC, datetime
from uuid import UUID

import numpy as np

from mvne_platform import balances
from mvne_platform.catalogue import PaymentMode
from mvne_platform.charging import late
from mvne_platform.charging.columns import statements
from mvne_platform.charging.columns.arrays import Ints, UuidArray, execute, from_halves
from mvne_platform.charging.columns.locking import Halves
from mvne_platform.charging.columns.rated import Prepared
from mvne_platform.runtime import Context

_POSTPAID = list(PaymentMode).index(PaymentMode.POSTPAID)


def note(ctx: Context, rated: Prepared, rows: Ints) -> None:
    """Advance the purses to the latest of the rows, and remember lines to be rated again. The purses are locked."""
    if not len(rows):
        return
    fresh = rated.fresh
    line, high, low = fresh.line[rows], fresh.key_hi[rows], fresh.key_lo[rows]
    lines, upper, lower = _latest(line, high, low)
    terms = {"purses": UuidArray(rated.lanes.lines.ids[lines]), "keys": UuidArray(from_halves(upper, lower))}
    execute(ctx, statements.ADVANCE_PURSES, terms)
    shared = rated.holdings.sharing[rated.events.holding[rows]].astype(np.int64)
    groups, upper, lower = _latest(shared[shared >= 0], high[shared >= 0], low[shared >= 0])
    latest = {
        rated.groups[group]: UUID(int=int(hi) << 64 | int(lo))
        for group, hi, lo in zip(groups, upper, lower, strict=True)
    }
    balances.advance_purses(ctx, latest)
    late.note_late(ctx, _late(rated, rows, shared))


def _latest(owner: Ints, high: Halves, low: Halves) -> tuple[Ints, Halves, Halves]:
    """The highest key of each owner; in order already, unless charging groups have several."""
    in_order = bool((np.diff(owner) >= 0).all())
    order = np.arange(len(owner)) if in_order else np.lexsort((low, high, owner))
    last = np.flatnonzero(np.append(owner[order][1:] != owner[order][:-1], len(order) > 0))
    at = order[last]
    return owner[at], high[at], low[at]


def _late(rated: Prepared, rows: Ints, shared: Ints) -> dict[tuple[UUID, UUID | None], datetime]:
    """Postpaid lines with events before what had been rated of them or their group, and since when."""
    fresh, locked = rated.fresh, rated.locked
    line, high, low = fresh.line[rows], fresh.key_hi[rows], fresh.key_lo[rows]
    behind = _before(high, low, locked.rated_hi[line], locked.rated_lo[line])
    reached = [locked.groups[group] for group in rated.groups] or [0]
    group_hi = np.array([one >> 64 for one in reached], np.uint64)[np.maximum(shared, 0)]
    group_lo = np.array([one & (1 << 64) - 1 for one in reached], np.uint64)[np.maximum(shared, 0)]
    behind |= (shared >= 0) & _before(high, low, group_hi, group_lo)
    behind &= rated.holdings.payment_mode[rated.events.holding[rows]] == _POSTPAID
    since: dict[tuple[UUID, UUID | None], datetime] = {}
    starts = rated.events.start[rows]
    for one in np.flatnonzero(behind)[np.argsort(-starts[behind], kind="stable")]:
        group = rated.groups[shared[one]] if shared[one] >= 0 else None
        key = (UUID(bytes=rated.lanes.lines.ids[line[one]].tobytes()), group)
        since[key] = datetime.fromtimestamp(int(starts[one]), UTC)
    return since


def _before(high: Halves, low: Halves, other_high: Halves, other_low: Halves) -> np.ndarray:
    return np.asarray((high < other_high) | ((high == other_high) & (low < other_low)))
