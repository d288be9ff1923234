"""Locks of re-rating: nobody waits for it for good, and who only looks locks nothing for longer than it reads."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from mvne_platform import balances
from mvne_platform.balances import Grant, Reason
from mvne_platform.charging import late, replay
from mvne_platform.charging.purses import read_purses
from mvne_platform.charging.rerating import booking, late_usage
from mvne_platform.kernel import Unit, uuid7
from mvne_platform.runtime import Context, brand_work
from mvne_platform.subscriptions.models import Subscription
from tests.platform.charging.jobs import run_jobs
from tests.platform.charging.shop import ANNA, call, load, open_line, open_shop, receive, utc
from tests.platform.charging.test_rerating_at_once import computed, lines, shares, work
from tests.plugins.database import Database

__all__ = ["lines"]
OCTOBER = utc("2026-10-01 00:00")
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


@contextmanager
def waiting(job: Callable[[], Any], other: Context) -> Iterator[None]:
    """Another transaction has begun `job` and come to a lock that we hold; it is done when we are."""
    with ThreadPoolExecutor(1) as pool:
        begun = pool.submit(job)
        while not begun.done() and not other.db.scalar(text(WAITING)):
            time.sleep(0.01)
        yield
        other.db.commit()
        begun.result()


def in_turn(job: Callable[[Context], Any]) -> Callable[[], Any]:
    return lambda: work(job)


def test_booking_locks_the_purses_of_its_accounts_in_the_order_of_ids(lines: list[UUID]) -> None:
    parts = shares(work(computed))
    low, high = min(lines), max(lines)
    accounts = work(lambda ctx: {line: str(ctx.db.get_one(Subscription, line).account_id) for line in (low, high)})
    share = {**parts[0], "accounts": [accounts[high], accounts[low]]}
    with brand_work("testbrand") as ctx:
        balances.lock_purses(ctx, [low])
        with waiting(in_turn(lambda other: booking.book_share(other, **share)), ctx):
            balances.lock_purses(ctx, [high])
    done = "SELECT count(*) FROM rerating_change WHERE state = 'booked'"
    assert work(lambda ctx: ctx.db.scalar(text(done))) == 2


@pytest.fixture
def noted(database: Database) -> UUID:
    """A line whose record of the 4th came after that of the 5th."""

    def furnish(ctx: Context) -> UUID:
        open_shop(ctx)
        line = open_line(ctx, ANNA)
        grant = Grant("minutes", Unit.SECOND, 61, valid_from=OCTOBER, valid_to=OCTOBER + timedelta(days=31))
        balances.grant_allowance(ctx, line, grant, Reason.GRANT, uuid7())
        load(ctx, receive(ctx, call(1, 61)))
        load(ctx, receive(ctx, call(2, 31, start="2026-10-04T10:00:00Z"), name="late.csv"))
        return line

    return UUID(str(work(furnish)))


def notes(ctx: Context) -> list[Any]:
    return list(ctx.db.scalars(text("SELECT since FROM late_usage")))


def test_a_record_that_comes_while_late_usage_is_rated_again_is_noted_for_the_next_turn(noted: UUID) -> None:
    earlier = utc("2026-10-03 10:00")
    with brand_work("testbrand") as ctx:
        balances.lock_purses(ctx, [noted])
        with waiting(in_turn(late_usage.rerate_late), ctx):
            late.note_late(ctx, {(noted, None): earlier})
    assert work(notes) == [earlier]
    work(run_jobs)
    assert work(notes) == []
    assert work(lambda ctx: ctx.db.scalar(text("SELECT count(*) FROM rerated_event"))) == 2


def test_who_only_looks_sees_one_moment_and_leaves_nothing_locked(noted: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    work(run_jobs)
    tried: list[str] = []

    def try_lock(ctx: Context) -> None:
        ctx.db.execute(text("SELECT FROM purse WHERE id = :id FOR NO KEY UPDATE NOWAIT"), {"id": noted})

    def looking(ctx: Context, items: Any) -> Any:
        with pytest.raises(OperationalError):
            work(try_lock)
        tried.append("while it reads")
        return read_purses(ctx, items)

    monkeypatch.setattr("mvne_platform.charging.past.reading.read_purses", looking)
    with brand_work("testbrand") as ctx:
        ctx.now = utc("2026-10-20 12:00")
        replay.start_replay(ctx, name="x", price_list="standard", draft=None, since=OCTOBER, until=ctx.now)
        run_jobs(ctx)
        work(try_lock)
    assert tried == ["while it reads"]
