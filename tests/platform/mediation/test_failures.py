"""The failure log: every failed row is found, corrected, rated again or written off, and none disappears."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from mvne_platform import mediation, reactions
from mvne_platform.kernel import DomainError, uuid7
from mvne_platform.mediation import ExceptionKind, Fault, Position, Settled, Unrated, UsageEvent, UsageFile, failure_log
from mvne_platform.mediation.failure_log import BatchKind, BatchState, FailureFilter, FailureState, batches
from mvne_platform.mediation.failure_log.commands import OUTCOMES
from mvne_platform.runtime import Actor, ActorKind, Context
from mvne_platform.runtime.context import PermissionMissing

HEADER = "record_id,service,subscriber,imsi,other_party,start,duration_s,bytes,count,visited_network,answered,cause"
START = datetime(2026, 10, 5, 10, tzinfo=UTC)
NEW_RECORDS = count(100)
READ, NUMBERS, CORRECT, WRITE_OFF = "usage.read", "usage.read_numbers", "usage.correct", "usage.write_off"


def record(number: int, caller: str = "+4599999999") -> str:
    return f"r{number},voice_out,{caller},,+4530000002,2026-10-05T10:00:00Z,61,,,,true,"


def failed(number: int, reason: str = "unknown_subscriber", service: str | None = "voice_out", **more: Any) -> Unrated:
    detail = more.get("detail", "No subscription held +4599999999 at 2026-10-05 10:00.")
    row = more.get("record", record(number))
    return Unrated(number + 1, ExceptionKind.FAILED, reason, detail, row, service, START if service else None)


@pytest.fixture
def fail(ctx: Context, tmp_path: Path) -> Callable[..., UsageFile]:
    """Receives a file whose rows all failed."""

    def make(*rows: Unrated, name: str = "usage.csv") -> UsageFile:
        path = tmp_path / uuid7().hex
        path.write_text("\n".join([HEADER, *(row.record for row in rows), ""]) + uuid7().hex)
        file = mediation.receive_file(ctx, name=name, format="mvne-csv", content_path=path)
        mediation.record_unrated(ctx, file.id, rows)
        counted = {"failed": sum(row.kind is ExceptionKind.FAILED for row in rows)}
        counted["duplicate"] = len(rows) - counted["failed"]
        mediation.advance(ctx, file, Position(len(rows), 1), counted, finished=True)
        return file

    return make


def ids(ctx: Context, **wanted: Any) -> list[UUID]:
    return [one.id for one in failure_log.failures(ctx, FailureFilter(**wanted), first=100)]


def acting(ctx: Context, *permissions: str) -> None:
    ctx.actor = Actor(ActorKind.STAFF, "eva", frozenset(permissions))


def counts(file: UsageFile) -> dict[str, int]:
    names = ("rated", "not_chargeable", "barred", "duplicate", "failed", "correlated", "collected", "written_off")
    return {name: getattr(file, name) for name in names if getattr(file, name)}


def test_failures_are_found_by_what_one_knows_of_them(ctx: Context, fail: Callable[..., UsageFile]) -> None:
    monday = fail(failed(1), failed(2, "no_rate", "data", detail="No rate for data in zone 'us'."), name="monday.csv")
    ctx.now += timedelta(hours=1)
    tuesday = fail(failed(1), failed(2, "bad_start", None, detail="'x' is no time."), name="tuesday.csv")
    assert len(ids(ctx)) == 4
    assert len(ids(ctx, reason="unknown_subscriber")) == 2
    assert len(ids(ctx, service="data")) == 1
    assert len(ids(ctx, file_id=tuesday.id)) == 2
    assert len(ids(ctx, until=ctx.now)) == len(ids(ctx, since=ctx.now)) == 2
    assert len(ids(ctx, text="ZONE 'us'")) == 1
    assert ids(ctx, text="%") == []
    assert ids(ctx, source_id=uuid7()) == []
    assert ids(ctx, reason="unknown_subscriber", file_id=monday.id, service="data") == []
    assert [one.row for one in failure_log.failures(ctx, first=1)] == [3]


def test_duplicates_are_no_failures(ctx: Context, fail: Callable[..., UsageFile]) -> None:
    fail(failed(1), replace(failed(2), kind=ExceptionKind.DUPLICATE, reason="repeated"))
    assert [one.reason for one in failure_log.failures(ctx)] == ["unknown_subscriber"]


def test_groups_count_by_reason_and_service_with_the_oldest_as_a_sample(
    ctx: Context, fail: Callable[..., UsageFile]
) -> None:
    began = ctx.now
    fail(failed(1), failed(2))
    ctx.now += timedelta(days=1)
    fail(failed(3), failed(4, "no_rate"), name="second.csv")
    groups = failure_log.failure_groups(ctx)
    assert [(one.reason, one.service, one.count, one.oldest_at, one.newest_at) for one in groups] == [
        ("unknown_subscriber", "voice_out", 3, began, ctx.now),
        ("no_rate", "voice_out", 1, ctx.now, ctx.now),
    ]
    assert (groups[0].sample.row, groups[0].sample.file_name) == (2, "usage.csv")


def test_who_may_not_read_numbers_sees_none_and_finds_none(ctx: Context, fail: Callable[..., UsageFile]) -> None:
    fail(failed(1))
    acting(ctx, READ)
    (one,) = failure_log.failures(ctx)
    assert (one.record, one.corrected, "+4599999999" in one.detail) == (None, None, False)
    assert "+4599999xxx" in one.detail
    assert ids(ctx, text="99999999") == []
    assert len(ids(ctx, text="+4599999xxx")) == 1
    acting(ctx, READ, NUMBERS)
    assert len(ids(ctx, text="99999999")) == 1


def test_a_correction_stands_beside_the_record_with_who_and_why(ctx: Context, fail: Callable[..., UsageFile]) -> None:
    file = fail(failed(1))
    (failure_id,) = ids(ctx)
    acting(ctx, READ, NUMBERS, CORRECT)
    mended = record(1, "+4520000001")
    found = failure_log.correct_failure(ctx, failure_id, record=mended, why="The host swapped two digits.")
    assert (found.record, found.corrected, found.state) == (record(1), mended, FailureState.CORRECTED)
    (step,) = failure_log.failure_history(ctx, failure_id)
    assert (step.why, step.actor, step.record) == ("The host swapped two digits.", "staff:eva", mended)
    (open_one,) = mediation.failures_for_update(ctx, [failure_id])
    assert (open_one.record, open_one.file_id, open_one.row) == (mended, file.id, 2)
    assert isinstance(open_one.outcome, UsageEvent)
    assert open_one.outcome.identifiers[0].value == "+4520000001"
    assert ctx.db.scalar(text("SELECT record FROM usage_exception")) == record(1)


@pytest.mark.parametrize(
    ("given_record", "why", "code"),
    [
        (record(1), "same", "BAD_CORRECTION"),
        ("rubbish", "worse", "BAD_CORRECTION"),
        (record(2) + "\n" + record(3), "two", "BAD_CORRECTION"),
        ("", "none", "BAD_CORRECTION"),
        ("x" * 20_000, "long", "BAD_CORRECTION"),
        (record(2), "", "WHY_MISSING"),
    ],
)
def test_a_correction_that_helps_nobody_is_refused(
    ctx: Context, fail: Callable[..., UsageFile], given_record: str, why: str, code: str
) -> None:
    fail(failed(1))
    (failure_id,) = ids(ctx)
    with pytest.raises(DomainError) as refusal:
        failure_log.correct_failure(ctx, failure_id, record=given_record, why=why)
    assert refusal.value.code == code
    assert failure_log.failure_history(ctx, failure_id) == []


@pytest.mark.parametrize("held", [(READ, NUMBERS), (READ, CORRECT), (READ, WRITE_OFF)])
def test_correcting_needs_its_permission_and_to_see_the_record(
    ctx: Context, fail: Callable[..., UsageFile], held: tuple[str, ...]
) -> None:
    fail(failed(1))
    (failure_id,) = ids(ctx)
    acting(ctx, *held)
    with pytest.raises(PermissionMissing):
        failure_log.correct_failure(ctx, failure_id, record=record(9), why="Because.")
    assert failure_log.failure_history(ctx, failure_id) == []


def test_writing_off_needs_its_permission_and_a_reason_and_moves_the_count(
    ctx: Context, fail: Callable[..., UsageFile]
) -> None:
    file = fail(failed(1), failed(2))
    first, second = ids(ctx)
    acting(ctx, READ, CORRECT, NUMBERS)
    with pytest.raises(PermissionMissing):
        failure_log.write_off(ctx, [first], why="Too old.")
    acting(ctx, READ, WRITE_OFF)
    with pytest.raises(DomainError) as refusal:
        failure_log.write_off(ctx, [first], why="")
    assert refusal.value.code == "WHY_MISSING"
    assert counts(file) == {"failed": 2}
    assert failure_log.write_off(ctx, [first], why="Too old.") == 1
    assert failure_log.write_off(ctx, [first, second], why="Too old too.") == 1
    assert counts(file) == {"written_off": 2}
    assert (ids(ctx), len(ids(ctx, states=(FailureState.WRITTEN_OFF,)))) == ([], 2)
    assert [fact.kind for fact in ctx.facts][-2:] == ["FailuresWrittenOff"] * 2
    acting(ctx, READ, CORRECT, NUMBERS)
    with pytest.raises(DomainError) as refusal:
        failure_log.correct_failure(ctx, first, record=record(9), why="Too late.")
    assert refusal.value.code == "FAILURE_CLOSED"


def test_counts_are_moved_from_what_was_locked_not_from_what_was_read_before(
    ctx: Context, fail: Callable[..., UsageFile]
) -> None:
    file = fail(failed(1), failed(2))
    assert counts(file) == {"failed": 2}
    ctx.db.execute(text("UPDATE usage_file SET failed = 1, rated = 1"))  # as another transaction did meanwhile
    failure_log.write_off(ctx, ids(ctx)[:1], why="Too old.")
    assert counts(file) == {"rated": 1, "written_off": 1}


def test_another_brands_failure_is_absent(ctx: Context, other_ctx: Context, fail: Callable[..., UsageFile]) -> None:
    fail(failed(1))
    (foreign,) = ids(ctx)
    for one in (foreign, uuid7()):
        for asked in (
            lambda one=one: failure_log.failure(other_ctx, one),
            lambda one=one: failure_log.write_off(other_ctx, [one], why="x"),
            lambda one=one: failure_log.correct_failure(other_ctx, one, record="x", why="x"),
            lambda one=one: mediation.failures_for_update(other_ctx, [one]),
            lambda one=one: failure_log.start_batch(other_ctx, BatchKind.WRITE_OFF, why="x", ids=[one]),
        ):
            with pytest.raises(DomainError) as refusal:
                asked()
            assert refusal.value.code == "UNKNOWN_FAILURE"
    assert len(ids(ctx)) == 1


def test_what_fails_again_is_grouped_by_its_newest_reason(ctx: Context, fail: Callable[..., UsageFile]) -> None:
    file = fail(failed(1))
    (failure_id,) = ids(ctx)
    mediation.settle_failures(ctx, [Settled(failure_id, "failed", "no_rate", "No rate in zone 'us'.")])
    assert [(one.reason, one.detail, one.state) for one in failure_log.failures(ctx)] == [
        ("no_rate", "No rate in zone 'us'.", FailureState.OPEN)
    ]
    assert ids(ctx, reason="unknown_subscriber") == []
    assert counts(file) == {"failed": 1}


def test_a_record_is_read_again_as_its_format_stands_now(ctx: Context, fail: Callable[..., UsageFile]) -> None:
    fail(failed(1, "bad_start", None, record=record(1).replace("2026-10-05T10:00:00Z", "yesterday")))
    (failure_id,) = ids(ctx)
    (found,) = mediation.failures_for_update(ctx, [failure_id])
    assert isinstance(found.outcome, Fault)
    assert found.outcome.reason == "bad_start"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_done_each_failure_stands_once_and_counts_stay_true(
    ctx: Context, fail: Callable[..., UsageFile], data: st.DataObject
) -> None:
    """A model of dicts beside the log: every step is taken in both."""
    with ctx.db.begin_nested() as undone:
        file = fail(*(failed(number) for number in range(1, 6)))
        model = dict.fromkeys(ids(ctx, file_id=file.id), FailureState.OPEN)
        ended = dict.fromkeys(model, "failed")
        for _ in range(data.draw(st.integers(0, 8))):
            chosen = [sorted(model)[place] for place in data.draw(st.lists(st.integers(0, 4), min_size=1, unique=True))]
            still_open = [one for one in chosen if model[one] in (FailureState.OPEN, FailureState.CORRECTED)]
            step = data.draw(st.sampled_from(("settle", "write_off", "correct")))
            if step == "settle":
                found = mediation.failures_for_update(ctx, chosen)
                assert {one.id for one in found} == set(still_open)
                for one in still_open:
                    ended[one] = data.draw(st.sampled_from(OUTCOMES))
                    model[one] = FailureState.OPEN if ended[one] == "failed" else FailureState.RATED
                mediation.settle_failures(ctx, [Settled(one, ended[one], "again") for one in still_open])
            elif step == "write_off":
                assert failure_log.write_off(ctx, chosen, why="x") == len(still_open)
                for one in still_open:
                    model[one], ended[one] = FailureState.WRITTEN_OFF, "written_off"
            elif still_open:
                one = still_open[0]
                failure_log.correct_failure(ctx, one, record=record(next(NEW_RECORDS)), why="x")
                model[one] = FailureState.CORRECTED
        states = tuple(FailureState)
        found_states = failure_log.failures(ctx, FailureFilter(file_id=file.id, states=states), first=100)
        assert {one.id: one.state for one in found_states} == model
        expected = {outcome: list(ended.values()).count(outcome) for outcome in set(ended.values())}
        assert counts(file) == expected
        undone.rollback()


# Batches


def run_batch(ctx: Context) -> None:
    """What reactions do with the batch's facts, one after another."""
    done = 0
    while done < len(ctx.facts):
        fact = ctx.facts[done]
        done += 1
        for react in reactions.REACTIONS.get(type(fact), ()):
            if "Batch" in fact.kind:
                react(ctx, fact)


def test_a_batch_walks_through_what_was_selected_and_open_when_it_began(
    ctx: Context, fail: Callable[..., UsageFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "STEP", 2)
    file = fail(*(failed(number) for number in range(1, 6)), failed(6, "no_rate"))
    started = failure_log.start_batch(
        ctx,
        BatchKind.WRITE_OFF,
        why="The host went out of business.",
        wanted=FailureFilter(reason="unknown_subscriber"),
    )
    later = fail(failed(7), name="later.csv")
    run_batch(ctx)
    batch = failure_log.failure_batch(ctx, started.id)
    assert (batch.total, batch.looked_at, batch.closed, batch.state) == (5, 5, 5, BatchState.DONE)
    assert (counts(file), counts(later)) == ({"written_off": 5, "failed": 1}, {"failed": 1})
    advanced = [fact for fact in ctx.facts if fact.kind == "FailureBatchAdvanced"]
    assert [fact.to_payload()["looked_at"] for fact in advanced] == [0, 2, 4, 5]
    assert (
        len({one.batch_id for one in failure_log.failure_history(ctx, ids(ctx, states=tuple(FailureState))[-1])}) == 1
    )


def test_a_stopped_batch_ends_where_it_is(
    ctx: Context, fail: Callable[..., UsageFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "STEP", 2)
    fail(*(failed(number) for number in range(1, 6)))
    batch = failure_log.start_batch(ctx, BatchKind.WRITE_OFF, why="x", wanted=FailureFilter())
    step = failure_log.next_step(ctx, batch.id)
    assert step is not None
    failure_log.advance_batch(ctx, step, failure_log.write_off(ctx, step.ids, why="x"))
    failure_log.stop_batch(ctx, batch.id)
    assert failure_log.next_step(ctx, batch.id) is None
    assert (batch.state, batch.closed, len(ids(ctx))) == (BatchState.STOPPED, 2, 3)


def test_a_batch_of_nothing_is_refused_and_so_is_one_without_permission(
    ctx: Context, fail: Callable[..., UsageFile]
) -> None:
    fail(failed(1))
    with pytest.raises(DomainError) as refusal:
        failure_log.start_batch(ctx, BatchKind.RATE_AGAIN, why="x", wanted=FailureFilter(reason="no_such_reason"))
    assert refusal.value.code == "NOTHING_SELECTED"
    for selection in ({}, {"ids": []}, {"ids": ids(ctx), "wanted": FailureFilter()}):
        with pytest.raises(DomainError) as refusal:
            failure_log.start_batch(ctx, BatchKind.RATE_AGAIN, why="x", **selection)
        assert refusal.value.code == "NOTHING_SELECTED"
    acting(ctx, READ, CORRECT)
    with pytest.raises(PermissionMissing):
        failure_log.start_batch(ctx, BatchKind.WRITE_OFF, why="x", wanted=FailureFilter())
    acting(ctx, READ, WRITE_OFF)
    with pytest.raises(PermissionMissing):
        failure_log.start_batch(ctx, BatchKind.RATE_AGAIN, why="x", wanted=FailureFilter())
    assert failure_log.failure_batches(ctx) == []
