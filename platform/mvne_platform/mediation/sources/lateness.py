"""Files that should have come by now: a timer looks when their time is up, and tells."""

from datetime import datetime
from uuid import UUID

from prometheus_client import Counter
from sqlalchemy import ColumnElement, delete, exists, select

from mvne_platform.mediation.events import UsageSourceOverdue
from mvne_platform.mediation.models import UsageSource
from mvne_platform.mediation.sources import queries
from mvne_platform.mediation.sources.schedule import late_at
from mvne_platform.runtime import Context, Job
from mvne_platform.runtime.models import TimerRow
from mvne_platform.runtime.telemetry import METRICS

OVERDUE = Counter("mvne_usage_sources_overdue", "Usage sources whose files were late.", registry=METRICS)


def watch(ctx: Context, source: UsageSource) -> None:
    """Look when the next file's time is up, unless a timer does by then. The caller has locked the source."""
    due = _due(source)
    if due is not None and not ctx.db.scalar(select(exists().where(*_timers_of(source), TimerRow.due_at <= due))):
        ctx.at(due, watch_source, source_id=str(source.id))


def watch_anew(ctx: Context, source: UsageSource) -> None:
    """The same where another time holds than before."""
    ctx.db.execute(delete(TimerRow).where(*_timers_of(source)))
    watch(ctx, source)


def look(ctx: Context, source_id: str) -> None:
    """Tell, once, that files are late; else look again. The next file, or whoever resumes the source, begins anew."""
    source = queries.source_for_update(ctx, UUID(source_id))
    if not queries.overdue(ctx, source):
        watch(ctx, source)
        return
    OVERDUE.inc()
    ctx.emit(UsageSourceOverdue(source.id, source.expected_minutes or 0, source.last_file_at))


def _due(source: UsageSource) -> datetime | None:
    return None if source.paused else late_at(source.expected_minutes, source.last_file_at, source.created_at)


def _timers_of(source: UsageSource) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return TimerRow.job == watch_source.name, TimerRow.arguments["source_id"].astext == str(source.id)


watch_source = Job("mediation.watch_source", "rating", look)
