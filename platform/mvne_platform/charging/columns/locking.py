"""The locks of a chunk, and what may only be read under them: how far purses are rated, and accounts billed."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

import numpy as np
import numpy.typing as npt

from mvne_platform import balances
from mvne_platform.charging import lookups
from mvne_platform.charging.columns import statements
from mvne_platform.charging.columns.arrays import Ints, UuidArray, Uuids, fetch, halves, uuid_ranks
from mvne_platform.charging.columns.lanes import Lanes
from mvne_platform.charging.loading import month_of
from mvne_platform.runtime import Context

Halves = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Locked:
    """By line: how far it is rated, and billed, under the locks of the purses.

    The upper and lower half of the key up to which it is rated (0: nothing is); the day (since 1970) up to which its
    account is billed. `groups` has the same keys of sharing groups. `earliest` is the first fast event.
    """

    rated_hi: Halves
    rated_lo: Halves
    billed_until: Ints
    groups: dict[UUID, int]
    earliest: datetime


def lock(ctx: Context, lanes: Lanes) -> Locked:
    """Make the months' partitions, then lock the purses of everything in the chunk: lines' first, then groups'."""
    starts = lanes.frame["start"].to_numpy()[lanes.fast]
    lookups.ensure_partitions(ctx, _months(starts) | {month_of(one.event.start) for one in lanes.slow})
    slow = {one.id.subscription_id for one in lanes.slow}
    wanted = np.concatenate([lanes.lines.ids, uuids(sorted(slow))])
    rated_hi, rated_lo = _rated_until(ctx, wanted, len(lanes.lines))
    sharing = balances.sharing_of(ctx, slow) if slow else {}
    groups = {one.group_id for spans in sharing.values() for one in spans}.union(*lanes.holdings.groups.values())
    ordered = sorted(groups)
    group_hi, group_lo = _rated_until(ctx, uuids(ordered), len(ordered))
    reached = {one: int(hi) << 64 | int(lo) for one, hi, lo in zip(ordered, group_hi, group_lo, strict=True)}
    earliest = datetime.fromtimestamp(int(starts.min()), UTC) if len(starts) else ctx.now
    return Locked(rated_hi, rated_lo, _billed_until(ctx, lanes.lines.accounts), reached, earliest)


def uuids(ids: list[UUID]) -> Uuids:
    """UUIDs as rows of bytes."""
    return np.frombuffer(b"".join(one.bytes for one in ids), np.uint8).reshape(-1, 16)


def _rated_until(ctx: Context, ids: Uuids, first: int) -> tuple[Halves, Halves]:
    """Lock purses in the order of ids; answers the keys of the first ones given, which are in order."""
    if not len(ids):
        return np.empty(0, np.uint64), np.empty(0, np.uint64)
    distinct, ranks = uuid_ranks(ids)
    found, reached = fetch(ctx, statements.LOCK_PURSES, {"purses": UuidArray(distinct)})
    if found is None or not np.array_equal(found, distinct):
        raise LookupError("Not every line has a purse; a trigger makes them.")
    high, low = halves(reached)
    return high[ranks[:first]], low[ranks[:first]]


def _billed_until(ctx: Context, accounts: Uuids) -> Ints:
    if not len(accounts):
        return np.empty(0, np.int64)
    distinct, ranks = uuid_ranks(accounts)
    _, days = fetch(ctx, statements.BILLED_UNTIL, {"accounts": UuidArray(distinct)})
    return np.asarray(days[ranks], np.int64)


def _months(starts: Ints) -> set[date]:
    months = np.unique(starts.astype("datetime64[s]").astype("datetime64[M]"))
    return {month.astype("datetime64[D]").item() for month in months}
