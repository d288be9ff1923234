"""The order in which records arrive."""

from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from tests.platform.charging.shop import call, load, open_line, open_shop, receive, state_hash, utc
from tests.plugins.database import Database, brand_context

CALLERS = ["+4520000001", "+4520000002", "+4520000003"]
CALLED = ["+4530000002", "+12125550100", "112", "+4590000000", "+99999999"]
FIRST = utc("2026-08-30 20:00")


def record(number: int, caller: str, called: str, seconds: int, hours: int) -> str:
    start = FIRST + timedelta(hours=hours)
    return call(number, seconds, caller, called, f"{start:%Y-%m-%dT%H:%M:%SZ}")


RECORDS = st.lists(
    st.builds(
        record,
        st.integers(0, 1_000_000),
        st.sampled_from(CALLERS),
        st.sampled_from(CALLED),
        st.integers(0, 4_000),
        st.integers(0, 24 * 45),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda line: line.partition(",")[0],
)


def load_all(files: list[list[str]], size: int) -> tuple[str, int]:
    """Load files into a fresh brand; answers the hash of what came of it, and how many events there are."""
    with brand_context("testbrand") as ctx:
        ctx.now = utc("2026-10-20 12:00")
        open_shop(ctx)
        for number, caller in enumerate(CALLERS, start=1):
            # The same ids each time, so that states can be compared.
            open_line(ctx, caller, subscription_id=UUID(int=number))
        for lines in files:
            load(ctx, receive(ctx, *lines), size)
        return state_hash(ctx), ctx.db.scalar(text("SELECT count(*) FROM rated_event")) or 0


@st.composite
def shuffled(draw: Any, lines: list[str]) -> list[list[str]]:
    """The same records in any order, in any number of files, some of them sent several times."""
    repeats = draw(st.lists(st.sampled_from(lines), max_size=6))
    order = draw(st.permutations(lines + repeats))
    cuts = sorted(draw(st.lists(st.integers(0, len(order)), max_size=3)))
    bounds = [0, *cuts, len(order)]
    return [order[begin:end] for begin, end in pairwise(bounds) if begin < end]


@settings(max_examples=30, deadline=None)
@given(lines=RECORDS, data=st.data())
def test_postpaid_usage_comes_to_the_same_in_any_order(
    shared_database: Database, lines: list[str], data: st.DataObject
) -> None:
    files = data.draw(shuffled(lines))
    size = data.draw(st.integers(1, 5))
    expected = load_all([lines], 100)
    assert expected[1] == sum("+99999999" not in line for line in lines)
    assert load_all(files, size) == expected
