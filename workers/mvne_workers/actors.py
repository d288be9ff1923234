"""One Dramatiq actor per queue; a message names a brand and a job, nothing else."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import dramatiq
from dramatiq.errors import Retry

from mvne_platform.runtime.jobs import QUEUES
from mvne_workers.broker import make_broker
from mvne_workers.platform_jobs import run_platform_job
from mvne_workers.registry import PLATFORM
from mvne_workers.runner import State, run_job


def run(scope: str, job_id: str) -> None:
    """Run a brand's or the platform's job; ask for another delivery when it is not finished."""
    runner: Callable[..., Any] = run_platform_job if scope == PLATFORM else _brand_job(scope)
    outcome = runner(UUID(job_id))
    if outcome.state is State.AGAIN:
        raise Retry(delay=int(outcome.seconds * 1000) + 50)


def _brand_job(slug: str) -> Callable[[UUID], Any]:
    return lambda job_id: run_job(slug, job_id)


def declare() -> dict[str, dramatiq.Actor[..., Any]]:
    """The actors by queue, bound to the process's broker."""
    broker = make_broker()
    return {queue: dramatiq.actor(actor_name=f"run_{queue}", queue_name=queue, broker=broker)(run) for queue in QUEUES}


def sender() -> Callable[[str, UUID, str], Any]:
    """A function that hands a job to the broker."""
    actors = declare()
    return lambda scope, job_id, queue: actors[queue].send(scope, str(job_id))
