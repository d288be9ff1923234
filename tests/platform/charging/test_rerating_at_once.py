"""Booking that is killed, repeated, or done twice at once: the difference is in the books once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from mvne_platform import balances, billing, catalogue
from mvne_platform.balances import Reason
from mvne_platform.catalogue import PaymentMode, PriceListDraft, RateDraft
from mvne_platform.charging import rerating
from mvne_platform.charging.past import Scope
from mvne_platform.charging.rerating import booking
from mvne_platform.kernel import Money, uuid7
from mvne_platform.runtime import Context, brand_work
from mvne_platform.runtime.models import JobRow
from tests.platform.charging.jobs import run_jobs
from tests.platform.charging.shop import RATES, ZONES, call, load, open_line, open_shop, receive, utc
from tests.plugins.database import Database

OCTOBER = utc("2026-10-01 00:00")
LINES = 6
OLD, NEW = 405_000, 466_000
Share = dict[str, Any]


def work(do: Callable[[Context], Any]) -> Any:
    with brand_work("testbrand") as ctx:
        ctx.now = utc("2026-10-20 12:00")
        return do(ctx)


def publish(ctx: Context, minute_micros: int) -> None:
    rates = (RateDraft("dk", "voice_out", minute_micros, 60, 1, 1, connection_fee_micros=100_000), *RATES[1:])
    catalogue.import_price_list(ctx, PriceListDraft("standard", "DKK", OCTOBER, ZONES, rates))


def computed(ctx: Context) -> UUID:
    run = rerating.start_rerating(ctx, Scope(OCTOBER), price_list=None, reason="Prices came late.")
    run_jobs(ctx)
    assert run.state is rerating.RunState.COMPUTED
    return run.id


@pytest.fixture
def lines(database: Database) -> list[UUID]:
    """Postpaid and prepaid lines with a call each, and prices that came late."""

    def furnish(ctx: Context) -> list[UUID]:
        open_shop(ctx)
        made = []
        for number in range(LINES):
            mode = PaymentMode.PREPAID if number % 2 else PaymentMode.POSTPAID
            line = open_line(ctx, f"+45200000{number:02}", mode)
            if mode is PaymentMode.PREPAID:
                balances.top_up(ctx, line, Money(10_000_000, "DKK"), Reason.TOP_UP, uuid7())
            made.append(line)
        load(ctx, receive(ctx, *(call(number, caller=f"+45200000{number:02}") for number in range(LINES))))
        publish(ctx, 360_000)
        return made

    return list(work(furnish))


def shares(run_id: UUID) -> list[Share]:
    """Approve a run, and take its promised shares, an account each."""

    def approve(ctx: Context) -> list[Share]:
        billing.book_rerating(ctx, run_id)
        rows = ctx.db.scalars(select(JobRow).where(JobRow.name == "charging.book_rerating")).all()
        accounts = [account for row in rows for account in row.arguments["accounts"]]
        for row in rows:
            ctx.db.delete(row)
        ctx.db.execute(text("UPDATE rerating_run SET shares = :n WHERE id = :run"), {"n": len(accounts), "run": run_id})
        return [{"run_id": str(run_id), "accounts": [account]} for account in accounts]

    return list(work(approve))


def check_booked_once(lines: list[UUID], price: int = NEW) -> None:
    def check(ctx: Context) -> None:
        assert ctx.db.scalar(text("SELECT count(*) FROM rerated_event")) == LINES
        moved = "SELECT count(*), sum(delta) FROM ledger_entry WHERE reason = 'rerating'"
        assert tuple(ctx.db.execute(text(moved)).one()) == (LINES // 2, -(LINES // 2) * (price - OLD))
        assert ctx.db.scalar(text("SELECT sum(value) FROM counter WHERE code = 'spend'")) == LINES // 2 * price
        assert [balances.money(ctx, line) for line in lines[1::2]] == [10_000_000 - price] * (LINES // 2)

    work(check)


class Killed(BaseException):
    """The process is gone."""


def test_what_a_killed_share_had_begun_is_done_when_it_comes_again(
    lines: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = shares(work(computed))
    whole = {**parts[0], "accounts": [account for part in parts for account in part["accounts"]]}
    work(lambda ctx: ctx.db.execute(text("UPDATE rerating_run SET shares = 1")))
    booked = booking.book
    seen: list[UUID] = []

    def dying(ctx: Context, run_id: UUID, past: Any, agains: Any) -> None:
        booked(ctx, run_id, past, agains)
        seen.append(past.account_id)
        if len(seen) == LINES // 2:
            raise Killed

    monkeypatch.setattr(booking, "book", dying)
    with pytest.raises(Killed):
        work(lambda ctx: booking.book_share(ctx, **whole))
    monkeypatch.setattr(booking, "book", booked)
    work(lambda ctx: booking.book_share(ctx, **whole))
    check_booked_once(lines)
    # A job that was done, and whose end was not noted, comes again.
    work(lambda ctx: booking.book_share(ctx, **whole))
    check_booked_once(lines)


def at_once(*jobs: Callable[[], None]) -> None:
    """Run in threads that begin together."""
    gate = Barrier(len(jobs))

    def one(job: Callable[[], None]) -> None:
        gate.wait()
        job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        for done in [pool.submit(one, job) for job in jobs]:
            done.result()


def book_all(mine: list[Share]) -> None:
    """Each in a transaction of its own."""
    for share in mine:
        with brand_work("testbrand") as ctx:
            ctx.now = utc("2026-10-20 12:00")
            booking.book_share(ctx, **share)


def test_shares_at_once_book_all_of_it_and_the_last_one_closes_the_run(lines: list[UUID]) -> None:
    run_id = work(computed)
    parts = shares(run_id)
    at_once(partial(book_all, parts[::2]), partial(book_all, parts[1::2]))
    check_booked_once(lines)
    run = work(lambda ctx: rerating.rerating(ctx, run_id))
    assert (run.state, run.shares_done) == (rerating.RunState.BOOKED, LINES)


def test_the_same_share_twice_at_once_books_once(lines: list[UUID]) -> None:
    for share in shares(work(computed)):
        at_once(partial(book_all, [share]), partial(book_all, [share]))
    check_booked_once(lines)


def test_of_two_runs_over_the_same_events_one_is_booked_and_the_other_is_stale(lines: list[UUID]) -> None:
    runs = [work(computed), work(computed)]
    first, second = (shares(run_id) for run_id in runs)
    at_once(partial(book_all, first), partial(book_all, second))
    check_booked_once(lines)

    def states(ctx: Context) -> list[tuple[str, int]]:
        rows = "SELECT state, count(*) FROM rerating_change GROUP BY state ORDER BY state"
        return [(state, count) for state, count in ctx.db.execute(text(rows))]

    assert work(states) == [("booked", LINES), ("stale", LINES)]


def test_a_re_rating_after_the_other_finds_nothing(lines: list[UUID]) -> None:
    book_all(shares(work(computed)))
    again = work(computed)
    assert work(lambda ctx: rerating.changes(ctx, again)) == []
    assert shares(again) == []
    check_booked_once(lines)
