from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mvne_platform.billing.rules import Days, month_days, month_from, prorate


def test_a_line_that_starts_on_the_eighteenth_of_october_pays_fourteen_of_thirty_one_days() -> None:
    assert prorate(149_000_000, month_days(date(2026, 10, 18)), month_from(date(2026, 10, 18))) == 67_290_323


def test_a_whole_month_costs_its_price() -> None:
    october = month_days(date(2026, 10, 1))
    assert prorate(149_000_000, october, october) == 149_000_000


def test_february_of_a_leap_year_has_twenty_nine_shares() -> None:
    assert prorate(29_000_000, month_days(date(2028, 2, 29)), month_from(date(2028, 2, 29))) == 1_000_000


def test_a_part_outside_its_period_is_refused() -> None:
    with pytest.raises(ValueError, match="2026-11-02"):
        prorate(1_000_000, month_days(date(2026, 10, 1)), Days(date(2026, 10, 31), date(2026, 11, 2)))


def test_a_span_without_a_day_is_refused() -> None:
    with pytest.raises(ValueError, match="no day"):
        Days(date(2026, 10, 1), date(2026, 10, 1))


@given(
    amount=st.integers(0, 10**13),
    first=st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    length=st.integers(1, 400),
    cuts=st.sets(st.integers(1, 399), max_size=12),
)
def test_parts_cut_anywhere_sum_to_the_price(amount: int, first: date, length: int, cuts: set[int]) -> None:
    edges = sorted({0, length, *(cut for cut in cuts if cut < length)})
    period = Days(first, first + timedelta(length))
    parts = [
        prorate(amount, period, Days(first + timedelta(start), first + timedelta(end)))
        for start, end in pairwise(edges)
    ]
    assert sum(parts) == amount
    assert min(parts) >= 0
