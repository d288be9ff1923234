"""The process that books online charges, about each second, and ends dead sessions: for every brand.

Apart from the front ends: what it computes must not make anyone wait for an answer.
"""

import threading
import time
from collections import defaultdict
from uuid import UUID

import psycopg
import structlog
from sqlalchemy import exc, select

from mvne_platform.charging import online
from mvne_platform.charging.online.fronting import NotBooked, PursesTaken
from mvne_platform.runtime import Actor, ActorKind, BrandRow, brand_work, platform_work
from mvne_platform.runtime.tenancy import BrandState

log = structlog.get_logger()

EVERY_SECONDS = 1.0
SWEEP_SECONDS = 5.0
_ACTOR = Actor(ActorKind.SYSTEM, "settlement")
_ATTEMPTS = 3
# Of what is written below SQLAlchemy the driver's own errors come.
AWAY = (psycopg.OperationalError, exc.OperationalError, exc.InterfaceError)


def run_settler(stop: threading.Event) -> None:
    """Book until `stop` is set, and once more then; a database that is away is waited for."""
    swept = 0.0
    refused: dict[str, set[UUID]] = defaultdict(set)
    while not stop.wait(EVERY_SECONDS):
        sweep = time.monotonic() - swept > SWEEP_SECONDS
        swept = time.monotonic() if sweep else swept
        _round(refused, sweep=sweep)
    _round(refused, sweep=False)


def _round(refused: dict[str, set[UUID]], *, sweep: bool) -> None:
    try:
        with platform_work() as db:
            closed = BrandRow.state == BrandState.CLOSED.value
            slugs = db.scalars(select(BrandRow.slug).where(~closed).order_by(BrandRow.slug)).all()
        for slug in slugs:
            _look_after(slug, refused[slug], sweep=sweep)
    except AWAY as error:
        log.warning("settlement_waits_for_database", error=str(error).strip()[:200])


def _look_after(slug: str, refused: set[UUID], *, sweep: bool) -> None:
    try:
        if sweep:
            end_sessions(slug)
        settle_brand(slug, refused)
    except AWAY:
        raise
    except Exception:  # one brand's trouble is not another's; what is not booked now is booked later
        log.exception("settlement_failed", brand=slug)


def settle_brand(slug: str, refused: set[UUID] | None = None) -> int:
    """Book all of a brand's finished charges whose purses are free, a chunk a transaction; answers how many.

    `refused` are charges that the database would not take: left in the queue, and added to when there are more.
    """
    leaving = set() if refused is None else refused
    done = 0
    while booked := _settle_chunk(slug, leaving):
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


def _settle_chunk(slug: str, refused: set[UUID], size: int = online.CHUNK) -> int:
    for _ in range(_ATTEMPTS):
        try:
            with brand_work(slug, _ACTOR) as ctx:
                return online.settle(ctx, size=size, leaving=refused)
        except PursesTaken:
            continue
        except NotBooked as error:
            return _settle_apart(slug, refused, error)
    return 0


def _settle_apart(slug: str, refused: set[UUID], error: NotBooked) -> int:
    """One after the other, so that one that cannot be booked does not keep the others from it."""
    if len(error.charge_ids) > 1:
        return sum(_settle_chunk(slug, refused, size=1) for _ in error.charge_ids)
    refused.update(error.charge_ids)
    log.error("charge_not_booked", brand=slug, charge=str(error.charge_ids[0]), error=str(error.__cause__)[:300])
    return 0
