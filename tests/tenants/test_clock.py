"""A sandbox's clock against the database: it stops at timers, waits for work, and never goes back."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from mvne_platform.runtime import Actor, ActorKind, Context, Job, brand_work, platform_work
from mvne_platform.runtime.context import PermissionMissing
from mvne_platform.runtime.models import JobRow
from mvne_platform.runtime.tenancy import UnknownBrand
from mvne_tenants import clock
from mvne_tenants.clock import Decision, Move
from tests.plugins.cluster import START
from tests.plugins.database import Database

HOUR = timedelta(hours=1)
WORK = Job("tests.work", "events", lambda ctx: None)


def registry(database: Database, slug: str = "testbrand") -> tuple[Any, ...]:
    """State, clock and target as stored."""
    with psycopg.connect(database.superuser_dsn) as connection:
        query = "SELECT state, clock_at, clock_target FROM platform.brand WHERE slug = %s"
        row = connection.execute(query, [slug]).fetchone()
    assert row is not None
    return row


def sql(database: Database, statement: str, *values: object) -> None:
    """Change something by hand."""
    with psycopg.connect(database.superuser_dsn) as connection:
        connection.execute("SELECT set_config('search_path', 'testbrand', true)")
        connection.execute(statement.encode(), values)


def promised(slug: str = "testbrand") -> list[tuple[str, str]]:
    """The jobs that wait, and their first argument."""
    with brand_work(slug) as ctx:
        rows = ctx.db.query(JobRow).order_by(JobRow.id).all()
        return [(row.name, str(row.arguments.get("n", ""))) for row in rows]


def finish_jobs(database: Database) -> None:
    sql(database, "DELETE FROM job")


def test_the_clock_stops_at_each_timer_and_arrives(database: Database) -> None:
    with brand_work("testbrand") as ctx:
        ctx.at(START + 2 * HOUR, WORK, n=2)
        ctx.at(START + 1 * HOUR, WORK, n=1)
        ctx.at(START + 9 * HOUR, WORK, n=9)
    with brand_work("otherbrand") as ctx:
        ctx.at(START + HOUR, WORK, n=0)
    clock.request_advance("testbrand", START + 3 * HOUR)

    assert clock.step("testbrand") == Decision(Move.TIMER, START + HOUR)
    assert promised() == [("tests.work", "1")]
    assert registry(database) == ("sandbox", START + HOUR, START + 3 * HOUR)

    assert clock.step("testbrand") == Decision(Move.WAIT, START + HOUR)

    finish_jobs(database)
    assert clock.step("testbrand") == Decision(Move.TIMER, START + 2 * HOUR)
    assert promised() == [("tests.work", "2")]

    finish_jobs(database)
    assert clock.step("testbrand") == Decision(Move.ARRIVE, START + 3 * HOUR)
    assert registry(database) == ("sandbox", START + 3 * HOUR, None)
    assert clock.step("testbrand") == Decision(Move.NONE, START + 3 * HOUR)
    assert promised() == []
    assert registry(database, "otherbrand") == ("sandbox", START, None)
    assert promised("otherbrand") == []


def test_a_step_that_died_before_its_timer_fired_is_taken_up(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with brand_work("testbrand") as ctx:
        ctx.at(START + HOUR, WORK, n=1)
    clock.request_advance("testbrand", START + 3 * HOUR)

    def die(ctx: Context, until: datetime) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("mvne_tenants.clock.commands.fire_due", die)
        with pytest.raises(KeyboardInterrupt):
            clock.step("testbrand")
    assert registry(database) == ("sandbox", START + HOUR, START + 3 * HOUR)
    assert promised() == []

    assert clock.step("testbrand") == Decision(Move.TIMER, START + HOUR)
    assert promised() == [("tests.work", "1")]


DUMMIES: dict[str, Callable[[], object]] = {
    "boolean": lambda: False,
    "uuid": uuid4,
    "text": lambda: str(uuid4()),
    "character varying": lambda: "x",
    "bigint": lambda: 0,
    "timestamp with time zone": lambda: START,
    "jsonb": lambda: "{}",
}


def plant(database: Database, table: str, **values: object) -> None:
    """Put a row into a table of testbrand; what is not named gets a dummy, and no foreign key is looked at."""
    with psycopg.connect(database.superuser_dsn) as connection:
        connection.execute("SET LOCAL session_replication_role = replica")
        columns = connection.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'testbrand'"
            " AND table_name = %s AND is_nullable = 'NO' AND is_identity = 'NO'",
            [table],
        ).fetchall()
        row = {name: DUMMIES[kind]() for name, kind in columns} | values
        names, places = ", ".join(row), ", ".join("%s" for _ in row)
        connection.execute(f"INSERT INTO testbrand.{table} ({names}) VALUES ({places})".encode(), list(row.values()))


UNFINISHED: list[tuple[str, dict[str, object]]] = [
    ("outbox", {}),
    ("job", {}),
    ("network_request", {"state": "open", "operation": "activate"}),
    ("identity_verification", {"state": "pending"}),
    ("payment", {"state": "pending", "amount_micros": 1}),
    ("usage_file", {"state": "received"}),
    ("usage_file", {"state": "loading"}),
]
FINISHED: list[tuple[str, dict[str, object]]] = [
    ("job", {"failed_at": START}),
    ("network_request", {"state": "done", "operation": "activate"}),
    ("network_request", {"state": "failed", "operation": "activate"}),
    ("identity_verification", {"state": "manual"}),
    ("identity_verification", {"state": "declined"}),
    ("payment", {"state": "captured", "amount_micros": 1}),
    ("usage_file", {"state": "loaded", "loaded_at": START, "rows_total": 0}),
    ("usage_file", {"state": "rejected", "rejection": "empty", "rejection_code": "FORMAT"}),
]


@pytest.mark.parametrize(("table", "values"), UNFINISHED)
def test_unfinished_work_holds_the_clock(database: Database, table: str, values: dict[str, object]) -> None:
    plant(database, table, **values)
    clock.request_advance("testbrand", START + HOUR)
    assert clock.step("testbrand") == Decision(Move.WAIT, START)
    assert registry(database) == ("sandbox", START, START + HOUR)


def test_finished_work_and_what_waits_for_people_does_not(database: Database) -> None:
    for table, values in FINISHED:
        plant(database, table, **values)
    clock.request_advance("testbrand", START + HOUR)
    assert clock.step("testbrand") == Decision(Move.ARRIVE, START + HOUR)


def test_the_job_of_a_verification_in_manual_review_does_not_hold_the_clock(database: Database) -> None:
    verification = uuid4()
    plant(database, "identity_verification", id=verification, state="manual")
    plant(database, "job", name="party.verify_identity", arguments=json.dumps({"verification_id": str(verification)}))
    clock.request_advance("testbrand", START + HOUR)
    assert clock.step("testbrand") == Decision(Move.ARRIVE, START + HOUR)


def test_the_clock_never_goes_back(database: Database) -> None:
    with pytest.raises(clock.ClockGoesBack, match="shows 2026-09-30T22:00:00"):
        clock.request_advance("testbrand", START - timedelta(seconds=1))
    assert registry(database) == ("sandbox", START, None)


def test_a_live_brand_keeps_real_time(database: Database) -> None:
    sql(database, "UPDATE platform.brand SET state = 'live', clock_at = NULL WHERE slug = 'testbrand'")
    with pytest.raises(clock.ClockIsReal, match="'testbrand' is live"):
        clock.request_advance("testbrand", START + HOUR)
    assert clock.step("testbrand").move is Move.NONE
    assert registry(database) == ("live", None, None)


def test_an_unknown_brand_and_a_missing_permission_are_refused(database: Database) -> None:
    with pytest.raises(UnknownBrand, match="no brand 'nobody'"):
        clock.request_advance("nobody", START + HOUR)
    clerk = Actor(ActorKind.STAFF, "clerk", frozenset({"brand.read"}))
    with pytest.raises(PermissionMissing, match=r"'brand\.clock'"):
        clock.request_advance("testbrand", START + HOUR, actor=clerk)
    assert registry(database) == ("sandbox", START, None)


def test_the_moving_brands_are_those_with_a_target(database: Database) -> None:
    clock.request_advance("otherbrand", START + HOUR)
    with platform_work() as db:
        assert clock.moving(db) == ["otherbrand"]
