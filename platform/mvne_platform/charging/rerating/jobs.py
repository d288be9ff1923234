"""The shares of a run: so many accounts each, in any order, in parallel."""

from mvne_platform.charging.rerating import booking, computing
from mvne_platform.charging.rerating.late_usage import any_noted
from mvne_platform.charging.rerating.late_usage import rerate_late as rerate_noted
from mvne_platform.runtime import Context, Job

compute_share = Job("charging.compute_rerating", "rating", computing.compute_share)
book_share = Job("charging.book_rerating", "rating", booking.book_share)


def _rerate_late(ctx: Context) -> None:
    rerate_noted(ctx)
    if any_noted(ctx):
        ctx.later(rerate_late)


rerate_late = Job("charging.rerate_late", "rating", _rerate_late)
