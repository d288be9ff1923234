"""What lines and sharing groups hold, as the kernel wants it, and what it took and counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

import numpy as np
import numpy.typing as npt
import polars as pl

from mvne_platform import balances
from mvne_platform.balances import MAIN, CounterKey
from mvne_platform.charging.columns import statements
from mvne_platform.charging.columns.arrays import EPOCH_US, InstantArray, Ints, UuidArray, Uuids, fetch, halves
from mvne_platform.charging.columns.lines import seconds_up
from mvne_platform.kernel import Unit, start_of_day
from mvne_platform.rating import kernel
from mvne_platform.runtime import Context

_UNITS = list(Unit)


@dataclass(frozen=True, slots=True)
class Owners:
    """Whose buckets are wanted: lines by place, then sharing groups; `group_of` is the charging group of each."""

    ids: Uuids
    lines: int
    group_of: Ints
    charging_groups: int


class Counted(Protocol):
    """Answers of which counters are moved."""

    @property
    def accrued(self) -> Ints:
        """By event, micros that are billed later."""

    @property
    def counter(self) -> npt.NDArray[np.int32]:
        """By event, the place of the tiers' counter."""

    @property
    def counted(self) -> Ints:
        """By event, units that tiers count."""


@dataclass(frozen=True, slots=True)
class Buckets:
    """The buckets' ids, in the order of the state's rows."""

    ids: Uuids


def read_state(
    ctx: Context,
    owners: Owners,
    earliest: datetime,
    prepaid: Ints,
    counters: tuple[Ints, Ints, Ints, Ints],
) -> tuple[kernel.PurseState, Buckets]:
    """Buckets of the owners, and counters as read; who pays in advance (`prepaid`) gets money where there is none.

    The purses are locked.
    """
    found = _buckets(ctx, owners, earliest)
    without = np.setdiff1d(prepaid, found.owner[found.main], assume_unique=False)
    if len(without):
        balances.open_money_of_many(ctx, [UUID(bytes=owners.ids[one].tobytes()) for one in without])
        found = _buckets(ctx, owners, earliest)
    order = np.lexsort((found.rank, found.priority, owners.group_of[found.owner]))
    one = found.in_order(order)
    grouped = owners.group_of[one.owner]
    subscription, code, period, amount = counters
    state = kernel.PurseState(
        offsets=np.searchsorted(grouped, np.arange(owners.charging_groups + 1)).astype(np.int64),
        subscription=np.where(one.owner < owners.lines, one.owner, kernel.NONE).astype(np.int32),
        sharing=np.where(one.owner >= owners.lines, one.owner - owners.lines, kernel.NONE).astype(np.int32),
        unit=one.unit,
        currency=one.currency,
        amount=one.amount.copy(),
        services=one.services,
        zones=one.zones,
        valid_from=one.valid_from,
        valid_to=one.valid_to,
        main=one.main,
        counter_subscription=subscription.astype(np.int32),
        counter_code=code.astype(np.int32),
        counter_period=period.astype(np.int32),
        counter_amount=amount.copy(),
        currencies=one.kinds.currencies,
        zone_sets=one.kinds.zone_sets,
    )
    return state, Buckets(one.ids)


def read_counters(
    ctx: Context, lines: Uuids, periods: Sequence[date], codes: Mapping[str, int]
) -> tuple[Ints, Ints, Ints, Ints]:
    """What the lines have counted in the periods under the codes: line, code, day of the period, value."""
    nothing = np.empty(0, np.int64)
    if not len(lines) or not periods:
        return nothing, nothing, nothing, nothing
    starts = np.array([_microseconds(day, ctx.brand.time_zone) for day in periods], np.int64)
    terms = {"lines": UuidArray(lines), "periods": InstantArray(starts)}
    numbers, places, values, names = fetch(ctx, statements.COUNTERS, terms)
    if numbers is None:
        return nothing, nothing, nothing, nothing
    days = np.array([kernel.day_number(day) for day in periods], np.int64)[places]
    coded = _coded(names.split("\n"), codes)
    known = coded >= 0
    return numbers[known], coded[known], days[known], values[known]


def _coded(names: list[str], codes: Mapping[str, int]) -> Ints:
    series = pl.Series(names)
    numbers = series.replace_strict(pl.Series(list(codes)), pl.Series(list(codes.values())), default=-1)
    return numbers.cast(pl.Int64).to_numpy()


def _microseconds(day: date, zone: str) -> int:
    return int(start_of_day(day, zone).timestamp()) * 1_000_000 - EPOCH_US


@dataclass(frozen=True, slots=True)
class _Kinds:
    """What buckets differ in, by place in `names`; sets of zones and currencies are numbered."""

    unit: npt.NDArray[np.int8]
    currency: npt.NDArray[np.int32]
    services: Ints
    zones: npt.NDArray[np.int32]
    main: npt.NDArray[np.bool_]
    currencies: tuple[str, ...]
    zone_sets: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """Buckets as read; `rank` is their order by end, to the microsecond, and id."""

    kinds: _Kinds
    owner: Ints
    ids: Uuids
    amount: Ints
    priority: Ints
    valid_from: Ints
    valid_to: Ints
    rank: Ints
    kind: Ints

    def in_order(self, order: Ints) -> "_Found":
        """The same buckets in another order."""
        columns = ("owner", "ids", "amount", "priority", "valid_from", "valid_to", "rank", "kind")
        return _Found(self.kinds, *(getattr(self, column)[order] for column in columns))

    @property
    def unit(self) -> npt.NDArray[np.int8]:
        """By bucket, the place of its unit."""
        return self.kinds.unit[self.kind]

    @property
    def currency(self) -> npt.NDArray[np.int32]:
        """By bucket, the place of its currency."""
        return self.kinds.currency[self.kind]

    @property
    def services(self) -> Ints:
        """By bucket, the mask of its services."""
        return self.kinds.services[self.kind]

    @property
    def zones(self) -> npt.NDArray[np.int32]:
        """By bucket, the place of its set of zones."""
        return self.kinds.zones[self.kind]

    @property
    def main(self) -> npt.NDArray[np.bool_]:
        """By bucket, whether it may go below zero."""
        return self.kinds.main[self.kind]


def _buckets(ctx: Context, owners: Owners, earliest: datetime) -> _Found:
    terms = {"purses": UuidArray(owners.ids), "earliest": earliest}
    owner, ids, amount, priority, begins, ends, kinds = fetch(ctx, statements.BUCKETS, terms)
    if owner is None:
        none = np.empty(0, np.int64)
        return _Found(_kinds([]), none, np.empty((0, 16), np.uint8), none, none, none, none, none, none)
    names = pl.Series(kinds.split("\n"))
    distinct = names.unique(maintain_order=True)
    kind = names.replace_strict(distinct, pl.Series(np.arange(len(distinct))), return_dtype=pl.Int64).to_numpy()
    valid_to = np.where(ends == np.iinfo(np.int64).max, kernel.FOREVER, seconds_up(ends))
    high, low = halves(ids)
    rank = np.empty(len(ids), np.int64)
    rank[np.lexsort((low, high, ends))] = np.arange(len(ids))
    return _Found(_kinds(distinct.to_list()), owner, ids, amount, priority, seconds_up(begins), valid_to, rank, kind)


def _kinds(names: list[str]) -> _Kinds:
    currencies: dict[str, int] = {}
    zone_sets: dict[frozenset[str], int] = {}
    rows: list[tuple[Any, ...]] = []
    for name in names:
        code, unit, currency, services, zones = name.split("\x1f")
        listed = frozenset(zones.split("\x1e")) if zones else frozenset()
        rows.append(
            (
                _UNITS.index(Unit(unit)),
                currencies.setdefault(currency, len(currencies)) if currency else kernel.NONE,
                kernel.service_mask(services.split("\x1e") if services else ()),
                zone_sets.setdefault(listed, len(zone_sets)) if listed else kernel.NONE,
                code == MAIN and unit == Unit.MONEY,
            )
        )
    columns = list(zip(*rows, strict=True)) if rows else [(), (), (), (), ()]
    return _Kinds(
        np.array(columns[0], np.int8),
        np.array(columns[1], np.int32),
        np.array(columns[2], np.int64),
        np.array(columns[3], np.int32),
        np.array(columns[4], np.bool_),
        tuple(currencies),
        tuple(zone_sets),
    )


def counted(
    rated: Counted, lines: Uuids, line: Ints, period: Ints, codes: Sequence[str], zone: str
) -> dict[CounterKey, int]:
    """What each line's counters move by: micros accrued, and units that tiers count. `period` is the day it begins."""
    spent = _summed(line, period, np.zeros(len(line), np.int64), rated.accrued)
    tiers = rated.counter >= 0
    volumes = _summed(line[tiers], period[tiers], rated.counter[tiers].astype(np.int64), rated.counted[tiers])
    starts = {int(day): start_of_day(kernel.day_of(int(day)), zone) for day in np.unique(period)}
    return {
        CounterKey(UUID(bytes=lines[one].tobytes()), codes[code], starts[day]): amount
        for one, day, code, amount in (*spent, *volumes)
    }


def _summed(line: Ints, period: Ints, code: Ints, amount: Ints) -> list[tuple[int, int, int, int]]:
    if not len(line):
        return []
    packed = (line << 32) | (period << 12) | code
    keys, places = np.unique(packed, return_inverse=True)
    sums = np.zeros(len(keys), np.int64)
    np.add.at(sums, places, amount)
    columns = (keys >> 32, (keys >> 12) & 0xFFFFF, keys & 0xFFF, sums)
    return [row for row in zip(*(column.tolist() for column in columns), strict=True) if row[3]]
