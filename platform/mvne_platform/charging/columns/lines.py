"""Who held the identifiers of a frame when: the rows of the frame get the places of their lines."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import polars as pl

from mvne_platform.charging.columns import statements
from mvne_platform.charging.columns.arrays import EPOCH_US, Ints, UuidArray, Uuids, fetch, uuid_ranks
from mvne_platform.charging.rules import AHEAD
from mvne_platform.runtime import Context

# Columns of a usage frame that name a subscription, each with the kind of identifier in it.
KINDS = {"msisdn": "msisdn", "imsi": "imsi", "iccid": "iccid", "account": "account", "account_2": "account"}
# Instants in whole seconds have so many bits within what event keys can say.
SECOND_BITS = 40
LAST_SECOND = (1 << SECOND_BITS) - 1
NOBODY = -1


@dataclass(frozen=True, slots=True)
class Lines:
    """The subscriptions that are meant, in ascending order of `ids`; the other columns stand beside them.

    `spend_limit` in micros, -1 for none; `special` lines have terms of their own.
    """

    ids: Uuids
    accounts: Uuids
    spend_limit: Ints
    special: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Spans:
    """Half-open spans of seconds for things by number, sorted by (thing, start); those of one thing do not overlap.

    What holds at an instant is found by one search.
    """

    starts: npt.NDArray[np.uint64]
    ends: Ints
    things: Ints

    def at(self, things: Ints, seconds: Ints) -> Ints:
        """The place of the span of each thing that holds at its second, NOBODY without one."""
        wanted = _packed(things, seconds)
        found = np.searchsorted(self.starts, wanted, "right").astype(np.int64) - 1
        safe = np.maximum(found, 0)
        if not len(self.starts):
            return np.full(len(things), NOBODY, np.int64)
        holds = (found >= 0) & (self.things[safe] == things) & (seconds < self.ends[safe])
        return np.where(holds, found, NOBODY)


def spans(things: Ints, begins: Ints, ends: Ints) -> tuple[Spans, Ints]:
    """Spans, and the order into which they were brought."""
    packed = _packed(things, np.clip(begins, 0, LAST_SECOND))
    order = np.argsort(packed, kind="stable")
    return Spans(packed[order], ends[order], things[order]), order


def identify(ctx: Context, frame: pl.DataFrame) -> tuple[Lines, Ints]:
    """The lines that held a frame's identifiers, and for each row the place of its line.

    NOBODY for a row that names no subscription, or several, or lies in the future: rows will say why.
    """
    starts = frame["start"].to_numpy()
    holders = [_holders(ctx, frame[column], kind, starts) for column, kind in KINDS.items() if _is_used(frame, column)]
    used = np.concatenate([ids for ids, _ in holders]) if holders else np.empty((0, 16), np.uint8)
    ids, ranks = uuid_ranks(used)
    place = np.full(len(frame), NOBODY, np.int64)
    several = np.zeros(len(frame), np.bool_)
    first = 0
    for own, rows in holders:
        named = np.where(rows >= 0, ranks[first + np.maximum(rows, 0)] if len(own) else NOBODY, NOBODY)
        several |= (named != NOBODY) & (place != NOBODY) & (named != place)
        place = np.where(named != NOBODY, named, place)
        first += len(own)
    place[several | (starts > _latest(ctx.now))] = NOBODY
    meant, narrowed = np.unique(place[place != NOBODY], return_inverse=True)
    place[place != NOBODY] = narrowed
    return _lines(ctx, ids[meant]), place


def seconds_up(microseconds: Ints) -> Ints:
    """PostgreSQL's microseconds as whole Unix seconds, rounded up: events begin at whole seconds."""
    infinite = microseconds == np.iinfo(np.int64).max
    unix = -(-np.where(infinite, 0, microseconds + EPOCH_US) // 1_000_000)
    return np.where(infinite, LAST_SECOND, np.clip(unix, 0, LAST_SECOND))


def _is_used(frame: pl.DataFrame, column: str) -> bool:
    return frame[column].null_count() < len(frame)


def _holders(ctx: Context, values: pl.Series, kind: str, starts: Ints) -> tuple[Uuids, Ints]:
    """The holds on the values by subscription, and for each row the place of the one that held at its start."""
    asked = values.drop_nulls().unique()
    terms = {"values": asked.str.join("\n").item(), "kind": kind}
    found = fetch(ctx, statements.TENURES, terms)
    if found[0] is None:
        return np.empty((0, 16), np.uint8), np.full(len(values), NOBODY, np.int64)
    things, ids, begins, ends = found
    held, order = spans(things, seconds_up(begins), seconds_up(ends))
    numbers = values.replace_strict(asked, np.arange(len(asked)), default=NOBODY, return_dtype=pl.Int64)
    places = numbers.fill_null(NOBODY).to_numpy()
    at = held.at(np.maximum(places, 0), starts)
    return ids[order], np.where(places >= 0, at, NOBODY)


def _lines(ctx: Context, ids: Uuids) -> Lines:
    if not len(ids):
        nothing = np.empty(0, np.int64)
        return Lines(ids, ids, nothing, nothing.astype(np.bool_))
    found, accounts, limits, special = fetch(ctx, statements.LINES, {"lines": UuidArray(ids)})
    return Lines(found, accounts, limits, special.astype(np.bool_))


def _latest(now: datetime) -> float:
    return (now + AHEAD).timestamp()


def _packed(things: Ints, seconds: Ints) -> npt.NDArray[np.uint64]:
    return (things.astype(np.uint64) << np.uint64(SECOND_BITS)) | seconds.astype(np.uint64)
