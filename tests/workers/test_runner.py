"""A job is done once, however often it is delivered, and its failure is written down."""

import threading
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from sqlalchemy import select, text

from mvne_platform.billing.document.press import WALL_SECONDS
from mvne_platform.letters.adapters.smtp import TIMEOUT_SECONDS
from mvne_platform.runtime import Again, Context, Job, OutsideJob, OutsideUnavailable, brand_work
from mvne_platform.runtime.models import JobRow
from mvne_workers import runner
from mvne_workers.runner import MAX_ATTEMPTS, Outcome, State, pause_after, run_job
from tests.plugins.database import Database

ELSEWHERE = Outcome(State.ELSEWHERE)


@dataclass
class Bench:
    """Two jobs of the test's own, and what they were seen to do."""

    performed: list[str] = field(default_factory=list)
    recorded: list[str] = field(default_factory=list)
    answers: list[object] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)

    def note(self, ctx: Context, *, text: str) -> None:
        """Leave a trace in the database: a host of the test's own making would need the platform; a timer does not."""
        ctx.at(ctx.now, NEVER, text=text)

    def perform(self, prepared: str) -> object:
        self.performed.append(prepared)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def record(self, _ctx: Context, prepared: str, answer: object) -> Again | None:
        if isinstance(answer, Again):
            return answer
        self.recorded.append(f"{prepared}: {answer}")
        return None

    def give_up(self, _ctx: Context, prepared: str, error: Exception) -> None:
        self.given_up.append(f"{prepared}: {error}")


NEVER = Job("test.never", "events", lambda ctx: None)


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    made = Bench()
    jobs = (
        Job("test.note", "events", made.note),
        Job("test.fail", "events", _fail),
        OutsideJob(
            "test.ask", "events", lambda ctx, about: about, made.perform, made.record, made.give_up, max_attempts=2
        ),
    )
    for job in jobs:
        monkeypatch.setitem(runner.JOBS, job.name, job)
    return made


def _fail(ctx: Context) -> None:
    ctx.at(ctx.now, NEVER, text="must be rolled back")
    raise ZeroDivisionError("planted")


def promise(name: str, **arguments: str) -> UUID:
    with brand_work("testbrand") as ctx:
        return ctx.later(runner.JOBS[name], **arguments)


def job_row(job_id: UUID) -> JobRow | None:
    with brand_work("testbrand") as ctx:
        return ctx.db.scalar(select(JobRow).where(JobRow.id == job_id))


def notes() -> int:
    with brand_work("testbrand") as ctx:
        return ctx.db.scalar(text("SELECT count(*) FROM platform.timer WHERE job = 'test.never'")) or 0


def let_lease_end(job_id: UUID) -> None:
    with brand_work("testbrand") as ctx:
        ctx.db.execute(text("UPDATE job SET leased_until = NULL WHERE id = :id"), {"id": job_id})


def test_a_job_delivered_again_is_not_done_again(database: Database, bench: Bench) -> None:
    job_id = promise("test.note", text="once")

    assert run_job("testbrand", job_id) == runner.DONE
    assert run_job("testbrand", job_id) == ELSEWHERE
    assert notes() == 1
    assert job_row(job_id) is None


def test_a_job_delivered_to_many_at_once_is_done_once(database: Database, bench: Bench) -> None:
    job_id = promise("test.note", text="once")
    start = threading.Barrier(8)
    outcomes: list[Outcome] = []

    def deliver() -> None:
        start.wait()
        outcomes.append(run_job("testbrand", job_id))

    threads = [threading.Thread(target=deliver) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcome.state for outcome in outcomes) == ["done"] + ["elsewhere"] * 7
    assert notes() == 1


def test_a_job_of_one_brand_is_nothing_to_another(database: Database, bench: Bench) -> None:
    job_id = promise("test.note", text="mine")

    assert run_job("otherbrand", job_id) == ELSEWHERE
    assert notes() == 0
    assert job_row(job_id) is not None


def test_a_failed_job_leaves_nothing_but_its_error(database: Database, bench: Bench) -> None:
    job_id = promise("test.fail")

    assert run_job("testbrand", job_id) == Outcome(State.AGAIN, 0.5)

    row = job_row(job_id)
    assert row is not None
    assert (row.attempts, row.last_error, row.failed_at) == (1, "ZeroDivisionError: planted", None)
    assert notes() == 0
    assert run_job("testbrand", job_id) == ELSEWHERE  # it rests until its next attempt


def test_a_job_that_always_fails_is_given_up_and_kept(database: Database, bench: Bench) -> None:
    job_id = promise("test.fail")
    outcomes = []
    for _ in range(MAX_ATTEMPTS):
        let_lease_end(job_id)
        outcomes.append(run_job("testbrand", job_id).state)

    assert outcomes == [State.AGAIN] * (MAX_ATTEMPTS - 1) + [State.FAILED]
    row = job_row(job_id)
    assert row is not None
    assert row.failed_at is not None
    assert run_job("testbrand", job_id) == ELSEWHERE


def test_pauses_double_up_to_a_minute() -> None:
    assert [pause_after(n) for n in range(1, 10)] == [0.5, 1, 2, 4, 8, 16, 32, 60, 60]


def test_an_outside_job_asks_then_records(database: Database, bench: Bench) -> None:
    job_id = promise("test.ask", about="line 1")
    bench.answers = ["active"]

    assert run_job("testbrand", job_id) == runner.DONE
    assert (bench.performed, bench.recorded) == (["line 1"], ["line 1: active"])
    assert job_row(job_id) is None


def test_an_outside_job_that_is_pending_is_asked_again(database: Database, bench: Bench) -> None:
    job_id = promise("test.ask", about="line 1")
    bench.answers = [Again(2.5), "active"]

    assert run_job("testbrand", job_id) == Outcome(State.AGAIN, 2.5)
    assert run_job("testbrand", job_id) == ELSEWHERE
    let_lease_end(job_id)
    assert run_job("testbrand", job_id) == runner.DONE
    assert bench.recorded == ["line 1: active"]


def test_an_outside_that_answers_now_and_then_is_never_given_up(database: Database, bench: Bench) -> None:
    job_id = promise("test.ask", about="line 1")
    silent, pending = OutsideUnavailable("no answer"), Again(2.5)
    bench.answers = [silent, pending, silent, pending, "active"]
    states = []
    for _ in range(5):
        states.append(run_job("testbrand", job_id).state)
        let_lease_end(job_id)

    assert states == [State.AGAIN] * 4 + [State.DONE]
    assert (bench.given_up, bench.recorded) == ([], ["line 1: active"])


def test_a_lease_outlasts_what_it_is_for() -> None:
    render, deliver = runner.JOBS["billing.render_invoice"], runner.JOBS["letters.deliver"]
    assert isinstance(render, OutsideJob)
    assert isinstance(deliver, OutsideJob)
    assert render.lease.total_seconds() > WALL_SECONDS
    assert deliver.lease.total_seconds() > 6 * TIMEOUT_SECONDS  # greeting, EHLO, MAIL, RCPT, DATA, the mail itself


def test_an_outside_job_is_leased_while_it_asks(database: Database, bench: Bench) -> None:
    job_id = promise("test.ask", about="line 1")
    seen: list[Outcome] = []
    bench.answers = ["active"]
    ask = bench.perform

    def perform(prepared: str) -> object:
        seen.append(run_job("testbrand", job_id))  # a second delivery while the first is asking
        return ask(prepared)

    job = runner.JOBS["test.ask"]
    assert isinstance(job, OutsideJob)
    object.__setattr__(job, "perform", perform)

    assert run_job("testbrand", job_id) == runner.DONE
    assert seen == [ELSEWHERE]
    assert bench.performed == ["line 1"]


def test_an_outside_that_stays_away_is_given_up(database: Database, bench: Bench) -> None:
    job_id = promise("test.ask", about="line 1")
    bench.answers = [OutsideUnavailable("no answer"), OutsideUnavailable("no answer")]

    assert run_job("testbrand", job_id).state is State.AGAIN
    let_lease_end(job_id)
    assert run_job("testbrand", job_id) == runner.DONE
    assert bench.given_up == ["line 1: no answer"]
    assert bench.recorded == []
    assert job_row(job_id) is None
