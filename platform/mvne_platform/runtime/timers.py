"""Timers: work due at an instant of the brand's clock becomes a job when the instant has come."""

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from mvne_platform.runtime.context import Context
from mvne_platform.runtime.models import BrandRow, JobRow, TimerRow

BATCH = 500


def brands_due(db: Session, system_now: datetime) -> list[str]:
    """The brands with a timer due by their own clock; needs a platform session."""
    query = (
        select(BrandRow.slug)
        .join(TimerRow, TimerRow.brand_role == BrandRow.brand_role)
        .where(TimerRow.due_at <= func.coalesce(BrandRow.clock_at, system_now))
        .distinct()
    )
    return list(db.scalars(query))


def fire_due(ctx: Context, until: datetime) -> int:
    """Turn the brand's timers due by `until` into jobs, earliest first, at most BATCH; answers how many."""
    earliest = (
        select(TimerRow.id)
        .where(TimerRow.due_at <= until)
        .order_by(TimerRow.due_at, TimerRow.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    fired = ctx.db.scalars(delete(TimerRow).where(TimerRow.id.in_(earliest)).returning(TimerRow)).all()
    for timer in sorted(fired, key=lambda timer: (timer.due_at, timer.id)):
        ctx.db.add(
            JobRow(
                name=timer.job, queue=timer.queue, arguments=timer.arguments, actor="timer", request_id=str(timer.id)
            )
        )
    if fired:
        ctx.ring()
    return len(fired)
