"""Reading the next rows of a usage file as columns."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path
from typing import Protocol

import numpy as np
import polars as pl

from mvne_platform.mediation.columns import mvne_csv, slices
from mvne_platform.mediation.columns.frame import FRAME, frame_of_events
from mvne_platform.mediation.columns.slices import Block
from mvne_platform.mediation.described_formats import settings_of
from mvne_platform.mediation.formats import Fault, FormatSettings, Position, Row, reader_of
from mvne_platform.mediation.formats.lines import lines
from mvne_platform.mediation.models import UsageFile
from mvne_platform.mediation.storage import path_of
from mvne_platform.mediation.usage import UsageEvent
from mvne_platform.runtime import Context


class Layout(Protocol):
    """What a columnar reader knows of one file."""

    def frame(self, block: Block, first: int) -> tuple[pl.DataFrame, np.ndarray]:
        """The rows of a block that it can take, the first line being `first`, and which lines they are."""


# Readers of layouts, each with the number of lines before the first record.
LAYOUTS: dict[str, tuple[Callable[[Path], Layout], int]] = {"mvne-csv": (mvne_csv.layout, mvne_csv.HEADER_LINES)}


@dataclass(frozen=True, slots=True)
class ColumnsRead:
    """Rows read from one position on, each in exactly one place.

    `frame` has the events (see FRAME), `parts` the events that are parts of a longer call, `faults` what is no event;
    all in the order of the file. Row `first + i` ends at byte `ends[i]`; `end` is where to go on. `finished` says that
    the file has no more; while it does not, there may still be none.
    """

    frame: pl.DataFrame
    parts: list[Row]
    faults: list[Row]
    start: Position
    first: int
    ends: np.ndarray
    end: Position
    finished: bool

    @property
    def rows(self) -> int:
        """How many rows were read."""
        return len(self.ends)

    def before(self, row: int) -> Position:
        """The position from which the reader answers row `row` first."""
        done = row - self.first
        return Position(self.start.rows + done, int(self.ends[done - 1])) if done else self.start


def columns_of(ctx: Context, file: UsageFile, rows: int) -> ColumnsRead:
    """The next rows of a file that are not accounted for yet; raises StoredFileMissing, FileRejected."""
    start = Position(file.rows_done, file.bytes_done)
    return read_columns(file.format, path_of(file.stored_as), settings_of(ctx, file.format), start, rows)


def read_columns(format_name: str, path: Path, settings: FormatSettings, start: Position, rows: int) -> ColumnsRead:
    """At most `rows` rows from `start` on; a format without a columnar reader goes row by row. Raises FileRejected."""
    if format_name not in LAYOUTS:
        return _by_rows(format_name, path, settings, start, rows)
    open_layout, header_lines = LAYOUTS[format_name]
    layout = open_layout(path)
    start = start if start.offset else Position(0, _after(path, header_lines))
    first = start.rows + header_lines + 1
    frames: list[pl.DataFrame] = []
    others: list[Row] = []
    ends: list[np.ndarray] = []
    done = start
    for block in slices.blocks(path, start.offset, rows):
        frame, taken = layout.frame(block, first + done.rows - start.rows)
        absolute = block.ends + block.offset
        others += _left_over(reader_of(format_name, settings), path, settings, done, absolute, taken)
        frames.append(frame)
        ends.append(absolute)
        done = Position(done.rows + len(absolute), int(absolute[-1]))
    finished = done.offset >= path.stat().st_size
    return _sorted(frames, others, start, first, ends, finished=finished)


def rows_at(
    format_name: str, path: Path, settings: FormatSettings, read: ColumnsRead, numbers: Iterable[int]
) -> list[Row]:
    """The same rows as the row reader answers them: with their text, and with everything that an event says."""
    reader = reader_of(format_name, settings)
    found: list[Row] = []
    for run in _runs(sorted(numbers)):
        found += islice(reader(path, settings, read.before(run[0])), len(run))
    return found


def _left_over(
    reader: Callable[[Path, FormatSettings, Position], Iterator[Row]],
    path: Path,
    settings: FormatSettings,
    start: Position,
    ends: np.ndarray,
    taken: np.ndarray,
) -> Iterator[Row]:
    for run in _runs(np.flatnonzero(~taken).tolist()):
        place = run[0]
        begin = Position(start.rows + place, int(ends[place - 1])) if place else start
        yield from islice(reader(path, settings, begin), len(run))


def _runs(numbers: Sequence[int]) -> Iterator[list[int]]:
    """Neighbouring numbers together."""
    for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        yield [number for _, number in run]


def _by_rows(format_name: str, path: Path, settings: FormatSettings, start: Position, rows: int) -> ColumnsRead:
    read = list(islice(reader_of(format_name, settings)(path, settings, start), rows))
    first = read[0].number if read else start.rows + 1
    ends = [np.array([row.end for row in read], np.int64)] if read else []
    return _sorted([], read, start, first, ends, finished=len(read) < rows)


def _sorted(
    frames: list[pl.DataFrame],
    others: list[Row],
    start: Position,
    first: int,
    ends: list[np.ndarray],
    *,
    finished: bool,
) -> ColumnsRead:
    """Put each row in its place: quoted rows, which only the row reader takes, are events like others."""
    events = [row for row in others if isinstance(row.outcome, UsageEvent) and row.outcome.part is None]
    parts = [row for row in others if isinstance(row.outcome, UsageEvent) and row.outcome.part is not None]
    faults = [row for row in others if isinstance(row.outcome, Fault)]
    frame = pl.concat([*frames, frame_of_events(events)]) if frames or events else pl.DataFrame(schema=FRAME)
    joined = np.concatenate(ends) if ends else np.empty(0, np.int64)
    end = Position(start.rows + len(joined), int(joined[-1]) if len(joined) else start.offset)
    ordered = frame.sort("row") if events and frames else frame
    return ColumnsRead(ordered, parts, faults, start, first, joined, end, finished)


def _after(path: Path, count: int) -> int:
    """The byte after the first `count` lines."""
    return next(line.end for line in islice(lines(path, 0), count - 1, count))
