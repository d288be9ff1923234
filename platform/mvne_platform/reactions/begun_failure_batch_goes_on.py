"""When many failures are to be rated again or written off, some hundreds are dealt with, and then the next."""

from mvne_platform import charging
from mvne_platform.mediation import FailureBatchAdvanced, failure_log
from mvne_platform.mediation.failure_log import BatchKind
from mvne_platform.runtime import Context


def react(ctx: Context, fact: FailureBatchAdvanced) -> None:
    """Take the next step of the batch, until it has ended or somebody stops it."""
    step = failure_log.next_step(ctx, fact.batch_id)
    if step is None:
        return
    if step.kind is BatchKind.WRITE_OFF:
        closed = failure_log.write_off(ctx, step.ids, why=step.why, batch_id=step.batch_id)
    else:
        closed = charging.rate_again(ctx, step.ids, batch_id=step.batch_id)
    failure_log.advance_batch(ctx, step, closed)
