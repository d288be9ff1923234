"""The process that books online charges, about each second, and ends dead sessions: for every brand.

Apart from the front ends: what it computes must not make anyone wait for an answer.
"""

import threading
import time

import structlog
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from mvne_platform.charging import online
from mvne_platform.charging.online.fronting import PursesTaken
from mvne_platform.runtime import Actor, ActorKind, BrandRow, brand_work, platform_work
from mvne_platform.runtime.tenancy import BrandState

log = structlog.get_logger()

EVERY_SECONDS = 1.0
SWEEP_SECONDS = 5.0
_ACTOR = Actor(ActorKind.SYSTEM, "settlement")
_ATTEMPTS = 3


def run_settler(stop: threading.Event) -> None:
    """Book until `stop` is set, and once more then; a database that is away is waited for."""
    swept = 0.0
    while not stop.wait(EVERY_SECONDS):
        sweep = time.monotonic() - swept > SWEEP_SECONDS
        swept = time.monotonic() if sweep else swept
        _round(sweep=sweep)
    _round(sweep=False)


def _round(*, sweep: bool) -> None:
    try:
        with platform_work() as db:
            closed = BrandRow.state == BrandState.CLOSED.value
            slugs = db.scalars(select(BrandRow.slug).where(~closed).order_by(BrandRow.slug)).all()
        for slug in slugs:
            _look_after(slug, sweep=sweep)
    except OperationalError as error:
        log.warning("settlement_waits_for_database", error=str(error).strip()[:200])


def _look_after(slug: str, *, sweep: bool) -> None:
    try:
        if sweep:
            end_sessions(slug)
        settle_brand(slug)
    except OperationalError:
        raise
    except Exception:  # one brand's trouble is not another's; what is not booked now is booked later
        log.exception("settlement_failed", brand=slug)


def settle_brand(slug: str) -> int:
    """Book all of a brand's finished charges whose purses are free, a chunk a transaction; answers how many."""
    done = 0
    while booked := _settle_chunk(slug):
        done += booked
    return done


def end_sessions(slug: str) -> int:
    """End the brand's sessions whose validity is over; answers how many."""
    done = 0
    while True:
        with brand_work(slug, _ACTOR) as ctx:
            ended = online.end_expired_sessions(ctx)
        done += ended
        if not ended:
            return done


def _settle_chunk(slug: str) -> int:
    for _ in range(_ATTEMPTS):
        try:
            with brand_work(slug, _ACTOR) as ctx:
                return online.settle(ctx)
        except PursesTaken:
            continue
    return 0
