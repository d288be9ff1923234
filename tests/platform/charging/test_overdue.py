"""Calls whose parts did not all come: rated when the wait is over, with the parts that are there."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from mvne_platform import balances, charging, mediation
from mvne_platform.catalogue import PaymentMode
from mvne_platform.charging import overdue
from mvne_platform.mediation import UsageFile
from mvne_platform.runtime import Context
from mvne_platform.runtime.models import TimerRow
from tests.platform.charging import crowd
from tests.platform.charging.shop import ANNA, load, open_line, open_shop, outcomes, receive, reconcile, state_hash, utc

WAIT = timedelta(hours=24)


@pytest.fixture(autouse=True)
def shop(ctx: Context) -> None:
    """The 20th of October, and prices."""
    ctx.now = utc("2026-10-20 12:00")
    open_shop(ctx)


def part(number: int, caller: str = ANNA, call: str = "k1") -> str:
    """A quarter of an hour of a call that has no last part."""
    start = f"2026-10-05T10:{15 * (number - 1):02}:00Z"
    return f"{call}-{number},voice_out,{caller},,+4530000002,{start},900,,,,true,,,{call},{number},false,"


def load_parts(ctx: Context, *lines: str, name: str = "usage.csv") -> UsageFile:
    file = load(ctx, receive(ctx, *lines, name=name, header=crowd.HEADER))
    overdue.promise(ctx)
    return file


def test_a_call_that_never_ends_is_rated_when_its_time_is_up_and_once(ctx: Context) -> None:
    line = open_line(ctx, ANNA, PaymentMode.PREPAID)
    file = load_parts(ctx, part(1), part(2))
    assert (outcomes(file), charging.usage(ctx, line)) == ({"collected": 2}, [])
    assert ctx.db.scalars(select(TimerRow.due_at)).all() == [ctx.now + WAIT]

    overdue.rate_overdue(ctx)
    assert charging.usage(ctx, line) == []
    ctx.now += WAIT
    for _ in range(2):
        overdue.rate_overdue(ctx)
        (event,) = charging.usage(ctx, line)
        # 0.10 + 1800 s x 0.30 / 60 s
        assert (event.quantity, event.debited_micros, event.file_row) == (1_800, 9_100_000, 3)
        assert balances.money(ctx, line) == -9_100_000
        assert outcomes(mediation.usage_file(ctx, file.id)) == {"rated": 1, "collected": 1}
    taken = "SELECT count(*), sum(delta) FROM ledger_entry WHERE reason = 'usage'"
    assert tuple(ctx.db.execute(text(taken)).one()) == (1, -9_100_000)


def test_a_call_of_nobodys_fails_on_the_row_of_its_latest_part(ctx: Context) -> None:
    file = load_parts(ctx, part(1), part(2))
    ctx.now += WAIT
    overdue.rate_overdue(ctx)
    (row,) = mediation.unrated_rows(ctx)
    assert (row.row, row.reason) == (3, "unknown_subscriber")
    assert outcomes(mediation.usage_file(ctx, file.id)) == {"failed": 1, "collected": 1}


def test_a_part_that_comes_after_its_call_was_rated_fails(ctx: Context) -> None:
    open_line(ctx, ANNA)
    load_parts(ctx, part(1))
    ctx.now += WAIT
    overdue.rate_overdue(ctx)
    before = state_hash(ctx)
    second = load_parts(ctx, part(2), name="later.csv")
    assert outcomes(second) == {"failed": 1}
    assert state_hash(ctx) == before
    reconcile(ctx, second.id)
