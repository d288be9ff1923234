"""The log of rows that could not be rated: searched, grouped, corrected, rated again, written off; nothing disappears.

A second door of mediation, for the edges: `from mvne_platform.mediation import failure_log`.
"""

from mvne_platform.mediation.failure_log.batches import BatchStep, advance_batch, next_step, start_batch, stop_batch
from mvne_platform.mediation.failure_log.commands import (
    OpenFailure,
    Settled,
    correct_failure,
    failures_for_update,
    settle_failures,
    write_off,
)
from mvne_platform.mediation.failure_log.queries import (
    Failure,
    FailureGroup,
    FailureStep,
    failure,
    failure_batch,
    failure_batches,
    failure_count,
    failure_groups,
    failure_history,
    failures,
)
from mvne_platform.mediation.failure_log.selection import FailureFilter, FailureState
from mvne_platform.mediation.models import BatchKind, BatchState, FailureBatch, FailureDeed

__all__ = [
    "BatchKind",
    "BatchState",
    "BatchStep",
    "Failure",
    "FailureBatch",
    "FailureDeed",
    "FailureFilter",
    "FailureGroup",
    "FailureState",
    "FailureStep",
    "OpenFailure",
    "Settled",
    "advance_batch",
    "correct_failure",
    "failure",
    "failure_batch",
    "failure_batches",
    "failure_count",
    "failure_groups",
    "failure_history",
    "failures",
    "failures_for_update",
    "next_step",
    "settle_failures",
    "start_batch",
    "stop_batch",
    "write_off",
]
