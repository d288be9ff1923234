"""The benchmarks of the batch kernel, on little: both sides rate the same, or nothing is measured."""

from dataclasses import replace
from typing import Any

import pytest

from bench import rating_core, rating_growth
from bench.footprint import Unequal
from bench.rating_load import Size, first_items, workload

pytestmark = pytest.mark.usefixtures("warm_kernel")
LITTLE = Size(events=2_000, subscribers=100, prefixes=200, price_lists=2)
NOWHERE: Any = None


def test_the_kernel_and_the_reference_take_turns() -> None:
    result = rating_core.core(NOWHERE, LITTLE, reference_events=200)
    assert (result.name, result.unit) == ("rating.core", "events/s")
    assert min(result.value, result.ceiling, result.ratio) > 0


def test_sides_that_differ_are_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rating_core, "_expected", lambda rated, host: [rated.charged + 1])
    with pytest.raises(Unequal, match="200 of 200 events differ"):
        rating_core.core(NOWHERE, LITTLE, reference_events=200)


def test_growth_is_much_by_little() -> None:
    result = rating_growth._growth("growth", LITTLE, replace(LITTLE, prefixes=300), rounds=1)
    assert result.ratio == result.value / result.ceiling


def test_the_same_size_draws_the_same_events() -> None:
    one, other = (first_items(workload(LITTLE), 50)[0] for _ in range(2))
    assert [item.event for item in one] == [item.event for item in other]
    assert len({item.tariff.code for item in one}) == 2
