"""Loads that are killed, repeated, or run side by side."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import text

from mvne_platform import balances, charging, mediation
from mvne_platform.balances import Grant, Reason
from mvne_platform.catalogue import PaymentMode
from mvne_platform.charging import columns, jobs, loading
from mvne_platform.kernel import Money, Unit, uuid7
from mvne_platform.mediation import FileState
from mvne_platform.runtime import brand_work
from tests.platform.charging.shop import (
    ANNA,
    BENT,
    call,
    load,
    open_line,
    open_shop,
    outcomes,
    receive,
    reconcile,
    state_hash,
)
from tests.platform.lines import LONG_AGO
from tests.plugins.database import Database

START = "2026-09-20T10:00:00Z"


class Killed(Exception):
    """The process is gone."""


@pytest.fixture(autouse=True)
def lines(database: Database) -> dict[str, UUID]:
    """Committed prices and lines."""
    with brand_work("testbrand") as ctx:
        open_shop(ctx)
        opened = {ANNA: open_line(ctx, ANNA, PaymentMode.PREPAID), BENT: open_line(ctx, BENT)}
        balances.top_up(ctx, opened[ANNA], Money.of(100, "DKK"), Reason.TOP_UP, uuid7())
    return opened


def calls(*numbers: int) -> list[str]:
    return [call(number, caller=(ANNA, BENT)[number % 2], start=START) for number in numbers]


def received(*numbers: int, name: str = "usage.csv") -> UUID:
    with brand_work("testbrand") as ctx:
        return receive(ctx, *calls(*numbers), name=name).id


def run_to_the_end(file_id: UUID, size: int = 3) -> None:
    """Chunk by chunk, each in a transaction of its own."""
    finished = False
    while not finished:
        with brand_work("testbrand") as ctx:
            finished = charging.load_chunk(ctx, file_id, size=size).finished


def run_columns(file_id: UUID, size: int = 3) -> None:
    """The same as columns, as the worker does it: with the next chunk read and placed ahead."""
    ahead, finished = columns.Ahead(size, placing=True), False
    while not finished:
        with brand_work("testbrand") as ctx:
            finished = columns.load_columns(ctx, file_id, ahead).finished
    ahead.close()


Way = Callable[[UUID, int], None]
both_ways = pytest.mark.parametrize("way", [run_to_the_end, run_columns], ids=["rows", "columns"])


def final_state() -> tuple[str, int]:
    """The hash of everything rated, and how many events there are."""
    with brand_work("testbrand") as ctx:
        for file in mediation.usage_files(ctx, first=100):
            reconcile(ctx, file.id)
        return state_hash(ctx), ctx.db.scalar(text("SELECT count(*) FROM rated_event")) or 0


def test_a_load_killed_at_any_step_goes_on_without_loss_or_repeat(
    database: Database, lines: dict[str, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    file_id = received(*range(12))
    steps: list[tuple[object, str]] = [
        (loading.subscriptions, "timeline"),
        (loading.lookups, "ensure_partitions"),
        (loading.balances, "lock_purses"),
        (loading.lookups, "known_events"),
        (loading, "rate_events"),
        (loading, "write_rated"),
        (loading.late, "note"),
        (loading.balances, "post_usage"),
        (loading.balances, "move_counters"),
        (loading.mediation, "record_unrated"),
        (loading.mediation, "advance"),
    ]
    for done, (place, step) in enumerate(steps):
        whole = getattr(place, step)
        with monkeypatch.context() as patch:
            patch.setattr(place, step, _killed_after(whole))
            with pytest.raises(Killed), brand_work("testbrand") as ctx:
                charging.load_chunk(ctx, file_id, size=1)
        with brand_work("testbrand") as ctx:
            assert mediation.usage_file(ctx, file_id).rows_done == done
            charging.load_chunk(ctx, file_id, size=1)
        with brand_work("testbrand") as ctx:
            reconcile(ctx, file_id)
            assert mediation.usage_file(ctx, file_id).rows_done == done + 1
    run_to_the_end(file_id)
    with brand_work("testbrand") as ctx:
        assert outcomes(mediation.usage_file(ctx, file_id)) == {"rated": 12}
        assert balances.money(ctx, lines[ANNA]) == 100_000_000 - 6 * 405_000
        assert sum(event.accrued_micros for event in charging.usage(ctx, lines[BENT])) == 6 * 405_000


def _killed_after(whole: Callable[..., object]) -> Callable[..., object]:
    def killed(*arguments: object, **named: object) -> object:
        whole(*arguments, **named)
        raise Killed

    return killed


def test_the_job_rates_chunk_after_chunk_and_goes_with_the_last(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(charging.load_chunk.__kwdefaults__, "size", 4)
    file_id = received(*range(10))
    with brand_work("testbrand") as ctx:
        assert charging.start_load(ctx, file_id).state is FileState.RECEIVED
    promised = "SELECT arguments ->> 'file_id' FROM job WHERE name = 'charging.load_chunk' AND queue = 'rating'"
    steps = []
    with jobs.load_chunk.begin(file_id=str(file_id)) as step:
        while not steps or not steps[-1][1]:
            with brand_work("testbrand") as ctx:
                assert ctx.db.scalars(text(promised)).all() == [str(file_id)]
                last = step(ctx)
                steps.append((mediation.usage_file(ctx, file_id).rows_done, last))
    assert steps == [(4, False), (8, False), (10, True)]
    with brand_work("testbrand") as ctx:
        ctx.db.execute(text("DELETE FROM job"))
        assert charging.start_load(ctx, file_id).state is FileState.LOADED
        assert ctx.db.scalars(text(promised)).all() == []


@both_ways
def test_two_loads_of_one_file_share_its_chunks(database: Database, lines: dict[str, UUID], way: Way) -> None:
    file_id = received(*range(40))
    in_parallel(lambda: way(file_id, 3), lambda: way(file_id, 5))
    with brand_work("testbrand") as ctx:
        assert outcomes(mediation.usage_file(ctx, file_id)) == {"rated": 40}
        assert balances.money(ctx, lines[ANNA]) == 100_000_000 - 20 * 405_000
        loaded = "SELECT count(*) FROM fact WHERE kind = 'UsageFileLoaded'"
        assert ctx.db.scalar(text(loaded)) == 1
    final_state()


@both_ways
def test_overlapping_files_loaded_at_once_charge_each_call_once(
    database: Database, lines: dict[str, UUID], way: Way
) -> None:
    files = [received(*range(first, first + 30), name=f"{first}.csv") for first in (0, 10, 20, 30)]
    in_parallel(*[lambda file_id=file_id: way(file_id, 7) for file_id in files])
    with brand_work("testbrand") as ctx:
        loaded = [outcomes(mediation.usage_file(ctx, file_id)) for file_id in files]
        assert sum(counts.get("rated", 0) for counts in loaded) == 60
        assert sum(counts.get("duplicate", 0) for counts in loaded) == 60
        assert balances.money(ctx, lines[ANNA]) == 100_000_000 - 30 * 405_000
        assert len(charging.usage(ctx, lines[BENT], first=100)) == 30
    assert final_state()[1] == 60


@both_ways
def test_top_ups_during_a_load_are_not_lost(database: Database, lines: dict[str, UUID], way: Way) -> None:
    file_id = received(*range(0, 60, 2))

    def top_up_often() -> None:
        for _ in range(20):
            with brand_work("testbrand") as ctx:
                balances.top_up(ctx, lines[ANNA], Money.of(1, "DKK"), Reason.TOP_UP, uuid7())

    in_parallel(lambda: way(file_id, 2), top_up_often, top_up_often)
    with brand_work("testbrand") as ctx:
        assert balances.money(ctx, lines[ANNA]) == 140_000_000 - 30 * 405_000
    final_state()


def test_renewals_during_a_load_neither_deadlock_nor_lose_anything(database: Database, lines: dict[str, UUID]) -> None:
    file_id = received(*range(0, 60, 2))
    product = uuid7()

    def renew_often() -> None:
        for period in range(12):
            with brand_work("testbrand") as ctx:
                ends = ctx.now - timedelta(days=30 - period)
                minutes = Grant("minutes", Unit.SECOND, 60, valid_to=ends, product_id=product, valid_from=LONG_AGO)
                occasion = balances.occasion_id(product, ends)
                balances.expire(ctx, product, ends - timedelta(seconds=1))
                balances.debit(ctx, lines[ANNA], Money.of(1, "DKK"), Reason.RENEWAL, occasion)
                balances.grant_allowance(ctx, lines[ANNA], minutes, Reason.GRANT, occasion)

    in_parallel(lambda: run_to_the_end(file_id, size=2), renew_often)
    with brand_work("testbrand") as ctx:
        assert outcomes(mediation.usage_file(ctx, file_id)) == {"rated": 30}
        paid = sum(event.debited_micros for event in charging.usage(ctx, lines[ANNA], first=100))
        assert balances.money(ctx, lines[ANNA]) == 100_000_000 - 12_000_000 - paid
    final_state()


def test_a_new_month_stops_no_reader_and_no_other_load(database: Database, lines: dict[str, UUID]) -> None:
    # A load that makes a partition may next wait for an account whose load reads the table: neither may block it.
    with brand_work("testbrand") as reader:
        assert charging.usage(reader, lines[BENT]) == []
        with brand_work("testbrand") as ctx:
            ctx.db.execute(text("SET LOCAL lock_timeout = '5s'"))
            load(ctx, receive(ctx, call(1, caller=BENT, start="2019-03-01T00:00:00Z")))
            reader.db.execute(text("SET LOCAL lock_timeout = '5s'"))
            assert charging.usage(reader, lines[BENT], wanted=charging.UsageFilter(service="data")) == []
        assert len(charging.usage(reader, lines[BENT])) == 1


def test_chunks_and_killed_chunks_come_to_the_same_as_one_transaction(database: Database) -> None:
    with brand_work("testbrand") as ctx:
        load(ctx, receive(ctx, *calls(*range(12))))
        at_once = state_hash(ctx)
        ctx.db.rollback()
    run_to_the_end(received(*range(12)), size=5)
    assert final_state() == (at_once, 12)


def in_parallel(*works: Callable[[], None]) -> None:
    """Run each in a thread, all begun together; the first exception is raised."""
    begun = Barrier(len(works))

    def one(work: Callable[[], None]) -> None:
        begun.wait()
        work()

    with ThreadPoolExecutor(len(works)) as pool:
        for done in [pool.submit(one, work) for work in works]:
            done.result()
