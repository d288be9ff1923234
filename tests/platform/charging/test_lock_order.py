"""Everyone locks purses in the order of ids, and notes of late lines after them: who meets waits, never for good."""

import time
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from mvne_platform import balances, charging
from mvne_platform.balances import Grant, Reason
from mvne_platform.charging import late, overdue, rerating
from mvne_platform.kernel import Unit, uuid7
from mvne_platform.runtime import Context, brand_work
from tests.platform.charging import crowd
from tests.platform.charging.shop import ANNA, BENT, call, load, open_line, open_shop, receive, utc
from tests.platform.lines import LONG_AGO
from tests.plugins.database import Database

NOW = utc("2026-10-20 12:00")


@pytest.fixture
def locked(monkeypatch: pytest.MonkeyPatch) -> list[set[UUID]]:
    """Whose purses have been locked, lock by lock."""
    made: list[set[UUID]] = []
    lock = balances.lock_purses

    def noted(ctx: Context, ids: Collection[UUID], **terms: Any) -> Any:
        made.append(set(ids))
        return lock(ctx, ids, **terms)

    monkeypatch.setattr(balances, "lock_purses", noted)
    return made


def test_calls_without_an_end_lock_the_lines_of_all_files_at_once(ctx: Context, locked: list[set[UUID]]) -> None:
    ctx.now = NOW
    open_shop(ctx)
    lines = [open_line(ctx, caller) for caller in (ANNA, BENT)]
    for number, caller in enumerate((BENT, ANNA)):
        part = f"k{number}-1,voice_out,{caller},,+4530000002,2026-10-05T10:00:00Z,900,,,,true,,,k{number},1,false,"
        load(ctx, receive(ctx, part, name=f"{number}.csv", header=crowd.HEADER))
    locked.clear()
    ctx.now += timedelta(hours=24)
    overdue.rate_overdue(ctx)
    assert locked[0] == set(lines)
    assert [len(charging.usage(ctx, line)) for line in lines] == [1, 1]


def test_a_load_may_note_a_line_that_waits_to_be_rated_again(database: Database) -> None:
    with brand_work("testbrand") as ctx:
        ctx.now = NOW
        open_shop(ctx)
        line = open_line(ctx, ANNA)
        talk = Grant("talk", Unit.SECOND, 60, valid_from=LONG_AGO)
        balances.grant_allowance(ctx, line, talk, Reason.GRANT, uuid7())
        load(ctx, receive(ctx, call(1), call(2, start="2026-10-04T10:00:00Z")))
        late.note_late(ctx, {(line, None): utc("2026-10-04 10:00")})

    def rate_again() -> None:
        with brand_work("testbrand") as ctx:
            ctx.now = NOW
            rerating.rerate_late(ctx)

    with ThreadPoolExecutor(1) as pool:
        with brand_work("testbrand") as ctx:
            balances.lock_purses(ctx, [line])
            rating = pool.submit(rate_again)
            waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
            until = time.monotonic() + 30
            while not ctx.db.scalar(waiting) and time.monotonic() < until:
                time.sleep(0.01)
            assert ctx.db.scalar(waiting)
            ctx.db.execute(text("SET LOCAL lock_timeout = '5s'"))
            late.note_late(ctx, {(line, None): utc("2026-10-01 10:00")})
        rating.result()
    rate_again()
    with brand_work("testbrand") as ctx:
        assert ctx.db.scalar(text("SELECT count(*) FROM late_usage")) == 0
        # The earlier record was not overlooked.
        earliest = "SELECT min(since) FROM rerating_run WHERE cause = 'late_usage'"
        assert ctx.db.scalar(text(earliest)) == utc("2026-10-01 10:00")
