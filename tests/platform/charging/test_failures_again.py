"""From a source's file to a failed row, its correction, and the rating of it: the whole way through reactions."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from mvne_platform import charging, mediation, reactions
from mvne_platform.mediation import UsageFileReady, failure_log, sources, storage
from mvne_platform.mediation.failure_log import BatchKind, BatchState, FailureDeed, FailureFilter, FailureState
from mvne_platform.mediation.sources import SourceDraft, SourceKind
from mvne_platform.runtime import Actor, ActorKind, Context
from mvne_platform.runtime.models import JobRow
from tests.platform.charging.shop import ANNA, BENT, HEADER, call, open_line, open_shop


def hand_over(ctx: Context, tmp_path: Path, *lines: str) -> mediation.UsageFile:
    path = tmp_path / "in"
    path.write_text("\n".join([HEADER, *lines, ""]))
    (file,) = sources.take_files(ctx, "host", name="a.csv", content_path=path)
    return file


def react(ctx: Context) -> None:
    """Run the reactions to what happened, and to what happens by that."""
    done = 0
    while done < len(ctx.facts):
        fact = ctx.facts[done]
        done += 1
        for reaction in reactions.REACTIONS.get(type(fact), ()):
            if isinstance(fact, UsageFileReady) or "FailureBatch" in fact.kind:
                reaction(ctx, fact)
    ctx.facts.clear()


@pytest.fixture
def file(ctx: Context, tmp_path: Path) -> mediation.UsageFile:
    """A loaded file of three calls: Anna's, one of a caller nobody knows, and Bent's, who comes later."""
    ctx.now += timedelta(days=10)
    open_shop(ctx)
    open_line(ctx, ANNA)
    sources.create_source(ctx, SourceDraft("host", "The host", "host", SourceKind.UPLOAD, "mvne-csv"))
    made = hand_over(ctx, tmp_path, call(1), call(2, caller="+4520000009"), call(3, caller=BENT))
    react(ctx)
    promised = ctx.db.query(JobRow).filter_by(name="charging.load_chunk").all()
    assert [job.arguments["file_id"] for job in promised] == [str(made.id)]
    while not charging.load_chunk(ctx, made.id).finished:
        pass
    ctx.facts.clear()
    return mediation.usage_file(ctx, made.id)


def counts(file: mediation.UsageFile) -> tuple[int, int, int, int]:
    return file.rated, file.failed, file.written_off, file.rows_total or 0


def test_what_fails_is_corrected_or_mended_and_rated_again(ctx: Context, file: mediation.UsageFile) -> None:
    assert counts(file) == (1, 2, 0, 3)
    bents, strangers = failure_log.failures(ctx)
    assert [(one.reason, one.service) for one in (bents, strangers)] == [("unknown_subscriber", "voice_out")] * 2
    failure_log.correct_failure(ctx, strangers.id, record=call(2, seconds=121), why="The host swapped two digits.")
    batch = failure_log.start_batch(ctx, BatchKind.RATE_AGAIN, why="Corrected.", wanted=FailureFilter())
    react(ctx)
    assert (batch.state, batch.total, batch.looked_at, batch.closed) == (BatchState.DONE, 2, 2, 1)
    assert counts(file) == (2, 1, 0, 3)

    open_line(ctx, BENT)
    failure_log.start_batch(ctx, BatchKind.RATE_AGAIN, why="Bent's line was entered.", ids=[bents.id])
    react(ctx)
    assert counts(file) == (3, 0, 0, 3)
    everything = failure_log.failures(ctx, FailureFilter(states=tuple(FailureState)))
    assert [one.state for one in everything] == [FailureState.RATED] * 2
    charged = ctx.db.execute(text("SELECT file_row, quantity FROM rated_event ORDER BY file_row")).all()
    assert [tuple(row) for row in charged] == [(2, 61), (3, 121), (4, 61)]


def test_who_asked_for_a_batch_and_why_stands_with_each_of_its_steps(ctx: Context, file: mediation.UsageFile) -> None:
    open_line(ctx, BENT)
    system, ctx.actor = ctx.actor, Actor(ActorKind.STAFF, "eva", frozenset({"usage.read", "usage.correct"}))
    batch = failure_log.start_batch(ctx, BatchKind.RATE_AGAIN, why="Bent's line was entered.", wanted=FailureFilter())
    ctx.actor = system
    react(ctx)
    for one in failure_log.failures(ctx, FailureFilter(states=tuple(FailureState))):
        (step,) = failure_log.failure_history(ctx, one.id)
        assert (step.batch_id, step.actor, step.why) == (batch.id, "staff:eva", "Bent's line was entered.")


def test_a_corrected_part_of_a_call_waits_for_the_others(ctx: Context, file: mediation.UsageFile) -> None:
    columns = f"{HEADER},call,part,last"
    path = storage.path_of(file.stored_as).with_name("parts.csv")
    broken, second = f"{call(7)},c7,none,", f"{call(8)},c7,2,true"
    path.write_text(f"{columns}\n{broken}\n{second}\n")
    parts = mediation.receive_file(ctx, name="parts.csv", format="mvne-csv", content_path=path)
    charging.load_chunk(ctx, parts.id)
    assert (parts.failed, parts.collected, parts.rated) == (1, 1, 0)
    (failed,) = failure_log.failures(ctx, FailureFilter(file_id=parts.id))
    failure_log.correct_failure(ctx, failed.id, record=f"{call(7)},c8,1,", why="It is of another call.")
    assert charging.rate_again(ctx, [failed.id]) == 1
    assert (parts.failed, parts.collected, parts.rated) == (0, 2, 0)
    (step,) = failure_log.failure_history(ctx, failed.id)[1:]
    assert (step.action, step.reason) == (FailureDeed.RATED, "collected")


def test_a_closed_failure_is_not_rated_again(ctx: Context, file: mediation.UsageFile) -> None:
    open_line(ctx, BENT)
    bents, strangers = failure_log.failures(ctx)
    failure_log.write_off(ctx, [strangers.id], why="Nobody's.")
    assert charging.rate_again(ctx, [bents.id, strangers.id]) == 1
    assert charging.rate_again(ctx, [bents.id, strangers.id]) == 0
    assert counts(file) == (2, 0, 1, 3)
    assert ctx.db.scalar(text("SELECT count(*) FROM rated_event")) == 2


def test_the_report_says_how_each_row_stands_now(ctx: Context, file: mediation.UsageFile, tmp_path: Path) -> None:
    def report() -> list[str]:
        path = tmp_path / "report.csv"
        with path.open("w") as target:
            assert mediation.write_report(ctx, file, target) == 3
        return [",".join(line.split(",")[:3]) for line in path.read_text().splitlines()]

    failed = "rejected,unknown_subscriber"
    assert report() == ["row,answer,reason", "2,accepted,", f"3,{failed}", f"4,{failed}"]
    bents, strangers = failure_log.failures(ctx)
    failure_log.write_off(ctx, [strangers.id], why="Nobody's.")
    open_line(ctx, BENT)
    charging.rate_again(ctx, [bents.id])
    assert report() == ["row,answer,reason", "2,accepted,", "3,written_off,unknown_subscriber", "4,accepted,"]
