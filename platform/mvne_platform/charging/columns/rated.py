"""Rating a chunk's new events with the kernel, from what their purses hold."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from threading import Lock
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
import polars as pl

from mvne_platform import catalogue
from mvne_platform.balances import CounterKey
from mvne_platform.catalogue import NumberClass, OfflineDebit, PaymentMode, Tariff
from mvne_platform.charging.columns import state
from mvne_platform.charging.columns.arrays import Ints
from mvne_platform.charging.columns.lanes import Lanes
from mvne_platform.charging.columns.locking import Locked, uuids
from mvne_platform.charging.columns.repeats import Fresh
from mvne_platform.charging.columns.state import Owners
from mvne_platform.kernel import first_of_next_month, local_date, start_of_day
from mvne_platform.rating import Outcome, kernel
from mvne_platform.runtime import Context
from mvne_platform.subscriptions import LineDiscount

_OUTCOMES = list(Outcome)
_MODES = list(PaymentMode)
_POLICIES = list(OfflineDebit)
_CLASSES = {one.value: place for place, one in enumerate(NumberClass)}


@dataclass(frozen=True, slots=True)
class Prepared:
    """New events as the kernel takes them, with what their purses hold; `groups` are the sharing groups by number."""

    lanes: Lanes
    locked: Locked
    fresh: Fresh
    events: kernel.EventColumns
    holdings: kernel.HoldingTable
    tariffs: kernel.CompiledTariffs
    purses: kernel.PurseState
    buckets: state.Buckets
    groups: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Answers:
    """What the chunk needs of the kernel's answers once the events are written; the same columns, without traces."""

    outcome: npt.NDArray[np.int8]
    reason: npt.NDArray[np.int8]
    accrued: Ints
    counter: npt.NDArray[np.int32]
    counted: Ints
    take_bucket: npt.NDArray[np.int32]
    take_quantity: Ints

    @classmethod
    def none(cls) -> "Answers":
        """No answers."""
        code, place, number = np.empty(0, np.int8), np.empty(0, np.int32), np.empty(0, np.int64)
        return cls(code, code, number, place, number, place, number)

    @classmethod
    def joined(cls, parts: Sequence["Answers"]) -> "Answers":
        """The answers of slices, in their order."""
        columns: list[Any] = [np.concatenate([getattr(part, name) for part in parts]) for name in cls.__slots__]
        return cls(*columns)

    @property
    def failed(self) -> npt.NDArray[np.bool_]:
        """Which events were not rated."""
        return np.asarray(self.outcome == _OUTCOMES.index(Outcome.FAILED))

    @property
    def outcomes(self) -> dict[str, int]:
        """How many events were rated, not chargeable or barred."""
        counts = np.bincount(self.outcome[~self.failed], minlength=len(_OUTCOMES))
        return {one.value: int(count) for one, count in zip(_OUTCOMES, counts, strict=True) if count}


def prepare(ctx: Context, lanes: Lanes, locked: Locked, fresh: Fresh) -> Prepared:
    """Read what pays for the new events; nothing is written but missing money buckets. The purses are locked."""
    host = catalogue.wholesale_tariff(ctx)
    tariffs = compiled(tuple(one for one in lanes.tariffs if one) + ((host,) if host else ()))
    groups = tuple(sorted(frozenset().union(*lanes.holdings.groups.values())))
    holdings, holding = _holdings(lanes, fresh, groups, with_host=host is not None)
    period = _periods(lanes, locked, fresh, ctx.brand.time_zone)
    events = _events(lanes, fresh, holding, period)
    purses, buckets = _state(ctx, lanes, locked, holdings, period, groups, tariffs)
    return Prepared(lanes, locked, fresh, events, holdings, tariffs, purses, buckets, groups)


def slices(prepared: Prepared, rows: int) -> Iterator[slice]:
    """The events in pieces of whole charging groups, each of `rows` or a few more."""
    groups = prepared.holdings.group[prepared.events.holding]
    begins = np.append(0, np.flatnonzero(np.diff(groups)) + 1)
    first = 0
    while first < len(groups):
        after = np.searchsorted(begins, first + rows)
        end = int(begins[after]) if after < len(begins) else len(groups)
        yield slice(first, end)
        first = end


def part_of(prepared: Prepared, piece: slice) -> Prepared:
    """A piece of the events, with the same purses."""
    columns = {name: getattr(prepared.events, name)[piece] for name in _EVENT_COLUMNS}
    fresh = Fresh(*(getattr(prepared.fresh, name)[piece] for name in Fresh.__slots__))
    return replace(prepared, fresh=fresh, events=replace(prepared.events, **columns))


def counted(ctx: Context, prepared: Prepared, answers: Answers) -> dict[CounterKey, int]:
    """What the events add to counters."""
    lines, period = prepared.fresh.line, prepared.events.period.astype(np.int64)
    codes = prepared.tariffs.counters
    return state.counted(answers, prepared.lanes.lines.ids, lines, period, codes, ctx.brand.time_zone)


_EVENT_COLUMNS = (
    *("start", "service", "quantity", "answered", "number", "network", "operator", "number_class"),
    *("holding", "period"),
)


_compiled: dict[tuple[object, ...], kernel.CompiledTariffs] = {}
_compiling = Lock()
_KEPT = 4


def compiled(tariffs: tuple[Tariff, ...]) -> kernel.CompiledTariffs:
    """The price lists as the kernel wants them; the last few sets are kept, for chunk after chunk asks for the same."""
    key = tuple(
        (one.code, one.currency, one.time_zone, tuple(one.holidays.items()), tuple(v.id for v in one.versions))
        for one in tariffs
    )
    with _compiling:
        found = _compiled.pop(key, None) or kernel.compile_tariffs(tariffs)
        _compiled[key] = found
        while len(_compiled) > _KEPT:
            del _compiled[next(iter(_compiled))]
    return found


def _holdings(
    lanes: Lanes, fresh: Fresh, groups: Sequence[UUID], *, with_host: bool
) -> tuple[kernel.HoldingTable, npt.NDArray[np.int32]]:
    """The spans that the events lie in, and for each event the row of its span."""
    used, holding = np.unique(fresh.span, return_inverse=True)
    line, terms = lanes.holdings.spans.things[used], lanes.holdings.terms[used]
    kinds = lanes.holdings.kinds
    places: dict[UUID | None, int] = {group: place for place, group in enumerate(groups)}
    numbers = np.cumsum([one is not None for one in lanes.tariffs]) - 1
    host = int(numbers[-1]) + 1 if with_host and len(numbers) else kernel.NONE
    table = kernel.HoldingTable(
        group=lanes.charging_groups[line].astype(np.int32),
        subscription=line.astype(np.int32),
        sharing=np.array([places.get(one.group, kernel.NONE) for one in kinds], np.int32)[terms],
        tariff=numbers[terms].astype(np.int32),
        wholesale=np.full(len(used), host, np.int32),
        payment_mode=np.array([_MODES.index(one.payment_mode) for one in kinds], np.int8)[terms],
        offline_debit=np.array([_POLICIES.index(one.offline_debit) for one in kinds], np.int8)[terms],
        spend_limit=lanes.lines.spend_limit[line],
        **discount_columns([kinds[one].discounts for one in terms]),
    )
    return table, holding.astype(np.int32)


def discount_columns(rows: Sequence[Sequence[LineDiscount]]) -> dict[str, Any]:
    """The discounts of holdings, as the holding table has them."""
    zone_sets: dict[frozenset[str], int] = {}
    listed = [one for row in rows for one in row]
    zones = [zone_sets.setdefault(frozenset(one.zones), len(zone_sets)) if one.zones else kernel.NONE for one in listed]
    return {
        "discount_offsets": np.cumsum([0, *map(len, rows)], dtype=np.int64),
        "discount_bp": np.array([one.basis_points for one in listed], np.int64),
        "discount_services": np.array([kernel.service_mask(one.services) for one in listed], np.int64),
        "discount_zones": np.array(zones, np.int32),
        "discount_from": np.array([kernel.seconds_up(one.valid_from) for one in listed], np.int64),
        "discount_to": np.array([kernel.seconds_up(one.valid_to) for one in listed], np.int64),
        "zone_sets": tuple(zone_sets),
    }


def _periods(lanes: Lanes, locked: Locked, fresh: Fresh, zone: str) -> npt.NDArray[np.int32]:
    """The day at which each event's bill period begins: its own month's first, or the first that is not billed."""
    starts = lanes.frame["start"].to_numpy()[fresh.rows]
    months = month_days(starts, zone)
    return np.maximum(months, locked.billed_until[fresh.line]).astype(np.int32)


def month_days(starts: Ints, zone: str) -> Ints:
    """The first day of each instant's month on the wall in `zone`, in days since 1970."""
    if not len(starts):
        return np.empty(0, np.int64)
    firsts = [local_date(datetime.fromtimestamp(int(starts.min()), UTC), zone).replace(day=1)]
    last = local_date(datetime.fromtimestamp(int(starts.max()), UTC), zone)
    while first_of_next_month(firsts[-1]) <= last:
        firsts.append(first_of_next_month(firsts[-1]))
    bounds = np.array([int(start_of_day(first, zone).timestamp()) for first in firsts])
    days = np.array([kernel.day_number(first) for first in firsts], np.int64)
    return np.asarray(days[np.searchsorted(bounds, starts, "right") - 1])


def _events(
    lanes: Lanes, fresh: Fresh, holding: npt.NDArray[np.int32], period: npt.NDArray[np.int32]
) -> kernel.EventColumns:
    frame = lanes.frame[fresh.rows]
    number, codes = _numbers(frame["other_party"])
    network, networks = _dictionary(frame["visited_network"])
    operator, operators = _dictionary(frame["operator"])
    number_class, classes = _dictionary(frame["number_class"])
    places = np.array([*(_CLASSES[one] for one in classes), kernel.NONE], np.int8)
    return kernel.EventColumns(
        start=frame["start"].to_numpy(),
        service=frame["service"].to_numpy().astype(np.int8),
        quantity=frame["quantity"].to_numpy(),
        answered=frame["answered"].to_numpy(),
        number=number,
        network=network,
        operator=operator,
        number_class=places[number_class],
        holding=holding,
        period=period,
        short_codes=codes,
        networks=networks,
        operators=operators,
    )


def _dictionary(values: pl.Series) -> tuple[npt.NDArray[np.int32], tuple[str, ...]]:
    """Texts as places in the tuple of those that occur; NONE for null."""
    if values.null_count() == len(values):
        return np.full(len(values), kernel.NONE, np.int32), ()
    distinct = values.drop_nulls().unique()
    numbers = pl.Series(np.arange(len(distinct)), dtype=pl.Int32)
    coded = values.replace_strict(distinct, numbers, default=kernel.NONE, return_dtype=pl.Int32)
    return coded.fill_null(kernel.NONE).to_numpy(), tuple(distinct)


def _numbers(values: pl.Series) -> tuple[Ints, tuple[str, ...]]:
    """Called numbers as the kernel packs them: E.164 as whole numbers, short codes by place."""
    digits = values.str.strip_prefix("+")
    international = values.str.starts_with("+").fill_null(value=False)
    whole = digits.cast(pl.Int64, strict=False).fill_null(0).to_numpy()
    lengths = digits.str.len_bytes().cast(pl.Int64).fill_null(0).to_numpy()
    packed = kernel.pack_numbers(whole, np.minimum(lengths, 17))
    code, codes = _dictionary(pl.select(pl.when(~international).then(values)).to_series())
    others = np.where(code == kernel.NONE, np.int64(kernel.NONE), -2 - code.astype(np.int64))
    return np.where(international.to_numpy(), packed, others), codes


def _state(
    ctx: Context,
    lanes: Lanes,
    locked: Locked,
    holdings: kernel.HoldingTable,
    period: npt.NDArray[np.int32],
    groups: tuple[UUID, ...],
    tariffs: kernel.CompiledTariffs,
) -> tuple[kernel.PurseState, state.Buckets]:
    members = {group: line for line, shared in lanes.holdings.groups.items() for group in shared}
    charging = lanes.charging_groups
    of_groups = np.array([charging[members[group]] for group in groups], np.int64)
    owners = Owners(
        ids=np.concatenate([lanes.lines.ids, uuids(list(groups))]),
        lines=len(lanes.lines),
        group_of=np.concatenate([charging, of_groups]),
        charging_groups=int(charging.max()) + 1 if len(charging) else 0,
    )
    in_advance = holdings.payment_mode != _MODES.index(PaymentMode.POSTPAID)
    prepaid = np.unique(holdings.subscription[in_advance]).astype(np.int64)
    counters = _counters(ctx, lanes, period, tariffs)
    return state.read_state(ctx, owners, locked.earliest, prepaid, counters)


def _counters(
    ctx: Context, lanes: Lanes, period: npt.NDArray[np.int32], tariffs: kernel.CompiledTariffs
) -> tuple[Ints, Ints, Ints, Ints]:
    """What was counted where it matters: for tiers everybody's, else that of lines with a spend limit."""
    matters = np.arange(len(lanes.lines))
    if len(tariffs.counters) == 1:
        matters = np.flatnonzero(lanes.lines.spend_limit >= 0)
    days = [kernel.day_of(int(day)) for day in np.unique(period)]
    codes = {code: place for place, code in enumerate(tariffs.counters)}
    line, code, day, value = state.read_counters(ctx, lanes.lines.ids[matters], days, codes)
    return matters[line] if len(line) else line, code, day, value
