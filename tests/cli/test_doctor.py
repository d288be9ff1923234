"""What `mvne doctor` finds, on damage planted with the superuser's hand."""

import json
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from click.testing import CliRunner, Result

from mvne_cli.commands.job import job
from mvne_cli.doctor import CHECKS, Finding, background, books, outside, schemas, usage
from mvne_cli.main import main
from mvne_platform import migrations
from mvne_platform.kernel import uuid7
from mvne_platform.mediation import sources
from mvne_platform.mediation.sources import SourceDraft, SourceKind
from mvne_platform.runtime import brand_work
from mvne_platform.runtime.clock import system_now
from mvne_platform.runtime.models import FactRow, JobRow, Outbox
from mvne_platform.runtime.settings import settings
from mvne_workers.broker import make_broker, prepare_broker
from mvne_workers.leader import Leadership, somebody_leads
from tests.plugins.database import Database

BRANDS = ["otherbrand", "testbrand"]
LINE, ACCOUNT, CUSTOMER = uuid7(), uuid7(), uuid7()


@pytest.fixture
def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def plant(database: Database, statement: str, *values: object) -> None:
    with psycopg.connect(database.superuser_dsn, autocommit=True) as connection:
        connection.execute("SET search_path = testbrand")
        connection.execute(statement.encode(), values)


def plant_line(database: Database) -> None:
    plant(
        database,
        "INSERT INTO customer (id, number, kind, given_name, family_name, email, language, created_at)"
        " VALUES (%s, 'C000001', 'individual', 'Test', 'Customer', 'c@example.test', 'da', now())",
        CUSTOMER,
    )
    plant(
        database,
        "INSERT INTO billing_account (id, number, customer_id, currency, billed_until, created_at)"
        " VALUES (%s, 'A000001', %s, 'DKK', '2026-10-01', now())",
        ACCOUNT,
        CUSTOMER,
    )
    plant(
        database,
        "INSERT INTO subscription (id, number, customer_id, account_id, payment_mode, state, created_at)"
        " VALUES (%s, 'S000001', %s, %s, 'prepaid', 'active', now())",
        LINE,
        CUSTOMER,
        ACCOUNT,
    )


def plant_bucket(database: Database, amount: int, *deltas: int) -> UUID:
    key = uuid7()
    plant(
        database,
        "INSERT INTO bucket (id, subscription_id, code, unit, currency, amount, granted, services, zones, priority,"
        " valid_from) VALUES (%s, %s, 'main', 'money', 'DKK', %s, 0, '{}', '{}', 100, now())",
        key,
        LINE,
        amount,
    )
    for delta in deltas:
        plant(
            database,
            "INSERT INTO ledger_entry (id, bucket_id, delta, reason, reason_id, occurred_at)"
            " VALUES (%s, %s, %s, 'top_up', %s, now())",
            uuid7(),
            key,
            delta,
            uuid7(),
        )
    return key


def plant_job(*, age: timedelta = timedelta(0), **values: object) -> UUID:
    with brand_work("testbrand") as ctx:
        row = JobRow(
            id=aged(age), name="letters.deliver", queue="letters", arguments={}, actor="system", request_id="", **values
        )
        ctx.db.add(row)
    return row.id


def aged(age: timedelta) -> UUID:
    """A uuid7 that was made some time ago."""
    milliseconds = int((system_now() - age).timestamp() * 1000)
    return UUID(int=(uuid7().int & ((1 << 80) - 1)) | milliseconds << 80)


def doctor(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["doctor", *arguments])


def test_sound_books_are_not_found_fault_with(database: Database) -> None:
    plant_line(database)
    plant_bucket(database, 1_500_000, 2_000_000, -500_000)
    assert list(books.broken_buckets(BRANDS)) == []
    assert list(books.broken_points(BRANDS)) == []
    assert list(background.stale_relays(BRANDS)) == []
    assert list(background.troubled_jobs(BRANDS)) == []
    assert list(schemas.behind(BRANDS)) == []


def test_a_bucket_that_is_not_its_ledger_is_named(database: Database) -> None:
    plant_line(database)
    key = plant_bucket(database, 1_500_001, 2_000_000, -500_000)
    (found,) = books.broken_buckets(BRANDS)
    assert found.where == "testbrand"
    assert found.what == f"Bucket 'main' ({key}) of S000001 shows 1500001 micros, and its ledger says 1500000."
    assert "docs/runbooks/balances.md" in found.way_out


def test_points_that_are_not_their_ledger_are_named(database: Database) -> None:
    plant_line(database)
    programme = uuid7()
    plant(database, "INSERT INTO programme (id, code, name) VALUES (%s, 'p', '{}')", programme)
    plant(
        database,
        "INSERT INTO member (id, programme_id, customer_id, points, enrolled_at) VALUES (%s, %s, %s, 40, now())",
        uuid7(),
        programme,
        CUSTOMER,
    )
    (found,) = books.broken_points(BRANDS)
    assert found.what == "The member of customer C000001 shows 40 points, and the ledger says 0."


def test_a_job_that_gave_up_is_named_with_its_error_and_can_be_tried_again(database: Database) -> None:
    key = plant_job(attempts=10, failed_at=datetime(2026, 10, 1, tzinfo=UTC), last_error="SMTPError: 550\nmore")
    (found,) = background.troubled_jobs(BRANDS)
    assert found == Finding(
        "testbrand",
        f"Job letters.deliver ({key}) gave up after 10 attempts: SMTPError: 550",
        f"Mend the cause, then `mvne job retry testbrand {key}`.",
    )

    answered = CliRunner().invoke(job, ["retry", "testbrand", str(key), "--json"], obj=Path("unused"))
    assert json.loads(answered.output) == [{"id": str(key), "again": True}]
    assert list(background.troubled_jobs(BRANDS)) == []
    with brand_work("testbrand") as ctx:
        row = ctx.db.get_one(JobRow, key)
        assert (row.attempts, row.failed_at, row.relayed_at) == (0, None, None)


def test_a_job_nobody_has_is_refused_and_no_other_is_touched(database: Database) -> None:
    key = plant_job(attempts=10, failed_at=datetime(2026, 10, 1, tzinfo=UTC))
    stranger = uuid7()
    answered = CliRunner().invoke(job, ["retry", "testbrand", str(key), str(stranger), "--json"], obj=Path("unused"))
    assert answered.exit_code == 2
    assert json.loads(answered.output)["error"]["code"] == "NO_SUCH_JOB"
    assert len(list(background.troubled_jobs(BRANDS))) == 1


def test_a_job_that_is_tried_again_and_again_is_named_after_some_attempts(database: Database) -> None:
    plant_job(attempts=background.MANY_ATTEMPTS - 1, last_error="TimeoutError")
    assert list(background.troubled_jobs(BRANDS)) == []
    key = plant_job(attempts=background.MANY_ATTEMPTS, last_error="OutsideUnavailable: network did not answer")
    (found,) = background.troubled_jobs(BRANDS)
    assert found.what == (
        f"Job letters.deliver ({key}) was tried 4 times and will be again: OutsideUnavailable: network did not answer"
    )


def test_a_relay_that_stands_still_is_named_with_the_time_since_when(database: Database) -> None:
    plant_job(age=timedelta(seconds=30))
    assert list(background.stale_relays(BRANDS)) == []
    key = plant_job(age=timedelta(seconds=90))
    (found,) = background.stale_relays(BRANDS)
    since = datetime.fromtimestamp((key.int >> 80) // 1000, UTC)
    assert found.where == "testbrand"
    assert found.what == f"Facts or jobs wait for the relay since {since:%Y-%m-%d %H:%M:%S} UTC."


def test_a_fact_that_is_not_positioned_counts_too(database: Database) -> None:
    key = aged(timedelta(minutes=5))
    with brand_work("testbrand") as ctx:
        ctx.db.add(FactRow(id=key, kind="K", subject_id=key, payload={}, actor="", request_id="", occurred_at=ctx.now))
        ctx.db.flush()
        ctx.db.add(Outbox(fact_id=key))
    assert [one.where for one in background.stale_relays(BRANDS)] == ["testbrand"]


def test_a_brand_that_is_not_at_head_is_named(database: Database) -> None:
    plant(database, "UPDATE alembic_version SET version_num = '0001'")
    (found,) = schemas.behind(BRANDS)
    assert found.where == "testbrand"
    newest = migrations.newest("brand")
    assert found.what == f"The schema is at revision 0001; this version needs {newest}."
    assert found.way_out.startswith("`mvne migrate`")


def test_revisions_cannot_be_read_without_the_ddl_login(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MVNE_ADMIN_DATABASE_URL")
    settings.cache_clear()
    (found,) = schemas.behind(BRANDS)
    assert "MVNE_ADMIN_DATABASE_URL" in found.what


def test_missing_processes_are_named_until_they_are_there(database: Database) -> None:
    prepare_broker(database.admin_dsn)
    make_broker.cache_clear()
    scheduler, _worker = background.missing_processes(BRANDS)
    assert scheduler.way_out == "Start `mvne up`, or `mvne scheduler`."
    assert not somebody_leads()
    with Leadership() as leadership:
        leadership.claim()
        assert somebody_leads()
        (worker,) = background.missing_processes(BRANDS)
        assert worker.what == "No worker has shown a sign of life: jobs wait."
        plant(database, "INSERT INTO dramatiq.worker (worker_id, heartbeat_at) VALUES (%s, now())", uuid7())
        assert list(background.missing_processes(BRANDS)) == []


def test_systems_outside_are_named_when_they_do_not_answer_or_have_no_address(
    database: Database, monkeypatch: pytest.MonkeyPatch, unused_port: int
) -> None:
    monkeypatch.setenv("MVNE_NETWORK_URL", f"http://127.0.0.1:{unused_port}")
    monkeypatch.setenv("MVNE_SMTP_URL", f"127.0.0.1:{unused_port}")
    settings.cache_clear()
    found = {one.what.split("'")[1]: one for one in outside.unreachable(BRANDS)}
    assert sorted(found) == ["network", "partners", "sms", "smtp"]
    assert found["network"].what.startswith(f"'network' at http://127.0.0.1:{unused_port} does not answer: ")
    assert "MVNE_NETWORK_URL" in found["network"].way_out
    assert found["smtp"].what.startswith(f"'smtp' at 127.0.0.1:{unused_port} does not answer: ")
    assert found["partners"].what == "Nobody has said where 'partners' is."


def test_the_command_lists_findings_and_ends_with_one(database: Database) -> None:
    plant_line(database)
    plant_bucket(database, 7, 5)
    answered = doctor("--check", "balances", "--check", "points", "--json")
    assert answered.exit_code == 1
    (found,) = json.loads(answered.output)
    assert (found["check"], found["where"]) == ("balances", "testbrand")
    shown = doctor("--check", "balances")
    assert shown.exit_code == 1
    assert "✗ balances" in shown.output
    assert "2 brands, 1 findings." in shown.output


def test_the_command_ends_with_zero_when_nothing_is_wrong_and_looks_where_it_is_told(database: Database) -> None:
    plant_line(database)
    plant_bucket(database, 7, 5)
    assert doctor("--check", "balances", "--brand", "otherbrand").exit_code == 0
    refused = doctor("--brand", "nobody")
    assert refused.exit_code == 2
    assert "there is no brand nobody" in refused.output


def test_tables_of_another_revision_are_a_finding_and_no_crash(database: Database) -> None:
    plant(database, "ALTER TABLE bucket RENAME COLUMN amount TO something_else")
    answered = doctor("--check", "balances", "--json")
    assert answered.exit_code == 1
    (found,) = json.loads(answered.output)
    assert found["way_out"] == "`mvne migrate`, then look again."


def test_sources_that_are_late_have_gaps_or_cannot_be_asked_are_named(database: Database, tmp_path: Path) -> None:
    assert list(usage.troubled_sources(BRANDS)) == []
    path = tmp_path / "in"
    with brand_work("testbrand") as ctx:
        upload = {"kind": SourceKind.UPLOAD, "format": "mvne-csv", "operator": "tdc"}
        sources.create_source(ctx, SourceDraft("late", "Late", **upload, expected_minutes=60))
        sources.create_source(ctx, SourceDraft("gaps", "Gaps", **upload, sequence_pattern="{number}.csv"))
        folder = SourceDraft("asked", "Asked", "tdc", SourceKind.DIRECTORY, "mvne-csv", {"folder": "host"})
        asked = sources.create_source(ctx, folder)
        asked.pull_error, asked.pull_error_code, asked.pulls_failed = "No such folder.", "FOLDER_MISSING", 3
        for number in (1, 4):
            path.write_text(f"{number}\n")
            sources.take_files(ctx, "gaps", name=f"{number}.csv", content_path=path)
        sources.source_by_code(ctx, "late").created_at -= timedelta(days=1)
    found = list(usage.troubled_sources(BRANDS))
    assert [(one.where, one.what) for one in found] == [
        (
            "testbrand",
            "The usage source 'asked' could not be asked for all its files, 3 times in a row: No such folder.",
        ),
        ("testbrand", "The usage source 'gaps' lacks 2 files by their numbers, the newest 2 to 3."),
        (
            "testbrand",
            "The usage source 'late' is overdue: a file is expected within 60 minutes, and none ever came.",
        ),
    ]
    assert found[0].way_out == "Mend the cause, then `mvne usage pull testbrand asked`."
    assert doctor("--check", "usage", "--brand", "otherbrand").exit_code == 0
    assert doctor("--check", "usage").exit_code == 1


def test_every_check_has_a_test_here() -> None:
    assert set(CHECKS) == {"schemas", "processes", "relay", "jobs", "outside", "balances", "points", "usage"}
