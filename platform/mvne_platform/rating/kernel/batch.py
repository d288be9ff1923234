"""`rate_columns`: events in blocks of whole charging groups, on one processor or several."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np

from mvne_platform.rating.kernel import tables as at
from mvne_platform.rating.kernel.checks import check
from mvne_platform.rating.kernel.columns import EventColumns, HoldingTable, Int64s, PurseState, RatedColumns
from mvne_platform.rating.kernel.flatten import CompiledTariffs
from mvne_platform.rating.kernel.gathering import collect_takes, collect_traces
from mvne_platform.rating.kernel.loading import Batch, batch_of
from mvne_platform.rating.kernel.shards import NEW_COUNTERS, Shard, cuts

# With more price lists than this, what one after the other needs does not stay in a processor's cache.
_FEW_TARIFFS = 16


def rate_columns(
    events: EventColumns, holdings: HoldingTable, tariffs: CompiledTariffs, state: PurseState, *, threads: int = 1
) -> RatedColumns:
    """Rate events in their order, each seeing what those of its group before it took; `state` is changed.

    With several threads, each has a part of the charging groups; the interpreter is free meanwhile. ValueError, and
    nothing changed, for columns that do not fit together.
    """
    check(events, holdings, tariffs, state)
    known = len(state.counter_amount)
    batch = batch_of(events, holdings, tariffs, state, known + NEW_COUNTERS * len(events))
    order = _order(batch, len(tariffs.tariffs))
    groups = batch.holdings.group[batch.events.holding[order]]
    parts = pairwise(cuts(groups, -(-len(groups) // threads)))
    shards = [Shard(batch, order[first:end], known + NEW_COUNTERS * first) for first, end in parts]
    with ThreadPoolExecutor(max(1, len(shards))) as pool:
        list(pool.map(Shard.rate, shards))
        _keep_counters(state, batch.counters, known, shards)
        return _collected(batch, shards, pool)


def _order(batch: Batch, tariffs: int) -> Int64s:
    """The rows in the order in which they are rated: groups on the same of many price lists one after the other."""
    holding = batch.events.holding
    rows = np.arange(len(holding))
    if tariffs <= _FEW_TARIFFS or not len(rows):
        return rows
    groups = batch.holdings.group[holding]
    starts = np.append(0, np.flatnonzero(np.diff(groups)) + 1)
    lengths = np.diff(np.append(starts, len(rows)))
    by_tariff = np.argsort(batch.holdings.tariff[holding[starts]], kind="stable")
    starts, lengths = starts[by_tariff], lengths[by_tariff]
    return np.repeat(starts - np.append(0, np.cumsum(lengths)[:-1]), lengths) + rows


def _collected(batch: Batch, shards: list[Shard], pool: ThreadPoolExecutor) -> RatedColumns:
    """The answers, with takes and traces in the order of the events."""
    a = batch.answers
    np.cumsum(a.take_offsets, out=a.take_offsets)
    np.cumsum(a.trace_offsets, out=a.trace_offsets)
    bucket, quantity = np.empty(a.take_offsets[-1], np.int32), np.empty(a.take_offsets[-1], np.int64)
    # One shard in the order of the events has written the traces as they are wanted, and they are the most by far.
    is_written = len(shards) == 1 and bool(np.all(np.diff(shards[0].rows) == 1))
    trace = shards[0].trace[: a.trace_offsets[-1]] if is_written else np.empty(a.trace_offsets[-1], np.int64)

    def collect(shard: Shard) -> None:
        collect_takes(shard.rows, a.take_offsets, shard.takes, bucket, quantity)
        if not is_written:
            collect_traces(shard.rows, a.trace_offsets, shard.trace, trace)

    list(pool.map(collect, shards))
    return RatedColumns(**a._asdict(), take_bucket=bucket, take_quantity=quantity, trace=trace)


def _keep_counters(state: PurseState, counters: Int64s, known: int, shards: list[Shard]) -> None:
    """Put the counters back into the state: those it had, then each shard's new ones."""
    parts = [slice(known), *(slice(shard.first_counter, shard.cursor.counters) for shard in shards)]
    kept = np.concatenate([counters[part] for part in parts])
    state.counter_subscription = kept[:, at.COUNTED_FOR].astype(np.int32)
    state.counter_code = kept[:, at.COUNTED_CODE].astype(np.int32)
    state.counter_period = kept[:, at.COUNTED_PERIOD].astype(np.int32)
    state.counter_amount = np.ascontiguousarray(kept[:, at.COUNTED_AMOUNT])
