"""What holds for columns as such: what is refused, what is written where, what stays."""

from dataclasses import replace

import numpy as np
import pytest

from mvne_platform.rating import Outcome, Trace
from mvne_platform.rating.kernel import (
    NONE,
    CompiledTariffs,
    EventColumns,
    HoldingTable,
    PurseState,
    compile_tariffs,
    rate_columns,
    shards,
)
from tests.platform.rating_kernel.batch import OCTOBER, a_tariff, calls, holdings, state, tiered

pytestmark = pytest.mark.usefixtures("warm_kernel")


def test_a_batch_of_nothing() -> None:
    rated = rate_columns(calls(), holdings(), compile_tariffs([]), state())
    assert (len(rated), rated.take_offsets.tolist(), rated.trace_offsets.tolist()) == (0, [0], [0])


def test_takes_and_traces_stand_where_the_offsets_say() -> None:
    purse = state({"subscription": 0, "amount": 100}, {"subscription": 0, "amount": 30})
    rated = rate_columns(calls(80, 60, 0, 5), holdings({}), compile_tariffs([a_tariff()]), purse)
    assert rated.take_offsets.tolist() == [0, 1, 3, 3, 3]
    assert rated.take_bucket.tolist() == [0, 0, 1]
    assert rated.take_quantity.tolist() == [80, 20, 30]
    assert rated.amount.tolist() == [0, 10, 0, 5]
    traces = [Trace.from_ints(rated.trace[slice(*rated.trace_offsets[row : row + 2])].tolist()) for row in range(4)]
    assert [trace.left for trace in traces] == [(20,), (0, 0), (), ()]
    assert purse.amount.tolist() == [0, 0]


def test_counters_stay_where_they_were_and_new_ones_follow() -> None:
    purse = state(offsets=(0, 0, 0))
    purse.counter_subscription = np.array([1, 0], np.int32)
    purse.counter_code = np.array([0, 0], np.int32)
    purse.counter_period = np.array([OCTOBER, OCTOBER - 30], np.int32)
    purse.counter_amount = np.array([7, 8], np.int64)
    table = holdings({}, {"subscription": 1, "group": 1})
    rate_columns(calls(10, 20, 40, holding=(0, 0, 1)), table, compile_tariffs([a_tariff()]), purse, threads=2)
    assert purse.counter_subscription.tolist() == [1, 0, 0]
    assert purse.counter_period.tolist() == [OCTOBER, OCTOBER - 30, OCTOBER]
    assert purse.counter_amount.tolist() == [47, 8, 30]


def test_who_changes_the_sharing_group_in_between_uses_each_groups_buckets_in_its_time() -> None:
    # One charging group: the line's own bucket must not be used twice at once.
    purse = state({"sharing": 0, "amount": 50}, {"sharing": 1, "amount": 50}, {"subscription": 0, "amount": 20})
    table = holdings({"sharing": 0}, {"sharing": 1}, {"sharing": NONE})
    rated = rate_columns(calls(30, 60, 9, holding=(0, 1, 2)), table, compile_tariffs([a_tariff()]), purse)
    assert rated.take_bucket.tolist() == [0, 1, 2, 2]
    assert rated.take_quantity.tolist() == [30, 50, 10, 9]
    assert purse.amount.tolist() == [20, 0, 1]


def test_a_trace_outgrows_the_room_that_is_usual() -> None:
    # A hundred tiers: each call of a hundred seconds is a hundred pieces.
    tariff = a_tariff(tiered(*range(1, 3000)))
    rated = rate_columns(calls(*[100] * 30), holdings({}), compile_tariffs([tariff]), state())
    assert np.diff(rated.trace_offsets).tolist() == [13 + 300] * 30
    assert rated.counted.tolist() == [100] * 30
    # The price is 1 before the first tier, then one more micro every second.
    assert rated.amount.tolist() == [sum(range(first + 1, first + 101)) for first in range(0, 3000, 100)]


def test_blocks_end_where_groups_end() -> None:
    groups = np.array([0, 0, 0, 1, 1, 2, 2, 2, 2], np.int32)
    assert shards.cuts(groups, 2) == [0, 3, 5, 9]
    assert shards.cuts(groups, 4) == [0, 5, 9]
    assert shards.cuts(groups, 100) == [0, 9]
    assert shards.cuts(groups[:0], 2) == [0, 0]


def test_columns_that_nobody_may_write_to_are_read() -> None:
    events = calls(60, 60)
    events.quantity.flags.writeable = False
    purse = state({"subscription": 0, "amount": 100})
    purse.amount.flags.writeable = False
    rated = rate_columns(events, holdings({}), compile_tariffs([a_tariff()]), purse)
    assert rated.amount.tolist() == [0, 20]
    assert purse.amount.tolist() == [0]


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("service", 12),
        ("service", -1),
        ("holding", 1),
        ("holding", -1),
        ("number", -2),
        ("network", 0),
        ("operator", 3),
        ("number_class", 3),
    ],
)
def test_an_event_that_points_nowhere_is_refused(name: str, wrong: int) -> None:
    events = calls(60)
    events = replace(events, **{name: np.array([wrong], getattr(events, name).dtype)})
    _refused(events, holdings({}), state({"subscription": 0, "amount": 100}), f"EventColumns.{name}")


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("group", 1), ("tariff", 1), ("wholesale", 1), ("subscription", -1), ("payment_mode", 3), ("offline_debit", 3)],
)
def test_a_holding_that_points_nowhere_is_refused(name: str, wrong: int) -> None:
    table = holdings({})
    table = replace(table, **{name: np.array([wrong], getattr(table, name).dtype)})
    _refused(calls(60), table, state({"subscription": 0, "amount": 100}), f"HoldingTable.{name}")


def test_a_bucket_that_points_nowhere_is_refused() -> None:
    for name, wrong in {"currency": 0, "zones": 0}.items():
        purse = state({"subscription": 0, "amount": 100})
        getattr(purse, name)[0] = wrong
        _refused(calls(60), holdings({}), purse, f"PurseState.{name}")
    _refused(calls(60), holdings({}), state({"amount": 100}, offsets=(0, 2)), "PurseState.offsets")


def test_columns_of_different_lengths_are_refused() -> None:
    purse = state({"subscription": 0, "amount": 100})
    _refused(replace(calls(60, 60), period=np.array([OCTOBER], np.int32)), holdings({}), purse, "EventColumns")
    _refused(calls(60), replace(holdings({}), sharing=np.empty(0, np.int32)), purse, "HoldingTable")
    purse.main = np.empty(0, np.bool_)
    _refused(calls(60), holdings({}), purse, "PurseState")


def test_events_out_of_the_order_of_their_groups_are_refused() -> None:
    table = holdings({"group": 1}, {"group": 0, "subscription": 1})
    purse = state({"subscription": 0, "amount": 100}, offsets=(0, 0, 1))
    _refused(calls(60, 60, holding=(0, 1)), table, purse, "not sorted by the charging group")


def _refused(events: EventColumns, table: HoldingTable, purse: PurseState, message: str) -> None:
    before = purse.amount.tolist()
    with pytest.raises(ValueError, match=message):
        rate_columns(events, table, _plain(), purse)
    assert (purse.amount.tolist(), purse.counter_amount.tolist()) == (before, [])


def _plain() -> CompiledTariffs:
    return compile_tariffs([a_tariff()])


def test_a_prefix_that_is_no_digits_is_refused() -> None:
    with pytest.raises(ValueError, match="'4a'"):
        compile_tariffs([a_tariff(prefixes=("45", "4a"))])
    with pytest.raises(ValueError, match="at most 17 digits"):
        compile_tariffs([a_tariff(prefixes=("4" * 18,))])


def test_the_outcome_is_a_place_in_the_enumeration() -> None:
    rated = rate_columns(calls(60, -2), holdings({}), _plain(), state())
    assert [list(Outcome)[place] for place in rated.outcome] == [Outcome.RATED, Outcome.FAILED]
