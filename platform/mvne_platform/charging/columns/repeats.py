"""The rows of a chunk in the order in which they are rated, without those whose event is there already.

It is there when it was rated before, by a row of this file or of another, or when it was charged online.
"""

from dataclasses import dataclass
from uuid import UUID

import numpy as np
import numpy.typing as npt
import polars as pl
from sqlalchemy import select

from mvne_platform.charging import online, rules
from mvne_platform.charging.columns import statements
from mvne_platform.charging.columns.arrays import Ints, UuidArray, fetch, from_halves
from mvne_platform.charging.columns.lanes import Lanes, rows_at
from mvne_platform.charging.columns.locking import Halves, Locked
from mvne_platform.charging.rules import Place
from mvne_platform.mediation import Unrated, UsageFile
from mvne_platform.mediation import columns as frames
from mvne_platform.runtime import Context

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Fresh:
    """New events, group by charging group and in the order of keys: rows of the frame, line and span beside."""

    rows: Ints
    line: Ints
    span: Ints
    key_hi: Halves
    key_lo: Halves


def find(
    ctx: Context, file: UsageFile, read: frames.ColumnsRead, lanes: Lanes, locked: Locked
) -> tuple[Fresh, list[Unrated]]:
    """Part from the fast rows repeats of the same chunk and of what is rated already, then what was charged online."""
    high, low = (lanes.frame[half].to_numpy()[lanes.fast] for half in ("key_hi", "key_lo"))
    ordered = Fresh(lanes.fast, lanes.line, lanes.span, high, low)
    again = _repeats_before(ordered)
    first = np.maximum.accumulate(np.where(again, 0, np.arange(len(again))))
    known = _known(ctx, ordered, lanes, locked, ~again)
    new = ~again & ~known.found
    charged = _charged_online(ctx, ordered, lanes, new)
    stays = new & ~charged
    if stays.all():
        return ordered, []
    fresh = Fresh(*(getattr(ordered, name)[stays] for name in Fresh.__slots__))
    repeated = _unrated(ctx, file, read, lanes, ordered, np.flatnonzero(~new), first, known)
    return fresh, repeated + _correlated(ctx, file, read, lanes, lanes.fast[charged])


@dataclass(frozen=True, slots=True)
class _Known:
    """By row, whether its event is rated already, and where it was first: file by number in `names`, and line."""

    found: Mask
    file: Ints
    line: Ints
    names: tuple[str | None, ...]


def _repeats_before(ordered: Fresh) -> Mask:
    """Which rows have the event of the row before."""
    again = np.zeros(len(ordered.rows), np.bool_)
    same = [column[1:] == column[:-1] for column in (ordered.line, ordered.key_hi, ordered.key_lo)]
    again[1:] = same[0] & same[1] & same[2]
    return again


def _known(ctx: Context, ordered: Fresh, lanes: Lanes, locked: Locked, first: Mask) -> _Known:
    """Look up the events up to which their line has been rated; later ones cannot be there."""
    reached_hi, reached_lo = locked.rated_hi[ordered.line], locked.rated_lo[ordered.line]
    beyond = (ordered.key_hi > reached_hi) | ((ordered.key_hi == reached_hi) & (ordered.key_lo > reached_lo))
    asked = np.flatnonzero(first & ~beyond)
    count = len(ordered.rows)
    nothing = _Known(np.zeros(count, np.bool_), np.zeros(count, np.int64), np.zeros(count, np.int64), ())
    if not len(asked):
        return nothing
    keys = from_halves(ordered.key_hi[asked], ordered.key_lo[asked])
    terms = {"lines": UuidArray(lanes.lines.ids[ordered.line[asked]]), "keys": UuidArray(keys)}
    numbers, files, lines = fetch(ctx, statements.KNOWN_EVENTS, terms)
    if numbers is None:
        return nothing
    ids, places = np.unique(files, axis=0, return_inverse=True)
    at = asked[numbers]
    nothing.found[at], nothing.file[at], nothing.line[at] = True, places, lines
    return _Known(nothing.found, nothing.file, nothing.line, _names(ctx, [UUID(bytes=one.tobytes()) for one in ids]))


def _names(ctx: Context, ids: list[UUID]) -> tuple[str | None, ...]:
    wanted = select(UsageFile.id, UsageFile.name).where(UsageFile.id.in_(ids))
    names = {row.id: row.name for row in ctx.db.execute(wanted)}
    return tuple(names.get(one) for one in ids)


def _unrated(
    ctx: Context,
    file: UsageFile,
    read: frames.ColumnsRead,
    lanes: Lanes,
    ordered: Fresh,
    repeated: Ints,
    first: Ints,
    known: _Known,
) -> list[Unrated]:
    if not len(repeated):
        return []
    numbers = lanes.frame["row"].to_numpy()[ordered.rows]
    texts = {row.number: row for row in rows_at(ctx, file, read, numbers[repeated].tolist())}
    found = []
    for one in repeated:
        origin = first[one]
        place = Place(file.name, int(numbers[origin]))
        if known.found[origin]:
            place = Place(known.names[known.file[origin]], int(known.line[origin]))
        found.append(rules.repeated(texts[int(numbers[one])], place, file.name))
    return found


def _charged_online(ctx: Context, ordered: Fresh, lanes: Lanes, new: Mask) -> Mask:
    """Which of the new events were charged online, by subscription and charging id. Their purses are locked."""
    charged = np.zeros(len(new), np.bool_)
    names = lanes.frame["correlation"]
    if names.null_count() == len(names):
        return charged
    asked = names.gather(ordered.rows)
    used = online.correlated(ctx, asked.filter(pl.Series(new)).drop_nulls().unique().to_list())
    if not used:
        return charged
    somebodys = asked.is_in([name for _, name in used]).fill_null(value=False).to_numpy()
    for one in np.flatnonzero(new & somebodys):
        charged[one] = (UUID(bytes=lanes.lines.ids[ordered.line[one]].tobytes()), asked[int(one)]) in used
    return charged


def _correlated(ctx: Context, file: UsageFile, read: frames.ColumnsRead, lanes: Lanes, rows: Ints) -> list[Unrated]:
    if not len(rows):
        return []
    names = dict(zip(*lanes.frame.select("row", "correlation")[rows], strict=True))
    return [rules.charged_online(row, names[row.number]) for row in rows_at(ctx, file, read, names)]
