from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier, Event
from time import sleep
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import event, select, text

from mvne_platform import inventory
from mvne_platform.inventory import Number, NumberTaken, ResourceState, Sim, directory, jobs, queries
from mvne_platform.kernel import uuid7
from mvne_platform.runtime import Actor, ActorKind, Context, brand_work
from mvne_platform.runtime.context import PermissionMissing
from mvne_platform.runtime.models import TimerRow
from tests.platform.inventory.stock import fill, iccid, number_row, sim_row
from tests.plugins.database import Database


def states(ctx: Context) -> list[tuple[str, ResourceState]]:
    return [
        (row.msisdn, row.state) for row in ctx.db.execute(select(Number.msisdn, Number.state).order_by(Number.msisdn))
    ]


def test_the_first_free_of_kind_and_group_is_reserved(ctx: Context) -> None:
    line = uuid7()
    inventory.add_sims(ctx, [sim_row(1, "esim"), sim_row(2), sim_row(3)])
    inventory.add_numbers(ctx, [number_row(1, "gold"), number_row(3), number_row(2)])
    sim, number = inventory.reserve_sim(ctx, line), inventory.reserve_number(ctx, line)
    assert (sim.iccid, sim.state, sim.reserved_for) == (iccid(2), ResourceState.RESERVED, line)
    assert (number.msisdn, number.state, number.reserved_for) == ("+4520000002", ResourceState.RESERVED, line)
    assert inventory.reserve_sim(ctx, uuid7(), "esim").iccid == iccid(1)
    assert inventory.reserve_number(ctx, uuid7(), group="gold").msisdn == "+4520000001"


def test_a_chosen_number_is_reserved_or_refused(ctx: Context) -> None:
    fill(ctx, 0, 3)
    line = uuid7()
    assert inventory.reserve_number(ctx, line, "+4520000002").reserved_for == line
    for gone in ("+4520000002", "+4599999999"):
        with pytest.raises(NumberTaken) as refused:
            inventory.reserve_number(ctx, uuid7(), gone)
        assert (refused.value.code, refused.value.field) == ("NUMBER_TAKEN", ("msisdn",))
    assert [state for _, state in states(ctx)] == [ResourceState.FREE, ResourceState.RESERVED, ResourceState.FREE]
    assert ctx.db.scalars(select(Number.reserved_for).where(Number.msisdn == "+4520000002")).one() == line


def test_an_empty_stock_is_named(ctx: Context) -> None:
    with pytest.raises(inventory.NothingFree, match="No esim SIM") as refused:
        inventory.reserve_sim(ctx, uuid7(), "esim")
    assert (refused.value.code, refused.value.field) == ("NOTHING_FREE", ("sim_kind",))
    with pytest.raises(inventory.NothingFree, match="group 'gold'"):
        inventory.reserve_number(ctx, uuid7(), group="gold")


def test_free_numbers_are_shown_to_those_who_may_order(ctx: Context) -> None:
    fill(ctx, 0, 3)
    inventory.add_numbers(ctx, [number_row(9, "gold")])
    inventory.reserve_number(ctx, uuid7())
    ctx.actor = Actor(ActorKind.CLIENT, "shop", frozenset({"order.place"}))
    assert inventory.free_numbers(ctx, 10) == ["+4520000002", "+4520000003"]
    assert inventory.free_numbers(ctx, 1) == ["+4520000002"]
    assert inventory.free_numbers(ctx, 10, group="gold") == ["+4520000009"]
    ctx.actor = Actor(ActorKind.CLIENT, "care", frozenset({"balance.read"}))
    with pytest.raises(PermissionMissing, match=r"order\.place"):
        inventory.free_numbers(ctx, 10)


def test_the_next_free_one_is_found_by_its_index(ctx: Context) -> None:
    fill(ctx, 3, 3)
    ctx.db.execute(text("SET LOCAL enable_seqscan = off"))
    statements: list[tuple[str, object]] = []
    event.listen(ctx.db.connection(), "before_cursor_execute", lambda *args: statements.append((args[2], args[3])))
    queries.next_free_sim(ctx, "physical")
    queries.next_free_number(ctx, "standard")
    for (statement, values), index in zip(list(statements), ("ix_sim_free", "ix_number_free"), strict=True):
        plan = ctx.db.connection().exec_driver_sql(f"EXPLAIN {statement}", values).scalars().all()
        assert any(index in line for line in plan)


def test_assigning_twice_is_assigning_once_and_needs_a_reservation(ctx: Context) -> None:
    fill(ctx, 1, 1)
    line = uuid7()
    with pytest.raises(inventory.NothingReserved):
        inventory.assign(ctx, line)
    inventory.reserve_sim(ctx, line)
    inventory.reserve_number(ctx, line)
    inventory.assign(ctx, line)
    inventory.assign(ctx, line)
    assert states(ctx) == [("+4520000001", ResourceState.ASSIGNED)]
    assert ctx.db.scalars(select(Sim.state)).all() == [ResourceState.ASSIGNED]
    assert [entry.during.upper for entry in directory.entries(ctx, "imsi", "238990000000001")] == [None]


def test_what_was_only_reserved_is_free_at_once(ctx: Context) -> None:
    fill(ctx, 1, 1)
    line = uuid7()
    inventory.reserve_sim(ctx, line)
    inventory.reserve_number(ctx, line)
    for _ in range(2):
        inventory.release(ctx, line)
        assert states(ctx) == [("+4520000001", ResourceState.FREE)]
        assert ctx.db.execute(select(Sim.state, Sim.reserved_for)).one() == (ResourceState.FREE, None)
    assert inventory.reserve_number(ctx, uuid7(), "+4520000001").state is ResourceState.RESERVED


def test_a_used_number_rests_and_a_used_sim_is_retired(ctx: Context) -> None:
    fill(ctx, 1, 1)
    line = uuid7()
    inventory.reserve_sim(ctx, line)
    number = inventory.reserve_number(ctx, line)
    inventory.assign(ctx, line)
    inventory.release(ctx, line)
    until = ctx.now + timedelta(days=90)
    assert (number.state, number.reserved_for, number.free_from) == (ResourceState.QUARANTINE, None, until)
    assert ctx.db.execute(select(Sim.state, Sim.reserved_for)).one() == (ResourceState.RETIRED, None)
    timer = ctx.db.scalars(select(TimerRow)).one()
    assert (timer.due_at, timer.job, timer.arguments) == (
        until,
        "inventory.end_quarantine",
        {"number_id": str(number.id)},
    )
    with pytest.raises(NumberTaken):
        inventory.reserve_number(ctx, uuid7(), "+4520000001")

    jobs.end_quarantine.run(ctx, **timer.arguments)
    assert number.state is ResourceState.QUARANTINE
    ctx.now = until
    jobs.end_quarantine.run(ctx, **timer.arguments)
    assert (number.state, number.free_from) == (ResourceState.FREE, None)
    assert inventory.reserve_number(ctx, uuid7()).msisdn == "+4520000001"
    jobs.end_quarantine.run(ctx, **timer.arguments)
    assert number.state is ResourceState.RESERVED


def test_the_rest_of_a_number_is_the_brands_to_set(ctx: Context) -> None:
    fill(ctx, 1, 1)
    ctx.brand.profile["inventory"] = {"quarantine_days": 30}
    line = uuid7()
    inventory.reserve_sim(ctx, line)
    number = inventory.reserve_number(ctx, line)
    inventory.assign(ctx, line)
    inventory.release(ctx, line)
    assert number.free_from == ctx.now + timedelta(days=30)


def reserve_both(line: UUID) -> tuple[str, str] | None:
    """One order's transaction; None when the stock refused it."""
    try:
        with brand_work("testbrand") as ctx:
            sim, number = inventory.reserve_sim(ctx, line), inventory.reserve_number(ctx, line)
            sleep(0.002)
            return sim.iccid, number.msisdn
    except inventory.NothingFree:
        return None


def test_many_orders_for_the_last_numbers_get_each_once(database: Database) -> None:
    with brand_work("testbrand") as ctx:
        fill(ctx, 60, 7)
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(reserve_both, [uuid7() for _ in range(60)]))
    won = [answer for answer in answers if answer]
    assert (len(won), len(answers) - len(won)) == (7, 53)
    assert sorted(msisdn for _, msisdn in won) == [f"+452000000{n}" for n in range(1, 8)]
    assert len({iccid for iccid, _ in won}) == 7
    with brand_work("testbrand") as ctx:
        taken = ctx.db.scalars(select(Number.reserved_for).where(Number.state == ResourceState.RESERVED)).all()
        assert len(set(taken)) == 7
        # Refused orders gave their SIM back with everything else.
        assert len(ctx.db.scalars(select(Sim.id).where(Sim.state == ResourceState.RESERVED)).all()) == 7


def test_orders_that_fail_do_not_make_the_last_number_seem_gone(database: Database) -> None:
    """Two of three attempts roll back after reserving; whoever comes last still gets what they let go."""
    with brand_work("testbrand") as ctx:
        fill(ctx, 3, 3)
    start = Barrier(9)

    def attempt(position: int) -> str | None:
        start.wait()
        with suppress(ConnectionAbortedError, inventory.NothingFree), brand_work("testbrand") as ctx:
            number = inventory.reserve_number(ctx, uuid7())
            sleep(0.01)
            if position % 3:
                raise ConnectionAbortedError
            return number.msisdn
        return None

    with ThreadPoolExecutor(9) as pool:
        kept = [msisdn for msisdn in pool.map(attempt, range(9)) if msisdn]
    assert sorted(kept) == ["+4520000001", "+4520000002", "+4520000003"]


def wait_until_it_waits(database: Database, answer: Future[str]) -> None:
    """Return when a session of the database waits for another's row lock, or the answer is there without waiting."""
    question = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'"
    with psycopg.connect(database.superuser_dsn, autocommit=True) as watcher:
        while not answer.done() and watcher.execute(question, [database.name]).fetchone() == (0,):
            sleep(0.005)


def second_order(database: Database, reserve: Callable[[Context], Number], *, first_commits: bool) -> Future[str]:
    """An order for the last number while another holds it, which then commits or rolls back."""
    reserved, proceed = Event(), Event()

    def first() -> None:
        with brand_work("testbrand") as ctx:
            inventory.reserve_number(ctx, uuid7())
            reserved.set()
            proceed.wait()
            if not first_commits:
                raise ConnectionAbortedError

    def second() -> str:
        with brand_work("testbrand") as ctx:
            return reserve(ctx).msisdn

    with ThreadPoolExecutor(2) as pool:
        begun = pool.submit(first)
        reserved.wait()
        answer = pool.submit(second)
        wait_until_it_waits(database, answer)
        waited = not answer.done()
        proceed.set()
    assert isinstance(begun.exception(), type(None) if first_commits else ConnectionAbortedError)
    assert waited
    return answer


@pytest.mark.parametrize("chosen", [None, "+4520000001"])
def test_the_last_number_is_waited_for_and_had_if_the_other_fails(database: Database, chosen: str | None) -> None:
    with brand_work("testbrand") as ctx:
        fill(ctx, 0, 1)
    answer = second_order(database, lambda ctx: inventory.reserve_number(ctx, uuid7(), chosen), first_commits=False)
    assert answer.result() == "+4520000001"


@pytest.mark.parametrize(("chosen", "refusal"), [(None, inventory.NothingFree), ("+4520000001", NumberTaken)])
def test_the_last_number_is_waited_for_and_missed_if_the_other_commits(
    database: Database, chosen: str | None, refusal: type[Exception]
) -> None:
    with brand_work("testbrand") as ctx:
        fill(ctx, 0, 1)
    answer = second_order(database, lambda ctx: inventory.reserve_number(ctx, uuid7(), chosen), first_commits=True)
    assert isinstance(answer.exception(), refusal)
