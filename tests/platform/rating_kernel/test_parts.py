"""The kernel's parts beside the plainest way to say the same: prefixes, clocks, bands, sums."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mvne_platform.catalogue import TariffZone, Treatment
from mvne_platform.rating.kernel import (
    book,
    clocks,
    compile_tariffs,
    daytime,
    directories,
    finding,
    numbers,
    pricing,
    tables,
)
from mvne_platform.rating.kernel.columns import day_number, day_of, seconds_up
from tests.platform.rating.generated_tariffs import TIME_ZONES
from tests.platform.rating_kernel.batch import a_tariff

pytestmark = pytest.mark.usefixtures("warm_kernel")
thoroughly = settings(deadline=None, max_examples=200)

digits = st.text("0123456789", max_size=17)
# Few different digits: prefixes nest, and numbers meet their edges.
nested = st.text("019", max_size=15)


@thoroughly
@given(st.sets(nested, min_size=1, max_size=40), st.lists(st.text("0189", max_size=17), min_size=1, max_size=30))
def test_the_longest_prefix_is_found_as_a_dictionary_finds_it(prefixes: set[str], called: list[str]) -> None:
    lookup = _directory(sorted(prefixes))
    for number in [*called, *prefixes, *(prefix + "5" for prefix in prefixes)]:
        fitting = [prefix for prefix in prefixes if number.startswith(prefix)]
        longest = max(fitting, key=len, default=None)
        wanted = (-1, 0) if longest is None else (sorted(prefixes).index(longest), len(longest))
        assert lookup(number[:17]) == wanted


def test_a_number_plan_of_the_size_of_the_worlds_is_entered_by_its_first_digits() -> None:
    prefixes = [str(number) for number in range(1, 30_000, 7)] + ["123456789012345", "99999999999999"]
    lookup = _directory(prefixes)
    listed = {prefix: place for place, prefix in enumerate(prefixes)}
    for number in ("1", "12", "123456789012345", "123456789012346", "9", "99999999999999", "29996", "0", "", "7"):
        fitting = [number[:length] for length in range(len(number), 0, -1) if number[:length] in listed]
        wanted = (listed[fitting[0]], len(fitting[0])) if fitting else (-1, 0)
        assert lookup(number) == wanted


def _directory(prefixes: list[str]) -> Any:
    """A look-up in a directory of which each prefix is a zone."""
    zones = [TariffZone(UUID(int=place), f"z{place}", "", Treatment.NORMAL) for place in range(len(prefixes))]
    pages = book.Book()
    record = pages.add(np.zeros(tables.VERSION_COLUMNS))
    places = {zone.id: place for place, zone in enumerate(zones)}
    directory = directories.Directories(pages).add(dict(zip(prefixes, zones, strict=True)), places)
    t = pages.bound({})
    return lambda number: finding._longest_prefix(directory, numbers.pack_number(number), record, t)


@thoroughly
@given(digits, digits)
def test_packed_numbers_sort_like_their_digits(one: str, other: str) -> None:
    assert (one < other) == (numbers.pack_number(one) < numbers.pack_number(other))
    assert numbers.unpack_number(numbers.pack_number(one)) == one


@thoroughly
@given(st.lists(digits.filter(bool), max_size=5))
def test_columns_of_numbers_are_packed_like_one(many: list[str]) -> None:
    packed = numbers.pack_numbers(
        np.array([int(one) for one in many], np.int64), np.array([len(one) for one in many], np.int64)
    )
    assert packed.tolist() == [numbers.pack_number(one) for one in many]
    column, short_codes = numbers.number_column([None, "", *(f"+{one}" for one in many), "112", "1800", "112"])
    assert column.tolist() == [-1, -1, *packed.tolist(), -2, -3, -2]
    assert short_codes == ("112", "1800")


def test_what_follows_another_sign_or_the_seventeenth_digit_is_not_looked_at() -> None:
    assert numbers.pack_number("45 33") == numbers.pack_number("45")
    assert numbers.pack_number("12345678901234567890") == numbers.pack_number("12345678901234567")


instants = st.integers(0, int(datetime(9999, 1, 1, tzinfo=UTC).timestamp()))


@thoroughly
@given(
    st.sampled_from([*TIME_ZONES, "Pacific/Apia", "Asia/Gaza"]),
    instants,
    st.dictionaries(st.dates(), st.integers(0, 6)),
)
def test_the_clock_is_the_zones(zone: str, instant: int, holidays: dict[date, int]) -> None:
    local = datetime.fromtimestamp(instant, ZoneInfo(zone))
    if instant % 2:
        holidays = {**holidays, local.date(): instant % 7}
    record, t = _clock(zone, holidays)
    offset = local.utcoffset()
    assert offset is not None
    assert daytime.offset_at(instant, record, t) == offset.total_seconds()
    weekday = holidays.get(local.date(), local.weekday())
    assert daytime.minute_at(instant, record, t) == weekday * 1440 + local.hour * 60 + local.minute


def _clock(zone: str, holidays: dict[date, int]) -> tuple[int, Any]:
    pages = book.Book()
    first_holiday, days = clocks.holiday_table(holidays)
    clock = pages.add_list(*clocks.clock_table(zone))
    record = pages.add([0, 0, 0, *clock, *pages.add_list(days), first_holiday, 0])
    return record, pages.bound({})


@pytest.mark.parametrize(
    ("zone", "changes"),
    [
        ("Europe/Copenhagen", ["2026-03-29T01:00", "2026-10-25T01:00"]),
        # A quarter before seven on the clock; half an hour of summer time.
        ("Australia/Lord_Howe", ["2026-04-04T15:00", "2026-10-03T15:30"]),
        # Summer time all year, but for Ramadan.
        ("Africa/Casablanca", ["2026-02-15T02:00", "2026-03-22T02:00"]),
        ("Asia/Kathmandu", []),
    ],
)
def test_when_the_clock_changes(zone: str, changes: list[str]) -> None:
    instants, offsets = clocks.clock_table(zone)
    year = [datetime.fromtimestamp(int(one), UTC) for one in instants[1:]]
    assert [f"{one:%Y-%m-%dT%H:%M}" for one in year if one.year == 2026] == changes
    assert len(offsets) == len(instants)


@thoroughly
@given(
    st.lists(st.tuples(st.integers(1, 10**15), st.integers(0, 4 * 10**9)), min_size=1, max_size=6),
    st.integers(1, 2**30),
)
def test_usage_is_the_exact_sum_rounded_once(pieces: list[tuple[int, int]], per: int) -> None:
    scratch = np.zeros((3, len(pieces), 3), np.int64)
    scratch[tables.PIECES, :, :2] = pieces
    exact = Fraction(sum(units * price for units, price in pieces), per)
    rounded = (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
    assert pricing.usage_of(len(pieces), per, scratch) == (rounded if rounded <= 10**15 else -1)


@thoroughly
@given(st.integers(0, 10**15 + 4 * 10**9), st.integers(0, 10_000))
def test_a_reduction_is_exact_and_rounded_half_up(capped: int, basis_points: int) -> None:
    reduction = (2 * capped * basis_points + 10_000) // 20_000
    assert pricing.discounted(capped, basis_points) == capped - reduction


def test_bounds_are_rounded_up_to_the_second() -> None:
    noon = datetime(2026, 10, 5, 12, tzinfo=UTC)
    assert seconds_up(noon) == noon.timestamp()
    assert seconds_up(noon + timedelta(microseconds=1)) == noon.timestamp() + 1
    assert seconds_up(None) == np.iinfo(np.int64).max
    assert day_of(day_number(date(2026, 2, 28))) == date(2026, 2, 28)


def test_price_lists_that_inherit_share_what_they_have_in_common() -> None:
    prefixes = tuple(str(number) for number in range(1000, 9000))
    one, two = a_tariff(prefixes=prefixes), a_tariff(prefixes=prefixes)
    alone, both = compile_tariffs([one]), compile_tariffs([one, two])
    assert len(both.book) - len(alone.book) < 100
    assert (len(both.rates), len(both.zones)) == (1, 2)
