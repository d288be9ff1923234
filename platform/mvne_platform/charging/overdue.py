"""Calls whose parts did not all come in time: rated with the parts that are there."""

from collections import defaultdict
from uuid import UUID

from sqlalchemy import exists, select

from mvne_platform import mediation
from mvne_platform.charging import late
from mvne_platform.charging.loading import Known, identify_rows, keep_rated, prepare, rate_identified
from mvne_platform.charging.models import UsageChunk
from mvne_platform.kernel import uuid7
from mvne_platform.mediation import Row
from mvne_platform.runtime import Context, Job
from mvne_platform.runtime.models import TimerRow


def rate_overdue(ctx: Context) -> None:
    """Rate the calls whose wait is over; each ends on the row of its latest part."""
    rows: dict[UUID, list[Row]] = defaultdict(list)
    for one in mediation.overdue_parts(ctx):
        rows[one.file_id].append(one.row)
    known = {file_id: identify_rows(ctx, file_id, rows[file_id]) for file_id in sorted(rows)}
    prepare(ctx, known.values())
    for file_id, found in known.items():
        _rate(ctx, file_id, rows[file_id], found)
    late.promise(ctx)
    promise(ctx)


def promise(ctx: Context) -> None:
    """Set a timer for the end of the next call's wait, unless one is set."""
    due = mediation.next_overdue(ctx)
    if due is not None and not ctx.db.scalar(select(exists().where(TimerRow.job == rate_overdue_parts.name))):
        ctx.at(due, rate_overdue_parts)


def _rate(ctx: Context, file_id: UUID, rows: list[Row], known: Known) -> None:
    answers = rate_identified(ctx, known.identified, mediation.usage_file(ctx, file_id))
    numbers = sorted(row.number for row in rows)
    chunk = UsageChunk(
        id=uuid7(), file_id=file_id, rows_from=numbers[0], rows_to=numbers[-1], rows=numbers, rated_at=ctx.now
    )
    keep_rated(ctx, chunk, answers.rated)
    unrated = known.unrated + answers.unrated
    mediation.record_unrated(ctx, file_id, unrated)
    for outcome in (*(row.rated.outcome.value for row in answers.rated), *(row.kind.value for row in unrated)):
        mediation.settle_part(ctx, file_id, outcome)


rate_overdue_parts = Job("charging.rate_overdue_parts", "rating", rate_overdue)
