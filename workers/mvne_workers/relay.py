"""From committed facts to running work: positions facts, turns reactions into jobs, hands jobs to the broker.

A job is sent only after the relay's own commit: a worker never sees a message whose job is not there yet. What a crash
leaves unsent, `resend` finds.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update

from mvne_platform.kernel import uuid7
from mvne_platform.runtime import Context, brand_work, platform_work
from mvne_platform.runtime.clock import system_now
from mvne_platform.runtime.models import BrandRow, Doorbell, FactPosition, FactRow, JobRow, Outbox, PlatformJobRow
from mvne_workers.apart import apart
from mvne_workers.faults import step
from mvne_workers.registry import PLATFORM, REACT, reactions_to

BATCH = 500
OVERDUE = timedelta(seconds=30)

# Takes a brand or "platform", a job, and the job's queue.
Send = Callable[[str, UUID, str], Any]


def relay_rung(send: Send) -> int:
    """Relay the brands whose doorbell was rung; answers how many jobs were sent."""
    with platform_work() as db:
        answered = select(Doorbell.id).order_by(Doorbell.id).limit(10_000).with_for_update(skip_locked=True)
        roles = db.scalars(delete(Doorbell).where(Doorbell.id.in_(answered)).returning(Doorbell.brand_role)).all()
        slugs = db.scalars(select(BrandRow.slug).where(BrandRow.brand_role.in_(set(roles)))).all()
    sent = 0
    for slug in slugs:
        with apart(slug, "relay"):
            sent += relay_brand(slug, send)
    return sent + relay_platform(send)


def relay_brand(slug: str, send: Send) -> int:
    """Relay one brand until nothing is left; answers how many jobs were sent."""
    sent, more = 0, True
    while more:
        jobs, more = _take(slug)
        for job_id, queue in jobs:
            send(slug, job_id, queue)
        step("relay.sent")
        sent += len(jobs)
    return sent


def relay_platform(send: Send) -> int:
    """Send the platform's own jobs."""
    with platform_work() as db:
        fresh = (
            update(PlatformJobRow)
            .where(PlatformJobRow.relayed_at.is_(None))
            .values(relayed_at=system_now())
            .returning(PlatformJobRow.id, PlatformJobRow.queue)
        )
        jobs = db.execute(fresh).all()
    for job_id, queue in jobs:
        send(PLATFORM, job_id, queue)
    return len(jobs)


def resend(slugs: Sequence[str], send: Send) -> int:
    """Relay every brand, rung or not, and send again what was sent long ago and is still there."""
    overdue = system_now() - OVERDUE
    sent = 0
    for slug in slugs:
        with apart(slug, "resend"):
            sent += relay_brand(slug, send)
            with brand_work(slug) as ctx:
                jobs = ctx.db.execute(_forgotten(JobRow, overdue)).all()
            for job_id, queue in jobs:
                send(slug, job_id, queue)
    with platform_work() as db:
        jobs = db.execute(_forgotten(PlatformJobRow, overdue)).all()
    for job_id, queue in jobs:
        send(PLATFORM, job_id, queue)
    return sent


def _forgotten(model: type[JobRow] | type[PlatformJobRow], overdue: datetime) -> Any:
    # A job that a worker holds is not forgotten: skip it rather than wait for it. The oldest first and not all at once:
    # behind a long queue (a bill run's) every job looks forgotten, and each would be in the queue many times over.
    forgotten = (
        select(model.id)
        .where(
            model.relayed_at < overdue,
            model.failed_at.is_(None),
            func.coalesce(model.leased_until, overdue) < system_now(),
        )
        .order_by(model.relayed_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    return update(model).where(model.id.in_(forgotten)).values(relayed_at=system_now()).returning(model.id, model.queue)


def _take(slug: str) -> tuple[Sequence[Any], bool]:
    """Position new facts, make their jobs and mark new jobs as relayed, a batch of each in one transaction.

    Answers the marked jobs, and whether more facts or jobs may be waiting: facts that nobody reacts to make no jobs.
    """
    with brand_work(slug) as ctx:
        ctx.lock("relay")
        facts = _position_facts(ctx)
        _promise_reactions(ctx, facts)
        step("relay.taken")
        first = select(JobRow.id).where(JobRow.relayed_at.is_(None)).order_by(JobRow.id).limit(BATCH)
        mark = (
            update(JobRow)
            .where(JobRow.id.in_(first))
            .values(relayed_at=system_now())
            .returning(JobRow.id, JobRow.queue)
        )
        jobs = ctx.db.execute(mark).all()
    step("relay.committed")
    return sorted(jobs), BATCH in (len(facts), len(jobs))


def _position_facts(ctx: Context) -> Sequence[FactRow]:
    fresh = select(Outbox.fact_id).order_by(Outbox.fact_id).limit(BATCH)
    ids = ctx.db.scalars(delete(Outbox).where(Outbox.fact_id.in_(fresh)).returning(Outbox.fact_id)).all()
    if not ids:
        return []
    facts = ctx.db.scalars(select(FactRow).where(FactRow.id.in_(ids)).order_by(FactRow.id)).all()
    last = ctx.db.scalar(select(func.coalesce(func.max(FactPosition.position), 0))) or 0
    positions = [{"position": last + n, "fact_id": fact.id} for n, fact in enumerate(facts, 1)]
    ctx.db.execute(insert(FactPosition), positions)
    return facts


def _promise_reactions(ctx: Context, facts: Sequence[FactRow]) -> None:
    jobs = [
        {
            "id": uuid7(),
            "name": REACT.name,
            "queue": REACT.queue,
            "arguments": {"fact_id": str(fact.id), "reaction": reaction},
            "actor": fact.actor,
            "request_id": fact.request_id,
            "attempts": 0,
        }
        for fact in facts
        for reaction in reactions_to(fact.kind)
    ]
    if jobs:
        ctx.db.execute(insert(JobRow), jobs)
