"""The scheduler serves hundreds of brands: what fails at one, or in one duty, stops nothing else."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from mvne_platform.mediation import UsageFile, sources
from mvne_platform.mediation.formats.mvne_csv import COLUMNS
from mvne_platform.mediation.sources import SourceDraft, SourceKind
from mvne_platform.runtime import Job, brand_work
from mvne_platform.runtime.clock import system_now
from mvne_platform.runtime.models import JobRow
from mvne_platform.runtime.settings import settings
from mvne_workers import scheduler, watcher
from mvne_workers.relay import BATCH, relay_rung, resend
from mvne_workers.scheduler import Duty, fire_timers, run_scheduler, step_clocks
from mvne_workers.watcher import scan_inbox
from tests.plugins.database import Database

NEVER = Job("test.never", "events", lambda ctx: None)
HEADER = ",".join(COLUMNS) + "\n"
# It sorts before `testbrand`: whoever goes through the brands in turn meets it first.
UNBORN = "aborn"


@pytest.fixture
def unborn(database: Database) -> None:
    """A brand that stands in the registry and has neither roles nor a schema: its onboarding is under way."""
    copy = """
        INSERT INTO platform.brand
        SELECT (jsonb_populate_record(b, jsonb_build_object(
          'slug', %(slug)s::text, 'brand_role', %(slug)s || '_app', 'clock_target', b.clock_at + interval '1 day'))).*
        FROM platform.brand b WHERE slug = 'testbrand'
    """
    rung = "INSERT INTO platform.doorbell (brand_role) VALUES (%(slug)s || '_app')"
    timer = """
        INSERT INTO platform.timer (id, brand_role, due_at, job, queue, arguments)
        VALUES (gen_random_uuid(), %(slug)s || '_app', '2020-01-01', 'test.never', 'events', '{}')
    """
    with psycopg.connect(database.superuser_dsn) as connection:
        for statement in (copy, rung, timer):
            connection.execute(statement, {"slug": UNBORN})


def promise(count: int = 1) -> list[UUID]:
    with brand_work("testbrand") as ctx:
        return [ctx.later(NEVER) for _ in range(count)]


def sent_by(duty: str) -> list[tuple[str, UUID, str]]:
    sent: list[tuple[str, UUID, str]] = []

    def send(slug: str, job_id: UUID, queue: str) -> None:
        sent.append((slug, job_id, queue))

    relay_rung(send) if duty == "relay" else resend([UNBORN, "testbrand"], send)
    return sent


@pytest.mark.usefixtures("unborn")
@pytest.mark.parametrize("duty", ["relay", "resend"])
def test_a_brand_that_is_still_being_made_holds_up_no_other_brands_jobs(duty: str) -> None:
    [job_id] = promise()
    with capture_logs() as logs:
        assert sent_by(duty) == [("testbrand", job_id, "events")]
    assert [(entry["brand"], entry["duty"]) for entry in logs] == [(UNBORN, duty)]


@pytest.mark.usefixtures("unborn")
def test_a_brand_that_is_still_being_made_holds_up_no_other_brands_timers_and_clocks() -> None:
    with brand_work("testbrand") as ctx:
        ctx.at(ctx.now, NEVER)
    assert fire_timers() == 1
    assert step_clocks() == 0


def test_jobs_that_are_long_in_the_queue_are_not_all_sent_again_at_once(database: Database) -> None:
    promise(BATCH + 1)
    assert len(sent_by("relay")) == BATCH + 1
    with brand_work("testbrand") as ctx:
        for row in ctx.db.scalars(select(JobRow)):
            row.relayed_at = system_now() - timedelta(minutes=1)

    first, second, third = sent_by("resend"), sent_by("resend"), sent_by("resend")

    assert (len(first), len(second), len(third)) == (BATCH, 1, 0)
    assert len({job_id for _, job_id, _ in first + second}) == BATCH + 1


def test_a_duty_that_fails_rests_and_the_others_go_on(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    stop, done = threading.Event(), threading.Event()
    failures: list[str] = []

    def fail() -> int:
        failures.append("once")
        raise OSError(28, "No space left on device")

    def work() -> int:
        if failures:
            stop.set()
        done.set()
        return 1

    monkeypatch.setattr(scheduler, "duties", lambda send: [Duty("fails", 0.0, fail), Duty("works", 0.0, work)])
    monkeypatch.setattr(scheduler, "slow_duties", list)
    run_scheduler(lambda *_: None, stop)

    assert done.is_set()
    assert failures == ["once"]


def test_a_large_file_does_not_hold_up_the_relay(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    stop, copying = threading.Event(), threading.Event()

    def copy() -> int:
        copying.set()
        assert stop.wait(30)
        return 1

    def relay() -> int:
        if copying.is_set():
            stop.set()
        return 0

    monkeypatch.setattr(scheduler, "duties", lambda send: [Duty("relay", 0.0, relay)])
    monkeypatch.setattr(scheduler, "slow_duties", lambda: [Duty("inbox", 0.5, copy)])
    run_scheduler(lambda *_: None, stop)

    assert copying.is_set()


@pytest.fixture
def folder(database: Database, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where `testbrand` drops its files; nothing is waited for."""
    monkeypatch.setattr(watcher, "SETTLED_SECONDS", -1.0)
    inbox = settings().data / "inbox" / "testbrand" / "mvne-csv"
    inbox.mkdir(parents=True)
    return inbox


def received() -> list[str]:
    with brand_work("testbrand") as ctx:
        return list(ctx.db.scalars(select(UsageFile.name).order_by(UsageFile.name)))


def test_a_dropped_file_is_received_loaded_and_gone(folder: Path) -> None:
    (folder / "a.csv").write_text(HEADER)
    (folder / "b.csv.part").write_text(HEADER)
    assert scan_inbox() == 1
    assert received() == ["a.csv"]
    assert sorted(path.name for path in folder.iterdir()) == ["b.csv.part"]
    with brand_work("testbrand") as ctx:
        assert ctx.db.scalars(select(JobRow.name)).all() == ["charging.load_chunk"]


def test_a_file_the_disk_has_no_room_for_waits_and_the_next_one_is_tried(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.csv", "b.csv"):
        (folder / name).write_text(HEADER + name)
    take = watcher.mediation.receive_files

    def full(ctx: object, *, name: str, **rest: object) -> object:
        if name == "a.csv":
            raise OSError(28, "No space left on device")
        return take(ctx, name=name, **rest)  # type: ignore[arg-type]  # passed on as they came

    with monkeypatch.context() as patch:
        patch.setattr(watcher.mediation, "receive_files", full)
        assert scan_inbox() == 1
    assert received() == ["b.csv"]
    assert [path.name for path in folder.iterdir()] == ["a.csv"]

    assert scan_inbox() == 1
    assert received() == ["a.csv", "b.csv"]


def test_a_file_that_grows_while_it_is_taken_is_left_and_taken_whole(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dropped = folder / "a.csv"
    dropped.write_text(HEADER)
    start = watcher.charging.start_load

    def slowly(ctx: object, file_id: UUID) -> object:
        dropped.write_text(HEADER + "the rest of a slow upload\n")
        return start(ctx, file_id)  # type: ignore[arg-type]  # passed on as it came

    with monkeypatch.context() as patch:
        patch.setattr(watcher.charging, "start_load", slowly)
        assert scan_inbox() == 0
    assert dropped.exists()

    assert scan_inbox() == 1
    assert (received(), list(folder.iterdir())) == (["a.csv", "a.csv"], [])


def test_what_is_no_usage_file_is_set_aside_with_the_reason(folder: Path) -> None:
    (folder.parent / "unheard-of").mkdir()
    (folder.parent / "unheard-of" / "a.csv").write_text(HEADER)
    assert scan_inbox() == 0
    refused = folder.parent / "unheard-of" / "refused"
    assert sorted(path.name for path in refused.iterdir()) == ["a.csv", "a.csv.reason.txt"]
    assert (refused / "a.csv.reason.txt").read_text().startswith("UNKNOWN_FORMAT: ")


def test_timers_fire_by_the_brands_clock_only(database: Database) -> None:
    with brand_work("testbrand") as ctx:
        ctx.at(ctx.now + timedelta(microseconds=1), NEVER)
        assert ctx.now > datetime(2026, 9, 1, tzinfo=UTC)
    assert fire_timers() == 0


def test_a_folder_named_as_a_source_brings_its_files_and_a_link_brings_nothing(folder: Path, tmp_path: Path) -> None:
    with brand_work("testbrand") as ctx:
        draft = SourceDraft("desk", "The desk", "desk", SourceKind.UPLOAD, "mvne-csv")
        source_id = sources.create_source(ctx, draft).id
    secret = tmp_path / "secret.csv"
    secret.write_text(HEADER + "not yours")
    dropped = folder.parent / "desk"
    dropped.mkdir()
    (dropped / "a.csv").write_text(HEADER)
    (dropped / "link.csv").symlink_to(secret)
    assert scan_inbox() == 1
    assert received() == ["a.csv"]
    with brand_work("testbrand") as ctx:
        assert ctx.db.query(UsageFile).one().source_id == source_id
