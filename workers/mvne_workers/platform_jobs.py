"""Runs the platform's own jobs, which open their own transactions and may be repeated from the start at any point."""

import traceback
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from mvne_platform.runtime import platform_work
from mvne_platform.runtime.clock import system_now
from mvne_platform.runtime.models import PlatformJobRow
from mvne_tenants.jobs import PLATFORM_JOBS
from mvne_workers.runner import DONE, MAX_ATTEMPTS, Outcome, State, pause_after

log = structlog.get_logger()
LEASE = timedelta(minutes=2)


def run_platform_job(job_id: UUID) -> Outcome:
    """Do a platform job if nobody else is doing it."""
    with platform_work() as db:
        row = db.scalar(select(PlatformJobRow).where(PlatformJobRow.id == job_id).with_for_update(skip_locked=True))
        if row is None or row.failed_at is not None:
            return Outcome(State.ELSEWHERE)
        if row.leased_until is not None and row.leased_until > system_now():
            return Outcome(State.ELSEWHERE)
        row.leased_until = system_now() + LEASE
        name, arguments = row.name, dict(row.arguments)
    try:
        PLATFORM_JOBS[name](**arguments)
    except OperationalError:
        raise
    except Exception as error:  # noqa: BLE001  # whatever it is, it is noted and tried again
        return _note_failure(job_id, error)
    with platform_work() as db:
        done = db.get(PlatformJobRow, job_id)
        if done is not None:
            db.delete(done)
    return DONE


def _note_failure(job_id: UUID, error: Exception) -> Outcome:
    log.error("platform_job_failed", job_id=str(job_id), exc_info=error)
    with platform_work() as db:
        row = db.get_one(PlatformJobRow, job_id, with_for_update=True)
        row.attempts += 1
        row.last_error = "".join(traceback.format_exception_only(error)).strip()[:2000]
        seconds = pause_after(row.attempts)
        row.leased_until = system_now() + timedelta(seconds=seconds)
        if row.attempts >= MAX_ATTEMPTS:
            row.failed_at = system_now()
            return Outcome(State.FAILED)
    return Outcome(State.AGAIN, seconds)
