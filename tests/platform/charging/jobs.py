"""Running what a transaction has promised, inside that transaction."""

from sqlalchemy import select

from mvne_platform.runtime import Context, Job
from mvne_platform.runtime.models import JobRow
from mvne_workers.registry import JOBS

OF_RATING = "rating"


def run_jobs(ctx: Context) -> None:
    """Run the promised jobs of the rating queue, and those they promise, in the order they were made."""
    while row := ctx.db.scalar(select(JobRow).where(JobRow.queue == OF_RATING).order_by(JobRow.id).limit(1)):
        job = JOBS[row.name]
        assert isinstance(job, Job)
        ctx.db.delete(row)
        ctx.db.flush()
        job.run(ctx, **row.arguments)
