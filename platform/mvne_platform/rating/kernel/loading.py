"""Columns made ready for machine code: of the types it was compiled for, strings as the price lists number them."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mvne_platform.rating.kernel import tables as at
from mvne_platform.rating.kernel.columns import NONE, Bools, EventColumns, HoldingTable, Int32s, Int64s, PurseState
from mvne_platform.rating.kernel.flatten import CompiledTariffs
from mvne_platform.rating.kernel.gathering import Answers, Buckets, Events, Holdings, Names
from mvne_platform.rating.kernel.paying import hang_all


class Batch(NamedTuple):
    """All that rating reads and writes."""

    book: Int64s
    covers: Bools
    events: Events
    names: Names
    holdings: Holdings
    buckets: Buckets
    heads: Int64s
    counters: Int64s
    answers: Answers
    scratch_rows: int


def batch_of(
    events: EventColumns, holdings: HoldingTable, tariffs: CompiledTariffs, state: PurseState, counters: int
) -> Batch:
    """Make the columns ready, with room for so many counters."""
    # An event takes from a bucket once, and from the main one once more.
    most_takes = int(np.diff(state.offsets).max(initial=0)) + 1
    rows = _counters(state, counters)
    state.amount = _ready(state.amount, np.int64)
    return Batch(
        book=tariffs.book,
        covers=_covers([*holdings.zone_sets, *state.zone_sets], tariffs.zone_codes),
        events=_events(events),
        names=_names(events, tariffs),
        holdings=_holdings(holdings, state),
        buckets=_buckets(state, tariffs, len(holdings.zone_sets)),
        heads=_heads(holdings, len(state.counter_amount), rows),
        counters=rows,
        answers=_answers(len(events)),
        scratch_rows=max(tariffs.most_segments, tariffs.most_pieces, most_takes),
    )


def _ready(column: npt.NDArray[Any], dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """The column itself where it is as wanted; a copy of one that is read only, or of another type."""
    return np.require(column, dtype, ["C", "A", "W"])


def _events(events: EventColumns) -> Events:
    return Events(
        start=_ready(events.start, np.int64),
        service=_ready(events.service, np.int8),
        quantity=_ready(events.quantity, np.int64),
        answered=_ready(events.answered, np.int8),
        number=_ready(events.number, np.int64),
        network=_ready(events.network, np.int32),
        operator=_ready(events.operator, np.int32),
        number_class=_ready(events.number_class, np.int8),
        holding=_ready(events.holding, np.int32),
        period=_ready(events.period, np.int32),
    )


def _names(events: EventColumns, tariffs: CompiledTariffs) -> Names:
    countries = [f"{network.partition('-')[0]}-*" for network in events.networks]
    return Names(
        networks=_numbers(events.networks, tariffs.networks),
        countries=_numbers(countries, tariffs.networks),
        operators=_numbers(events.operators, tariffs.operators),
        codes=_numbers(events.short_codes, tariffs.short_codes),
        code_lengths=np.array([len(code) for code in events.short_codes], np.int32),
    )


def _numbers(texts: Sequence[str], numbers: Mapping[str, int]) -> Int32s:
    return np.array([numbers.get(text, NONE) for text in texts], np.int32)


def _holdings(holdings: HoldingTable, state: PurseState) -> Holdings:
    return Holdings(
        group=_ready(holdings.group, np.int32),
        subscription=_ready(holdings.subscription, np.int32),
        sharing=_ready(holdings.sharing, np.int32),
        tariff=_ready(holdings.tariff, np.int32),
        wholesale=_ready(holdings.wholesale, np.int32),
        payment_mode=_ready(holdings.payment_mode, np.int8),
        offline_debit=_ready(holdings.offline_debit, np.int8),
        spend_limit=_ready(holdings.spend_limit, np.int64),
        discount_offsets=_ready(holdings.discount_offsets, np.int64),
        discount_bp=_ready(holdings.discount_bp, np.int64),
        discount_services=_ready(holdings.discount_services, np.int64),
        discount_zones=_ready(holdings.discount_zones, np.int32),
        discount_from=_ready(holdings.discount_from, np.int64),
        discount_to=_ready(holdings.discount_to, np.int64),
        bucket_offsets=_ready(state.offsets, np.int64),
    )


def _buckets(state: PurseState, tariffs: CompiledTariffs, first_zone_set: int) -> Buckets:
    currencies = _numbers(state.currencies, {code: number for number, code in enumerate(tariffs.currencies)})
    zones = _ready(state.zones, np.int32)
    return Buckets(
        subscription=_ready(state.subscription, np.int32),
        sharing=_ready(state.sharing, np.int32),
        unit=_ready(state.unit, np.int8),
        # The last entry is for -1: of no currency.
        currency=np.append(currencies, np.int32(NONE))[state.currency],
        amount=state.amount,
        services=_ready(state.services, np.int64),
        zones=np.where(zones < 0, zones, zones + np.int32(first_zone_set)) if first_zone_set else zones,
        valid_from=_ready(state.valid_from, np.int64),
        valid_to=_ready(state.valid_to, np.int64),
        main=_ready(state.main, np.bool_),
    )


def _counters(state: PurseState, room: int) -> Int64s:
    known = len(state.counter_amount)
    counters = np.empty((room, at.COUNTER_COLUMNS), np.int64)
    counters[:known, at.COUNTED_FOR] = state.counter_subscription
    counters[:known, at.COUNTED_CODE] = state.counter_code
    counters[:known, at.COUNTED_PERIOD] = state.counter_period
    counters[:known, at.COUNTED_AMOUNT] = state.counter_amount
    return counters


def _heads(holdings: HoldingTable, known: int, counters: Int64s) -> Int64s:
    """Hang the counters that are known on their subscriptions."""
    last = max(int(holdings.subscription.max(initial=NONE)), int(counters[:known, at.COUNTED_FOR].max(initial=NONE)))
    heads = np.full(last + 1, NONE, np.int64)
    hang_all(known, heads, counters)
    return heads


def _covers(zone_sets: Sequence[frozenset[str]], zone_codes: Mapping[str, int]) -> Bools:
    """By zone set and zone code whether the set holds it; the last row, which -1 means too, holds all."""
    covers = np.zeros((len(zone_sets) + 1, len(zone_codes)), np.bool_)
    for row, zones in enumerate(zone_sets):
        covers[row, [zone_codes[zone] for zone in zones if zone in zone_codes]] = True
    covers[-1] = True
    return covers


def _answers(rows: int) -> Answers:
    return Answers(
        outcome=np.empty(rows, np.int8),
        reason=np.empty(rows, np.int8),
        version=np.empty(rows, np.int32),
        rate=np.empty(rows, np.int32),
        zone=np.empty(rows, np.int32),
        band=np.empty(rows, np.int32),
        counter=np.empty(rows, np.int32),
        itemised=np.empty(rows, np.bool_),
        quantity=np.empty(rows, np.int64),
        charged=np.empty(rows, np.int64),
        amount=np.empty(rows, np.int64),
        accrued=np.empty(rows, np.int64),
        debited=np.empty(rows, np.int64),
        waived=np.empty(rows, np.int64),
        counted=np.empty(rows, np.int64),
        take_offsets=np.zeros(rows + 1, np.int64),
        trace_offsets=np.zeros(rows + 1, np.int64),
        wholesale=np.empty(rows, np.int64),
        wholesale_rate=np.empty(rows, np.int32),
        wholesale_reason=np.empty(rows, np.int8),
    )
