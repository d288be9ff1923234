"""The scheduler: relay, timers, sandbox clocks, inbox; one small turn after another while it leads."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog
from sqlalchemy import select

from mvne_platform.runtime import brand_work, platform_work
from mvne_platform.runtime.clock import system_now
from mvne_platform.runtime.models import BrandRow
from mvne_platform.runtime.timers import brands_due, fire_due
from mvne_tenants import clock
from mvne_workers.apart import AWAY, apart
from mvne_workers.leader import Leadership
from mvne_workers.relay import Send, relay_rung, resend
from mvne_workers.watcher import scan_inbox

log = structlog.get_logger()

IDLE_SECONDS = 0.05
STANDBY_SECONDS = 1.0
FAILED_SECONDS = 5.0


@dataclass(slots=True)
class Duty:
    """Something the leader does every so often; `run` answers how much it did."""

    name: str
    every_seconds: float
    run: Callable[[], int]
    due: float = 0.0


def duties(send: Send) -> list[Duty]:
    """The leader's duties."""
    return [
        Duty("relay", 0.0, lambda: relay_rung(send)),
        Duty("timers", 0.2, fire_timers),
        Duty("clocks", 0.0, step_clocks),
        Duty("resend", 5.0, lambda: resend(_slugs(), send)),
    ]


def slow_duties() -> list[Duty]:
    """Those that may take minutes, on a thread of their own: no fact, job or timer waits for a large file."""
    return [Duty("inbox", 0.5, scan_inbox)]


def run_scheduler(send: Send, stop: threading.Event) -> None:
    """Lead when nobody else does, until `stop` is set; a database that is away is waited for."""
    with Leadership() as leadership:
        while not stop.is_set():
            with _database_awaited():
                _lead(leadership, duties(send), stop)
            stop.wait(STANDBY_SECONDS)


def _lead(leadership: Leadership, chores: list[Duty], stop: threading.Event) -> None:
    """Do the duties while this process leads; return at once when another does."""
    if not leadership.claim():
        return
    log.info("scheduler_leads")
    over = threading.Event()
    aside = threading.Thread(target=_work_aside, args=(slow_duties(), over))
    aside.start()
    try:
        _work(leadership, chores, stop)
    finally:
        over.set()
        aside.join()


def _work(leadership: Leadership, chores: list[Duty], stop: threading.Event) -> None:
    checked = time.monotonic()
    while not stop.is_set():
        if not _round(chores):
            stop.wait(IDLE_SECONDS)
        if time.monotonic() - checked > 1.0:
            checked = time.monotonic()
            if not leadership.claim():
                return


def _work_aside(chores: list[Duty], over: threading.Event) -> None:
    while not over.is_set():
        with _database_awaited():
            _round(chores)
        over.wait(IDLE_SECONDS)


def _round(chores: list[Duty]) -> int:
    return sum(_turn(chore) for chore in chores if chore.due <= time.monotonic())


def _turn(chore: Duty) -> int:
    """Do one duty; one that fails rests a while, and the others go on. Errors of AWAY are raised."""
    chore.due = time.monotonic() + chore.every_seconds
    try:
        return chore.run()
    except AWAY:
        raise
    except Exception:  # whatever it is, the scheduler serves every brand and must not end
        log.exception("duty_failed", duty=chore.name)
        chore.due = time.monotonic() + FAILED_SECONDS
        return 0


@contextmanager
def _database_awaited() -> Iterator[None]:
    try:
        yield
    except AWAY as error:
        log.warning("scheduler_waits_for_database", error=str(error).strip()[:200])


def fire_timers() -> int:
    """Turn due timers of every brand into jobs."""
    with platform_work() as db:
        slugs = brands_due(db, system_now())
    fired = 0
    for slug in slugs:
        with apart(slug, "timers"), brand_work(slug) as ctx:
            fired += fire_due(ctx, ctx.now)
    return fired


def step_clocks() -> int:
    """Move the clocks of sandbox brands that are on their way; answers how many moved."""
    with platform_work() as db:
        moving = db.scalars(select(BrandRow.slug).where(BrandRow.clock_target.is_not(None))).all()
    moved = 0
    for slug in moving:
        with apart(slug, "clocks"):
            moved += clock.step(slug).moved
    return moved


def _slugs() -> list[str]:
    with platform_work() as db:
        return list(db.scalars(select(BrandRow.slug).order_by(BrandRow.slug)))
