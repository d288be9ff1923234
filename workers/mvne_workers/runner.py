"""Runs one job, once: its row is deleted in the transaction that does its work.

A job may be delivered any number of times, by any number of workers: whoever finds the row gone, locked or leased
leaves it alone.
"""

import time
import traceback
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from mvne_platform.runtime import Again, Context, Job, OutsideJob, OutsideUnavailable, SteppedJob, brand_work
from mvne_platform.runtime.clock import system_now
from mvne_platform.runtime.context import Actor, ActorKind
from mvne_platform.runtime.jobs import Step
from mvne_platform.runtime.models import JobRow
from mvne_workers.faults import step
from mvne_workers.registry import JOBS

log = structlog.get_logger()

MAX_ATTEMPTS = 10
LONGEST_PAUSE = 60.0
# Longer than a step takes; a job that was left between two steps is taken up after it.
STEP_LEASE = timedelta(seconds=20)


class State(StrEnum):
    """How a delivery ended."""

    DONE = "done"
    ELSEWHERE = "elsewhere"
    AGAIN = "again"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a delivery ended, and when to deliver again (seconds of platform time)."""

    state: State
    seconds: float = 0.0


DONE = Outcome(State.DONE)


def pause_after(attempts: int) -> float:
    """Seconds to wait before the next attempt: 0.5, 1, 2, … 60."""
    return min(LONGEST_PAUSE, 0.5 * 2.0 ** (attempts - 1))


def run_job(slug: str, job_id: UUID) -> Outcome:
    """Do a brand's job if it is still there to do."""
    try:
        outcome = _attempt(slug, job_id)
        step("job.committed")
        return outcome
    except OperationalError:
        raise  # the database is away: the message is delivered again, and no attempt is counted
    except Exception as error:  # noqa: BLE001  # whatever it is, it is noted and tried again
        return _note_failure(slug, job_id, error)


@dataclass(frozen=True, slots=True)
class _Prepared:
    """An outside job that is to be performed."""

    job: OutsideJob
    prepared: Any
    attempts: int


@dataclass(frozen=True, slots=True)
class _Begun:
    """A job whose steps are to be taken."""

    job: SteppedJob
    arguments: dict[str, Any]


def _attempt(slug: str, job_id: UUID) -> Outcome:
    begun = _begin(slug, job_id)
    if isinstance(begun, Outcome):
        return begun
    if isinstance(begun, _Begun):
        return _take_steps(slug, job_id, begun.job, begun.arguments)
    step("outside.prepared")
    return _perform(slug, job_id, begun.job, begun.prepared, begun.attempts)


def _begin(slug: str, job_id: UUID) -> Outcome | _Prepared | _Begun:
    with brand_work(slug) as ctx:
        row = _take(ctx, job_id)
        if row is None:
            return Outcome(State.ELSEWHERE)
        job = JOBS[row.name]
        if isinstance(job, Job):
            job.run(ctx, **row.arguments)
            _finish(ctx, row)
            step("job.done")
            return DONE
        arguments = dict(row.arguments)
        if isinstance(job, SteppedJob):
            row.leased_until = system_now() + STEP_LEASE
            return _Begun(job, arguments)
        prepared = job.prepare(ctx, **arguments)
        if prepared is None:
            _finish(ctx, row)
            return DONE
        row.leased_until = system_now() + job.lease
        return _Prepared(job, prepared, row.attempts)


def _take_steps(slug: str, job_id: UUID, job: SteppedJob, arguments: dict[str, Any]) -> Outcome:
    """Step after step, each in its own transaction, until the last or until others are to have their turn."""
    until = time.monotonic() + job.seconds
    with job.begin(**arguments) as take_step:
        while True:
            outcome = _take_one_step(slug, job_id, take_step, until)
            step("step.committed")
            if outcome is not None:
                return outcome


def _take_one_step(slug: str, job_id: UUID, take_step: Step, until: float) -> Outcome | None:
    """One step in its transaction; None when the next may follow at once."""
    with brand_work(slug) as ctx:
        row = _take(ctx, job_id, leased=True)
        if row is None:
            return Outcome(State.ELSEWHERE)
        last = take_step(ctx)
        over = time.monotonic() >= until
        row.attempts = 0
        row.leased_until = None if over else system_now() + STEP_LEASE
        if last:
            _finish(ctx, row)
        step("step.done")
    if last:
        return DONE
    return Outcome(State.AGAIN) if over else None


def _perform(slug: str, job_id: UUID, job: OutsideJob, prepared: Any, attempts: int) -> Outcome:
    try:
        answer = job.perform(prepared)
    except OutsideUnavailable as error:
        if attempts + 1 < job.max_attempts:
            raise
        return _give_up(slug, job_id, job, prepared, error)
    step("outside.performed")
    with brand_work(slug) as ctx:
        row = _take(ctx, job_id, leased=True)
        if row is None:
            return Outcome(State.ELSEWHERE)
        again = job.record(ctx, prepared, answer)
        if isinstance(again, Again):
            # The other side did answer: what it did not answer before no longer counts towards giving up.
            row.attempts = 0
            row.leased_until = system_now() + timedelta(seconds=again.seconds)
            return Outcome(State.AGAIN, again.seconds)
        _finish(ctx, row)
        step("outside.recorded")
    return DONE


def _give_up(slug: str, job_id: UUID, job: OutsideJob, prepared: Any, error: Exception) -> Outcome:
    with brand_work(slug) as ctx:
        row = _take(ctx, job_id, leased=True)
        if row is not None:
            job.give_up(ctx, prepared, error)
            _finish(ctx, row)
    return DONE


def _take(ctx: Context, job_id: UUID, *, leased: bool = False) -> JobRow | None:
    """Lock the job's row; None when it is done, being done, or not to be done yet."""
    row = ctx.db.scalar(select(JobRow).where(JobRow.id == job_id).with_for_update(skip_locked=True))
    if row is None or row.failed_at is not None:
        return None
    if not leased and row.leased_until is not None and row.leased_until > system_now():
        return None
    ctx.actor = Actor(ActorKind.SYSTEM, row.name)
    ctx.request_id = row.request_id
    ctx.db.execute(
        text("SELECT set_config('mvne.actor', :actor, true), set_config('mvne.request', :request, true)"),
        {"actor": f"{ctx.actor} for {row.actor}", "request": row.request_id},
    )
    return row


def _finish(ctx: Context, row: JobRow) -> None:
    ctx.db.delete(row)


def _note_failure(slug: str, job_id: UUID, error: Exception) -> Outcome:
    with brand_work(slug) as ctx:
        row = ctx.db.get(JobRow, job_id, with_for_update=True)
        if row is None:
            return DONE
        row.attempts += 1
        row.last_error = "".join(traceback.format_exception_only(error)).strip()[:2000]
        seconds = pause_after(row.attempts)
        limit = getattr(JOBS.get(row.name), "max_attempts", MAX_ATTEMPTS)
        outcome = Outcome(State.AGAIN, seconds) if row.attempts < limit else Outcome(State.FAILED)
        if outcome.state is State.FAILED:
            row.failed_at = system_now()
        row.leased_until = system_now() + timedelta(seconds=seconds)
        log.warning("job_failed", brand=slug, job=row.name, attempts=row.attempts, error=row.last_error)
    log.debug("job_traceback", trace="".join(traceback.format_exception(error)))
    return outcome
