"""Usage sources: what is fetched or handed over is taken once, in order, and nothing that is wrong disappears."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from mvne_platform import mediation
from mvne_platform.kernel import Change, DomainError, uuid7
from mvne_platform.mediation import FileState, jobs, sources
from mvne_platform.mediation.adapters.folder import base
from mvne_platform.mediation.models import UsageFile, UsageItem, UsageSource
from mvne_platform.mediation.sources import SourceKind, pulling, testing, tidying
from mvne_platform.runtime import Actor, ActorKind, Context, brand_work
from mvne_platform.runtime.context import PermissionMissing
from mvne_platform.runtime.models import JobRow, TimerRow
from mvne_workers.runner import State, run_job
from tests.contracts.sftp_server import PASSWORD, serving
from tests.platform.mediation.laid import content, draft, facts, lay, names
from tests.plugins.database import Database


@pytest.fixture(autouse=True)
def clean(request: pytest.FixtureRequest) -> Iterator[None]:
    """The shared data folder keeps nothing of another test's."""
    if "ctx" in request.fixturenames:
        request.getfixturevalue("ctx")
    yield
    if "ctx" in request.fixturenames:
        for path in base("testbrand").rglob("*"):
            if path.is_file() or path.is_symlink():
                path.unlink()


def pull(ctx: Context, source: UsageSource, number: int | None = None) -> bool:
    """One pull from beginning to end; False if it had nothing to do."""
    prepared = pulling.prepare(ctx, str(source.id), number or source.schedule_number)
    if prepared is None:
        return False
    pulling.record(ctx, prepared, pulling.perform(prepared))
    return True


def timers(ctx: Context) -> list[TimerRow]:
    return list(ctx.db.scalars(select(TimerRow).where(TimerRow.job == jobs.pull_source.name).order_by(TimerRow.due_at)))


# Defining


def test_a_source_is_made_changed_and_found_unchanged(ctx: Context) -> None:
    assert sources.define_source(ctx, draft()) is Change.CREATED
    assert sources.define_source(ctx, draft()) is Change.UNCHANGED
    assert sources.define_source(ctx, draft(expected_minutes=60)) is Change.CHANGED
    (source,) = sources.usage_sources(ctx)
    assert (source.code, source.expected_minutes, source.paused) == ("host", 60, False)
    assert source.settings == {
        "max_bytes": 1024**3, "pattern": "*", "settle_seconds": 0, "after_pull": "leave", "folder": "host",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"code": "Host"}, "code"),
        ({"name": ""}, "name"),
        ({"operator": "a\nb"}, "operator"),
        ({"settings": {}}, "settings"),
        ({"settings": {"folder": "../most"}}, "settings"),
        ({"settings": {"folder": "/etc"}}, "settings"),
        ({"settings": {"folder": "a", "password": "x"}}, "settings"),
        ({"settings": {"folder": "a", "after_pull": "move"}}, "settings"),
        ({"settings": {"folder": "a", "pattern": "../*"}}, "settings"),
        ({"schedule": {}}, "schedule"),
        ({"schedule": {"every_minutes": 0}}, "schedule"),
        ({"schedule": {"every_minutes": 5, "at": ["06:00"]}}, "schedule"),
        ({"schedule": {"at": ["24:00"]}}, "schedule"),
        ({"schedule": {"at": ["06:00"], "weekdays": [7]}}, "schedule"),
        ({"kind": SourceKind.PUSH, "settings": {}}, "schedule"),
        ({"expected_minutes": 0}, "expected_minutes"),
        ({"sequence_pattern": "no number"}, "sequence_pattern"),
        ({"sequence_pattern": "*{number}*"}, "sequence_pattern"),
        ({"sequence_pattern": "{number:9-1}"}, "sequence_pattern"),
        ({"format": "tap3"}, "format"),
    ],
)
def test_what_is_not_sound_is_refused_by_field(ctx: Context, changed: dict[str, Any], field: str) -> None:
    with pytest.raises(DomainError) as refusal:
        sources.create_source(ctx, draft(**changed))
    assert refusal.value.field == (field,)
    assert sources.usage_sources(ctx) == []


def test_a_host_key_must_be_a_key(ctx: Context) -> None:
    sftp = {"host": "sftp.host.example", "user": "mvne", "host_key": "ssh-ed25519 AAAA"}
    with pytest.raises(DomainError) as refusal:
        sources.create_source(ctx, draft(kind=SourceKind.SFTP, settings=sftp))
    assert "ssh-keyscan" in refusal.value.message


def test_code_and_kind_stay(ctx: Context) -> None:
    source = sources.create_source(ctx, draft())
    with pytest.raises(DomainError) as refusal:
        sources.change_source(ctx, source.id, draft(kind=SourceKind.PUSH, settings={}, schedule=None))
    assert refusal.value.code == "SOURCE_KIND_FIXED"
    with pytest.raises(DomainError) as refusal:
        sources.create_source(ctx, draft())
    assert refusal.value.code == "SOURCE_TAKEN"


def test_a_secret_is_sealed_and_in_no_log(ctx: Context) -> None:
    source = sources.create_source(ctx, draft(), secret="hunter2")
    sources.set_source_secret(ctx, source.id, "hunter3")
    ctx.db.flush()
    kept = ctx.db.scalar(text("SELECT secret_encrypted FROM usage_source"))
    audit = "\n".join(ctx.db.scalars(text("SELECT coalesce(before::text, '') || after::text FROM audit")))
    assert "host" in audit
    for secret in ("hunter2", "hunter3", kept):
        assert secret not in audit
    place = pulling.prepare(ctx, str(source.id), source.schedule_number)
    assert place is not None
    assert place.place.secret == "hunter3"
    assert "hunter3" not in repr(place)


def test_who_may_read_usage_may_not_define_sources(ctx: Context) -> None:
    ctx.actor = Actor(ActorKind.STAFF, "eva", frozenset({"usage.read", "usage.load"}))
    with pytest.raises(PermissionMissing):
        sources.create_source(ctx, draft())
    assert sources.usage_sources(ctx) == []


def test_another_brands_source_is_absent(ctx: Context, other_ctx: Context) -> None:
    theirs = sources.create_source(other_ctx, draft())
    for asked in (sources.usage_source, sources.pause_source, sources.pull_now, sources.try_connection):
        with pytest.raises(DomainError) as refusal:
            asked(ctx, theirs.id)
        assert refusal.value.code == "UNKNOWN_SOURCE"


# Pulling


def test_a_pull_takes_what_is_new_once_and_promises_its_loading(ctx: Context) -> None:
    source = sources.create_source(ctx, draft())
    lay("a.csv", content("a"))
    lay("b.csv", content("b"))
    assert pull(ctx, source)
    assert names(ctx) == ["a.csv", "b.csv"]
    assert facts(ctx) == ["UsageFileReady", "UsageFileReady"]
    lay("c.csv", content("c"))
    for _ in range(2):
        assert pull(ctx, source)
    assert names(ctx) == ["a.csv", "b.csv", "c.csv"]
    assert {file.source_id for file in mediation.usage_files(ctx)} == {source.id}
    assert (source.pulled_at, source.last_file_at, source.pull_number) == (ctx.now, ctx.now, None)


def test_the_same_bytes_under_another_name_are_the_same_file(ctx: Context) -> None:
    source = sources.create_source(ctx, draft())
    lay("a.csv", content("a"))
    pull(ctx, source)
    lay("renamed.csv", content("a"))
    pull(ctx, source)
    assert names(ctx) == ["a.csv"]
    items = ctx.db.scalars(select(UsageItem).order_by(UsageItem.id)).all()
    assert [item.name for item in items] == ["a.csv", "renamed.csv"]
    assert items[0].file_id == items[1].file_id


def test_there_is_one_promise_of_a_next_pull_whatever_is_asked_in_between(ctx: Context) -> None:
    source = sources.create_source(ctx, draft(schedule={"at": ["06:30"]}))
    first = source.schedule_number
    (timer,) = timers(ctx)
    assert timer.due_at == ctx.now + timedelta(hours=6, minutes=30)
    for _ in range(2):
        sources.pull_now(ctx, source.id)
    assert pull(ctx, source)
    assert not pull(ctx, source, first)
    live = [one for one in timers(ctx) if one.arguments["number"] == source.schedule_number]
    assert [one.due_at for one in live] == [ctx.now + timedelta(hours=6, minutes=30)]


def test_a_paused_source_takes_nothing_until_it_is_resumed(ctx: Context) -> None:
    source = sources.create_source(ctx, draft())
    lay("a.csv", content("a"))
    sources.pause_source(ctx, source.id)
    assert not pull(ctx, source)
    with pytest.raises(DomainError) as refusal:
        sources.pull_now(ctx, source.id)
    assert refusal.value.code == "SOURCE_PAUSED"
    assert source.next_pull_at is None
    sources.resume_source(ctx, source.id)
    assert source.next_pull_at is not None
    assert pull(ctx, source)
    assert names(ctx) == ["a.csv"]


def test_a_sandbox_is_not_kept_from_getting_on_by_a_busy_schedule(ctx: Context) -> None:
    source = sources.create_source(ctx, draft(schedule={"every_minutes": 5}))
    assert ctx.brand.clock_at is not None
    assert source.next_pull_at == ctx.now + timedelta(days=1)


def test_trouble_is_shown_and_tried_again_sooner(ctx: Context) -> None:
    source = sources.create_source(ctx, draft(settings={"folder": "nowhere"}))
    for failed, minutes in ((1, 1), (2, 2), (3, 4)):
        assert pull(ctx, source)
        assert (source.pull_error_code, source.pulls_failed) == ("FOLDER_MISSING", failed)
        assert source.next_pull_at == ctx.now + timedelta(minutes=minutes)
    assert facts(ctx) == ["UsagePullFailed"] * 3
    lay("a.csv", content("a"), "nowhere")
    pull(ctx, source)
    assert (source.pull_error_code, source.pull_error, source.pulls_failed) == (None, None, 0)


def test_files_that_may_not_be_read_keep_no_other_from_coming_and_are_told(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = sources.create_source(ctx, draft())
    monkeypatch.setattr(pulling, "LIMITS", pulling.Limits(files=2))
    for name in "abcd":
        lay(f"{name}.csv", content(name))
    real = os.open

    def guarded(path: Any, *arguments: Any, **options: Any) -> int:
        if path == "a.csv":
            raise PermissionError(13, "Permission denied")
        return real(path, *arguments, **options)

    monkeypatch.setattr("mvne_platform.mediation.adapters.folder.os.open", guarded)
    assert pull(ctx, source)
    assert (names(ctx), source.pull_error_code) == (["b.csv"], "UNREADABLE_FILES")
    again = ctx.db.scalars(select(JobRow).where(JobRow.name == jobs.pull_source.name)).all()
    assert [job.arguments["number"] for job in again] == [source.schedule_number]  # the rest is asked for at once
    assert pull(ctx, source)
    assert pull(ctx, source)
    assert names(ctx) == ["b.csv", "c.csv", "d.csv"]
    monkeypatch.setattr("mvne_platform.mediation.adapters.folder.os.open", real)
    assert pull(ctx, source)
    assert (names(ctx), source.pull_error_code) == ([f"{name}.csv" for name in "abcd"], None)


def test_a_pull_killed_before_it_was_recorded_is_gone_on_with(ctx: Context) -> None:
    source = sources.create_source(ctx, draft())
    number = source.schedule_number
    lay("a.csv", content("a"))
    prepared = pulling.prepare(ctx, str(source.id), number)
    assert prepared is not None
    pulling.perform(prepared)
    assert not pull(ctx, source)  # another one waits while this one is under way
    assert pull(ctx, source, number)
    assert names(ctx) == ["a.csv"]


def test_two_pulls_at_once_take_a_file_once(ctx: Context) -> None:
    source = sources.create_source(ctx, draft())
    lay("a.csv", content("a"))
    first = pulling.prepare(ctx, str(source.id), source.schedule_number)
    source.pull_until = ctx.now - timedelta(days=9999)  # the lease ran out, and the first goes on all the same
    second = pulling.prepare(ctx, str(source.id), source.schedule_number)
    assert first is not None
    assert second is not None
    answers = [(one, pulling.perform(one)) for one in (first, second)]
    for prepared, fetched in answers:
        pulling.record(ctx, prepared, fetched)
    assert names(ctx) == ["a.csv"]
    assert len(ctx.db.scalars(select(UsageItem)).all()) == 1


def test_more_than_one_pull_takes_on_goes_on_at_once(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulling, "LIMITS", pulling.Limits(files=2))
    source = sources.create_source(ctx, draft())
    for number in range(5):
        lay(f"{number}.csv", content(str(number)))
    pulled = 0
    while pull(ctx, source):
        pulled += 1
        again = ctx.db.scalars(select(JobRow).where(JobRow.name == jobs.pull_source.name)).all()
        if [job for job in again if job.arguments["number"] == source.schedule_number] == []:
            break
    assert (pulled, names(ctx)) == (3, [f"{number}.csv" for number in range(5)])


def test_what_was_taken_is_moved_and_what_cannot_be_read_is_put_aside(ctx: Context) -> None:
    settings = {
        "folder": "host", "settle_seconds": 0, "max_bytes": 1_000,
        "after_pull": "move", "move_to": "host/done", "quarantine_folder": "host/bad",
    }  # fmt: skip
    source = sources.create_source(ctx, draft(settings=settings))
    lay("good.csv", content("good"))
    lay("bad.csv", b"what is this\n")
    lay("large.csv", b"x" * 1_001)
    pull(ctx, source)
    tidy(ctx, source)
    there = {str(path.relative_to(base("testbrand"))) for path in base("testbrand").rglob("*.csv")}
    assert there == {"host/done/good.csv", "host/bad/bad.csv", "host/bad/large.csv"}
    assert (names(ctx), names(ctx, FileState.REJECTED)) == (["good.csv"], ["bad.csv"])
    (refused,) = sources.refused_items(ctx, source.id)
    assert (refused.name, refused.code) == ("large.csv", "TOO_LARGE")
    tidy(ctx, source)


def tidy(ctx: Context, source: UsageSource) -> None:
    prepared = tidying.prepare(ctx, str(source.id))
    if prepared is not None:
        tidying.record(ctx, prepared, tidying.perform(prepared))


def test_a_refused_file_may_be_wanted_again(ctx: Context) -> None:
    small = {"folder": "host", "settle_seconds": 0, "max_bytes": 10}
    source = sources.create_source(ctx, draft(settings=small))
    lay("a.csv", content("a"))
    pull(ctx, source)
    assert names(ctx) == []
    (item,) = sources.refused_items(ctx, source.id)
    sources.change_source(ctx, source.id, draft())
    pull(ctx, source)
    assert names(ctx) == []
    sources.take_again(ctx, item.id)
    pull(ctx, source)
    assert names(ctx) == ["a.csv"]
    with pytest.raises(DomainError) as refusal:
        sources.take_again(ctx, item.id)
    assert refusal.value.code == "ITEM_NOT_REFUSED"


def test_an_sftp_source_from_end_to_end(ctx: Context, tmp_path: Path) -> None:
    with serving(tmp_path / "server") as server:
        server.put("a.csv", content("sftp"))
        settings = server.settings(after_pull="delete")
        source = sources.create_source(ctx, draft(kind=SourceKind.SFTP, settings=settings), secret=PASSWORD)
        looked = testing.prepare(ctx, str(source.id))
        assert looked is not None
        testing.record(ctx, looked, testing.perform(looked))
        assert source.test == {"at": ctx.now.isoformat(), "files": 1, "names": ["a.csv"]}
        assert names(ctx) == []
        pull(ctx, source)
        assert names(ctx) == ["a.csv"]
        assert (server.root / "out" / "a.csv").exists()
        tidy(ctx, source)
        assert not (server.root / "out" / "a.csv").exists()
        sources.set_source_secret(ctx, source.id, "wrong")
        pull(ctx, source)
        assert source.pull_error_code == "LOGIN_REFUSED"


# Handed over


def test_a_file_handed_to_a_source_is_of_its_format_and_bounded(ctx: Context, tmp_path: Path) -> None:
    source = sources.create_source(ctx, draft(kind=SourceKind.UPLOAD, settings={"max_bytes": 500}, schedule=None))
    path = tmp_path / "in"
    path.write_bytes(content("a"))
    (file,) = sources.take_files(ctx, "host", name="a.csv", content_path=path)
    assert (file.source_id, file.format, file.state) == (source.id, "mvne-csv", FileState.RECEIVED)
    (again,) = sources.take_files(ctx, "host", name="b.csv", content_path=path)
    assert (again.id, again.already) == (file.id, True)
    path.write_bytes(b"x" * 501)
    with pytest.raises(DomainError) as refusal:
        sources.take_files(ctx, "host", name="c.csv", content_path=path)
    assert refusal.value.code == "BAD_FILE"
    with pytest.raises(DomainError) as refusal:
        sources.pull_now(ctx, source.id)
    assert refusal.value.code == "NOT_FETCHED"
    assert len(mediation.usage_files(ctx)) == 1


def test_only_its_own_client_pushes_to_a_source(ctx: Context, tmp_path: Path) -> None:
    path = tmp_path / "in"
    path.write_bytes(content("a"))
    kept = {"client_id": "operator-1"}
    sources.create_source(ctx, draft("push", kind=SourceKind.PUSH, settings=kept, schedule=None))
    sources.create_source(ctx, draft("upload", kind=SourceKind.UPLOAD, settings={}, schedule=None))
    ctx.actor = Actor(ActorKind.CLIENT, "operator-2", frozenset({"usage.push"}))
    for code in ("push", "upload"):
        with pytest.raises(PermissionMissing):
            sources.take_files(ctx, code, name="a.csv", content_path=path)
    ctx.actor = Actor(ActorKind.CLIENT, "operator-1", frozenset())
    with pytest.raises(PermissionMissing):
        sources.take_files(ctx, "push", name="a.csv", content_path=path)
    assert ctx.db.scalars(select(UsageFile)).all() == []
    ctx.actor = Actor(ActorKind.CLIENT, "operator-1", frozenset({"usage.push"}))
    assert len(sources.take_files(ctx, "push", name="a.csv", content_path=path)) == 1


# Committed, by workers


def promise(source_id: UUID) -> UUID:
    with brand_work("testbrand") as ctx:
        source = sources.pull_now(ctx, source_id)
        found = ctx.db.scalars(select(JobRow).where(JobRow.name == jobs.pull_source.name)).all()
        return next(job.id for job in found if job.arguments["number"] == source.schedule_number)


def test_pulls_of_many_workers_at_once_take_each_file_once(database: Database) -> None:
    with brand_work("testbrand") as ctx:
        source = sources.create_source(ctx, draft())
    for number in range(10):
        lay(f"{number}.csv", content(str(number)))
    promised = [promise(source.id) for _ in range(4)]
    begun = Barrier(4)

    def work(job: UUID) -> State:
        begun.wait()
        return run_job("testbrand", job).state

    with ThreadPoolExecutor(4) as pool:
        assert State.FAILED not in set(pool.map(work, promised))
    with brand_work("testbrand") as ctx:
        assert names(ctx) == [f"{number}.csv" for number in range(10)]
        assert len(ctx.db.scalars(select(UsageItem)).all()) == 10


def test_a_record_that_fails_is_tried_again_and_loses_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with brand_work("testbrand") as ctx:
        source = sources.create_source(
            ctx, draft(settings={"folder": "host", "settle_seconds": 0, "after_pull": "delete"})
        )
    path = lay("a.csv", content("a"))
    job = promise(source.id)
    real = os.fsync

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mvne_platform.mediation.storage.os.fsync", full)
    assert run_job("testbrand", job).state is State.AGAIN
    assert path.exists()
    monkeypatch.setattr("mvne_platform.mediation.storage.os.fsync", real)
    with brand_work("testbrand") as ctx:
        assert names(ctx) == []
        ctx.db.get_one(JobRow, job).leased_until = None
    assert run_job("testbrand", job).state is State.DONE
    with brand_work("testbrand") as ctx:
        assert names(ctx) == ["a.csv"]
        tidying_jobs = ctx.db.scalars(select(JobRow.id).where(JobRow.name == jobs.tidy_source.name)).all()
    assert path.exists()
    for one in tidying_jobs:
        run_job("testbrand", one)
    assert not path.exists()


def test_an_unknown_item_is_absent(ctx: Context) -> None:
    with pytest.raises(DomainError) as refusal:
        sources.take_again(ctx, uuid7())
    assert refusal.value.code == "UNKNOWN_ITEM"
