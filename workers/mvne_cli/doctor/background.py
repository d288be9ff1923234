"""Background work: whether somebody does it, whether it gets there, whether it succeeds."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
from sqlalchemy import select

from mvne_cli.doctor.finding import PLATFORM, Finding
from mvne_platform.runtime import Context, brand_work, platform_work, settings
from mvne_platform.runtime.clock import system_now
from mvne_platform.runtime.models import JobRow, Outbox, PlatformJobRow
from mvne_workers.broker import DEAD_AFTER_SECONDS, broker_url
from mvne_workers.leader import somebody_leads

STALE = timedelta(seconds=60)
# Fewer attempts are the ordinary weather of a network.
MANY_ATTEMPTS = 4

_WORKER_LIVES = "SELECT EXISTS (SELECT FROM dramatiq.worker WHERE heartbeat_at > now() - make_interval(secs => %s))"


def missing_processes(_brands: list[str]) -> Iterator[Finding]:
    """No scheduler leads, or no worker works."""
    if not somebody_leads():
        yield Finding(
            PLATFORM,
            "No scheduler runs: facts are not relayed, timers do not fire, the inbox is not watched.",
            "Start `mvne up`, or `mvne scheduler`.",
        )
    if broker_url().startswith("postgresql") and not _worker_lives():
        yield Finding(
            PLATFORM,
            "No worker has shown a sign of life: jobs wait.",
            "Start `mvne up`, or `mvne worker`; the end of logs/worker.log says why one ended.",
        )


def stale_relays(brands: list[str]) -> Iterator[Finding]:
    """Brands whose facts or jobs were committed some time ago and have not been relayed since."""
    for brand in brands:
        with brand_work(brand) as ctx:
            waiting = _oldest_waiting(ctx)
        if waiting is not None and system_now() - waiting > STALE:
            yield Finding(
                brand,
                f"Facts or jobs wait for the relay since {waiting:%Y-%m-%d %H:%M:%S} UTC.",
                "Is a scheduler running, and what does logs/scheduler.log say? It looks at every brand every 5 s.",
            )


def troubled_jobs(brands: list[str]) -> Iterator[Finding]:
    """Jobs that failed for good, and those that were tried many times."""
    with platform_work() as db:
        rows = list(db.scalars(select(PlatformJobRow).order_by(PlatformJobRow.id)))
    yield from _troubles(PLATFORM, rows)
    for brand in brands:
        with brand_work(brand) as ctx:
            found = list(ctx.db.scalars(select(JobRow).where(JobRow.attempts > 0).order_by(JobRow.id)))
        yield from _troubles(brand, found)


def _worker_lives() -> bool:
    with psycopg.connect(settings().database_url) as connection:
        return connection.execute(_WORKER_LIVES, [DEAD_AFTER_SECONDS]).fetchone() == (True,)


def _oldest_waiting(ctx: Context) -> datetime | None:
    fact = ctx.db.scalar(select(Outbox.fact_id).order_by(Outbox.fact_id).limit(1))
    job = ctx.db.scalar(select(JobRow.id).where(JobRow.relayed_at.is_(None)).order_by(JobRow.id).limit(1))
    made = [_made_at(one) for one in (fact, job) if one is not None]
    return min(made, default=None)


def _made_at(key: UUID) -> datetime:
    """When a uuid7 was made: its first 48 bits are Unix milliseconds (RFC 9562 §5.7)."""
    return datetime.fromtimestamp((key.int >> 80) / 1000, UTC)


def _troubles(where: str, rows: list[JobRow] | list[PlatformJobRow]) -> Iterator[Finding]:
    for row in rows:
        said = (row.last_error or "nothing").splitlines()[0][:300]
        if row.failed_at is not None:
            yield Finding(
                where,
                f"Job {row.name} ({row.id}) gave up after {row.attempts} attempts: {said}",
                f"Mend the cause, then `mvne job retry {where} {row.id}`.",
            )
        elif row.attempts >= MANY_ATTEMPTS:
            yield Finding(
                where,
                f"Job {row.name} ({row.id}) was tried {row.attempts} times and will be again: {said}",
                "It goes on by itself once the cause is gone; see also unreachable systems.",
            )
