"""Usage of the past rated again: the difference first, then the books."""

from mvne_platform.charging.rerating.commands import book_differences, discard_rerating, start_rerating
from mvne_platform.charging.rerating.events import ReratingBooked, ReratingComputed
from mvne_platform.charging.rerating.late_usage import rerate_late
from mvne_platform.charging.rerating.models import Cause, ChangeState, ReratingChange, ReratingRun, RunState
from mvne_platform.charging.rerating.queries import Totals, changes, rerating, reratings, totals

__all__ = [
    "Cause",
    "ChangeState",
    "ReratingBooked",
    "ReratingChange",
    "ReratingComputed",
    "ReratingRun",
    "RunState",
    "Totals",
    "book_differences",
    "changes",
    "discard_rerating",
    "rerate_late",
    "rerating",
    "reratings",
    "start_rerating",
    "totals",
]
