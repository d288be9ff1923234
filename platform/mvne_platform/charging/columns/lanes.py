"""Which rows of a chunk go as columns, and which one by one because something about them is out of the ordinary.

One by one go rows that cannot be rated (the row's way knows the words) and parts of calls; and with them everything of
their charging groups, so that each group is rated in one place, in order.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

import numpy as np
import numpy.typing as npt
import polars as pl

from mvne_platform import balances, mediation
from mvne_platform.catalogue import Tariff
from mvne_platform.charging import loading
from mvne_platform.charging.columns.arrays import Ints
from mvne_platform.charging.columns.holdings import Holdings, holdings_of
from mvne_platform.charging.columns.lines import NOBODY, Lines, identify
from mvne_platform.charging.rules import Identified
from mvne_platform.charging.subjects import tariff_of
from mvne_platform.mediation import Row, Unrated, UsageFile
from mvne_platform.mediation import columns as frames
from mvne_platform.runtime import Context

Mask = npt.NDArray[np.bool_]
_BITS = 64


@dataclass(frozen=True, slots=True)
class Lanes:
    """A chunk's rows.

    `fast` are the rows of `frame` that go as columns, by charging group and key, with line and span beside.

    `tariffs` are by the place of the terms, None where none is there. `group_of` is the charging group of a line:
    a line's own place, or that of the first line with which it shares. `slow` go one by one; `unrated` and `collected`
    are done with.
    """

    frame: pl.DataFrame
    lines: Lines
    holdings: Holdings
    tariffs: tuple[Tariff | None, ...]
    group_of: Ints
    fast: Ints
    line: Ints
    span: Ints
    slow: list[Identified]
    unrated: list[Unrated]
    collected: int

    @property
    def charging_groups(self) -> Ints:
        """The charging group of each line, numbered from 0 in the order of their first lines."""
        first = self.group_of == np.arange(len(self.group_of))
        return (np.cumsum(first) - 1)[self.group_of]


@dataclass(frozen=True, slots=True)
class Placed:
    """The rows of a frame with their lines and spans of holdings, NOBODY where there is none; `fast` may go as columns.

    `order` has the places of the fast rows in the order in which they are rated. Nothing of it is locked, so it may be
    found before the transaction that rates the rows.
    """

    frame: pl.DataFrame
    lines: Lines
    holdings: Holdings
    tariffs: tuple[Tariff | None, ...]
    group_of: Ints
    line: Ints
    span: Ints
    fast: Mask
    order: Ints


def place(ctx: Context, read: frames.ColumnsRead) -> Placed:
    """Find whose the rows are, and by which terms; nothing is written."""
    frame = frames.with_number_data(read.frame, mediation.number_data(ctx)) if len(read.frame) else read.frame
    lines, line = identify(ctx, frame)
    holdings = holdings_of(ctx, lines, frame, line)
    span = np.full(len(frame), NOBODY, np.int64)
    named = line != NOBODY
    span[named] = holdings.spans.at(line[named], frame["start"].to_numpy()[named])
    tariffs = tuple(tariff_of(ctx, one.price_list) if one.price_list else None for one in holdings.kinds)
    priced = np.array([one is not None for one in tariffs] or [False])
    fast = span != NOBODY
    fast[fast] = priced[holdings.terms[span[fast]]]
    group_of = _groups(len(lines), holdings.groups)
    order = _rating_order(frame, np.flatnonzero(fast), line, group_of)
    return Placed(frame, lines, holdings, tariffs, group_of, line, span, fast, order)


def _rating_order(frame: pl.DataFrame, rows: Ints, line: Ints, group_of: Ints) -> Ints:
    """Rows by charging group and key; the same event of the same line by its place in the file."""
    group, high = group_of[line[rows]].astype(np.uint64), frame["key_hi"].to_numpy()[rows]
    if len(rows):
        # Group and key in one number, where they fit and tell the rows apart, which sorts several times as fast.
        above = high - high.min()
        bits = int(above.max()).bit_length()
        packed = group << np.uint64(bits) | above
        order = np.argsort(packed, kind="stable")
        distinct = np.diff(packed[order]).all() if int(group.max()).bit_length() + bits <= _BITS else False
        if distinct:
            return rows[order]
    return rows[np.lexsort((rows, line[rows], frame["key_lo"].to_numpy()[rows], high, group))]


def split(ctx: Context, file: UsageFile, read: frames.ColumnsRead, placed: Placed | None = None) -> Lanes:
    """Part what was read into what goes as columns and what goes one by one; nothing is locked yet."""
    found = placed or place(ctx, read)
    group_of, fast = found.group_of, found.fast
    odd = loading.identify_rows(ctx, file.id, [*read.parts, *read.faults, *_rows(ctx, file, read, ~fast)])
    along = _drawn_along(ctx, odd.identified, found, group_of)
    drawn = fast & np.isin(group_of[np.maximum(found.line, 0)], along) if len(along) else np.zeros(len(fast), np.bool_)
    more = loading.identify_rows(ctx, file.id, _rows(ctx, file, read, drawn))
    at = found.order[~drawn[found.order]] if drawn.any() else found.order
    return Lanes(
        frame=found.frame,
        lines=found.lines,
        holdings=found.holdings,
        tariffs=found.tariffs,
        group_of=group_of,
        fast=at,
        line=found.line[at],
        span=found.span[at],
        slow=odd.identified + more.identified,
        unrated=odd.unrated + more.unrated,
        collected=odd.collected,
    )


def rows_at(ctx: Context, file: UsageFile, read: frames.ColumnsRead, numbers: Iterable[int]) -> list[Row]:
    """Rows of the chunk by their numbers, as the row reader answers them."""
    path, settings = mediation.path_of(file.stored_as), mediation.settings_of(ctx, file.format)
    return frames.rows_at(file.format, path, settings, read, numbers)


def _rows(ctx: Context, file: UsageFile, read: frames.ColumnsRead, wanted: Mask) -> list[Row]:
    return rows_at(ctx, file, read, read.frame["row"].to_numpy()[wanted].tolist()) if wanted.any() else []


def _groups(count: int, groups: Mapping[int, frozenset[UUID]]) -> Ints:
    """The charging group of each line: those that have a sharing group in common are one."""
    first = np.arange(count)
    by_group: dict[UUID, int] = {}
    for line in sorted(groups):
        for group in groups[line]:
            one, other = _root(first, line), _root(first, by_group.setdefault(group, line))
            first[max(one, other)] = min(one, other)
    for line in sorted(groups):
        first[line] = _root(first, line)
    return first


def _root(first: Ints, line: int) -> int:
    while first[line] != line:
        line = int(first[line])
    return line


def _drawn_along(ctx: Context, slow: Collection[Identified], found: Placed, group_of: Ints) -> Ints:
    """The charging groups to which rows that go one by one belong too."""
    if not slow:
        return np.empty(0, np.int64)
    subscriptions = {one.id.subscription_id for one in slow}
    sharing = balances.sharing_of(ctx, subscriptions)
    shared = {one.group_id for spans in sharing.values() for one in spans}
    drawn = [group_of[line] for line, groups in found.holdings.groups.items() if groups & shared]
    places = {UUID(bytes=one.tobytes()): number for number, one in enumerate(found.lines.ids)}
    drawn += [group_of[places[one]] for one in subscriptions if one in places]
    return np.unique(np.array(drawn, np.int64))
