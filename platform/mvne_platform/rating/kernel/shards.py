"""A part of a batch, rated by one thread: block after block through the matrices that machine code works on."""

from itertools import pairwise

import numpy as np

from mvne_platform.rating.kernel import tables as at
from mvne_platform.rating.kernel.columns import Int32s, Int64s
from mvne_platform.rating.kernel.gathering import (
    gather_events,
    gather_holdings,
    purse_rows,
    scatter_answers,
    scatter_purse,
)
from mvne_platform.rating.kernel.loading import Batch
from mvne_platform.rating.kernel.machine import rate_block
from mvne_platform.rating.kernel.writing import TRACE_HEAD, Cursor

# What one event may add to the counters: what it accrued, and the volume of its rate's tiers.
NEW_COUNTERS = 2
# Events that are gathered, rated and scattered at once: what they need stays in a processor's cache.
_BLOCK = 4096
# Numbers of an ordinary event's trace: its head, and one piece or three takes.
_USUAL_TRACE = TRACE_HEAD + 3


def cuts(groups: Int32s, size: int) -> list[int]:
    """The places at which parts of about so many events begin, and the end; no group is in two of them."""
    new = np.flatnonzero(np.diff(groups)) + 1
    wanted = np.arange(size, len(groups), max(1, size))
    found = np.searchsorted(new, wanted)
    return [0, *np.unique(new[found[found < len(new)]]).tolist(), len(groups)]


class Shard:
    """Whole charging groups, at `rows` of the batch; `takes` and `trace` grow with what their events write."""

    def __init__(self, batch: Batch, rows: Int64s, first_counter: int) -> None:
        self.rows = rows
        self.first_counter = first_counter
        self.cursor = Cursor(0, 0, first_counter)
        self.takes = np.empty((len(rows) + batch.scratch_rows, 2), np.int64)
        self.trace = np.empty(_USUAL_TRACE * len(rows) + TRACE_HEAD + 4 * batch.scratch_rows, np.int64)
        self._batch = batch
        self._uses, self._answers = _Reused(at.USE_COLUMNS), _Reused(at.ANSWER_COLUMNS)
        self._purse = _Reused(at.PURSE_COLUMNS)
        self._scratch = np.empty((at.SCRATCH_PLANES, batch.scratch_rows, at.SCRATCH_COLUMNS), np.int64)

    def rate(self) -> None:
        """Rate all of them."""
        batch = self._batch
        groups = batch.holdings.group[batch.events.holding[self.rows]]
        for first, end in pairwise(cuts(groups, _BLOCK)):
            self._rate_block(self.rows[first:end])

    def _rate_block(self, rows: Int64s) -> None:
        batch, before = self._batch, self.cursor
        uses, answers = self._uses.first(len(rows)), self._answers.first(len(rows))
        purse = self._purse.first(purse_rows(rows, batch.events, batch.holdings))
        gather_events(rows, batch.events, batch.names, uses)
        gather_holdings(rows, batch.events, batch.holdings, batch.buckets, uses, purse)
        self._run(uses, purse, answers)
        scatter_purse(purse, batch.buckets.amount)
        scatter_answers(rows, answers, before.takes, before.trace, batch.answers)

    def _run(self, uses: Int64s, purse: Int64s, answers: Int64s) -> None:
        """Rate a block; as often as there is no more room for takes and traces, make some and go on."""
        batch, row, rated = self._batch, 0, False
        while not rated:
            row, cursor = rate_block(
                row,
                self.cursor,
                batch.book,
                batch.covers,
                uses,
                purse,
                batch.heads,
                batch.counters,
                self._scratch,
                answers,
                self.takes,
                self.trace,
            )
            self.cursor = Cursor(*cursor)
            rated = row == len(uses)
            if not rated:
                self.takes, self.trace = _grown(self.takes), _grown(self.trace)


class _Reused:
    """A matrix whose memory the next block uses again: fresh memory costs the system's time, page by page."""

    def __init__(self, columns: int) -> None:
        self._rows = np.empty((_BLOCK, columns), np.int64)

    def first(self, rows: int) -> Int64s:
        """So many rows, whatever is in them."""
        if rows > len(self._rows):
            self._rows = np.empty((rows + rows // 2, self._rows.shape[1]), np.int64)
        return self._rows[:rows]


def _grown(values: Int64s) -> Int64s:
    """Half as much room again."""
    more = np.empty((len(values) // 2 + 1, *values.shape[1:]), np.int64)
    return np.concatenate([values, more])
