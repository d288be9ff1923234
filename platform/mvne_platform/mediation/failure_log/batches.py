"""Many failures at once, in the background: a batch walks through what was selected, some hundreds a transaction.

Mediation knows which failures; what rates them lies higher. So each step is a fact, and a reaction takes the next one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func

from mvne_platform.kernel import uuid7
from mvne_platform.mediation import permissions
from mvne_platform.mediation.errors import NothingSelected, TooMany
from mvne_platform.mediation.events import FailureBatchAdvanced
from mvne_platform.mediation.failure_log import commands, queries
from mvne_platform.mediation.failure_log.selection import STATE, STILL_OPEN, FailureFilter, conditions, failed_rows
from mvne_platform.mediation.models import BatchKind, BatchState, FailureBatch, UsageException
from mvne_platform.mediation.quarantine import checked_why
from mvne_platform.runtime import Context

STEP = 500
_NEEDED = {BatchKind.RATE_AGAIN: permissions.CORRECT, BatchKind.WRITE_OFF: permissions.WRITE_OFF}


@dataclass(frozen=True, slots=True)
class BatchStep:
    """The failures a batch looks at next, and what is done with them."""

    batch_id: UUID
    kind: BatchKind
    why: str
    ids: tuple[UUID, ...]


def start_batch(
    ctx: Context, kind: BatchKind, *, why: str, wanted: FailureFilter | None = None, ids: Sequence[UUID] | None = None
) -> FailureBatch:
    """Begin to rate again, or to write off, the named failures, or all that are as `wanted` and open now.

    Raises NothingSelected, UnknownFailure, TooMany, WhyMissing.
    """
    ctx.require(_NEEDED[kind])
    said = checked_why(why)
    selection = _selection(ctx, wanted, ids)
    total, last = _extent(ctx, selection)
    if not total:
        raise NothingSelected("No open failure is as asked for; there is nothing to do.")
    batch = FailureBatch(
        id=uuid7(),
        kind=kind,
        selection=selection,
        why=said,
        total=total,
        last=last,
        actor=str(ctx.actor),
        started_at=ctx.now,
    )
    ctx.db.add(batch)
    ctx.db.flush()
    ctx.emit(FailureBatchAdvanced(batch.id, 0, 0, finished=False))
    return batch


def stop_batch(ctx: Context, batch_id: UUID) -> FailureBatch:
    """Let a batch end where it is; what it did stays. Harmless for one that has ended. Raises UnknownBatch."""
    ctx.require(permissions.READ)
    batch = queries.batch_for_update(ctx, batch_id)
    ctx.require(_NEEDED[batch.kind])
    if batch.state is BatchState.RUNNING:
        batch.state, batch.finished_at = BatchState.STOPPED, ctx.now
    return batch


def next_step(ctx: Context, batch_id: UUID) -> BatchStep | None:
    """Lock a batch and answer what it looks at next; None once it has ended."""
    batch = queries.batch_for_update(ctx, batch_id)
    if batch.state is not BatchState.RUNNING:
        return None
    statement = _selected(batch.selection, UsageException.id).where(UsageException.id <= batch.last)
    if batch.cursor is not None:
        statement = statement.where(UsageException.id > batch.cursor)
    ids = tuple(ctx.db.scalars(statement.order_by(UsageException.id).limit(STEP)))
    if not ids:
        _finish(ctx, batch)
        ctx.emit(FailureBatchAdvanced(batch.id, batch.looked_at, batch.closed, finished=True))
        return None
    return BatchStep(batch.id, batch.kind, batch.why, ids)


def advance_batch(ctx: Context, step: BatchStep, closed: int) -> None:
    """Note that a step is done, and tell, so that the next one follows."""
    batch = queries.batch_for_update(ctx, step.batch_id)
    batch.cursor = step.ids[-1]
    batch.looked_at = min(batch.total, batch.looked_at + len(step.ids))
    batch.closed = min(batch.looked_at, batch.closed + closed)
    finished = len(step.ids) < STEP
    if finished:
        _finish(ctx, batch)
    ctx.db.flush()
    ctx.emit(FailureBatchAdvanced(batch.id, batch.looked_at, batch.closed, finished=finished))


def _selection(ctx: Context, wanted: FailureFilter | None, ids: Sequence[UUID] | None) -> dict[str, Any]:
    """What is kept of a selection: the ids, or the filter without what is closed already."""
    if wanted is not None and ids is None:
        narrowed = replace(wanted, states=tuple(state for state in wanted.states if state in STILL_OPEN))
        # A search in masked texts selects the same rows in the background, where nothing is masked.
        return {"filter": narrowed.to_json(), "numbers": ctx.actor.may(permissions.READ_NUMBERS)}
    if wanted is not None or ids is None:
        raise NothingSelected("Name the failures, or say with a filter which; not both, and not neither.")
    if len(ids) > commands.MOST_AT_ONCE:
        message = f"Name at most {commands.MOST_AT_ONCE} failures, or select them by a filter."
        raise TooMany(message, field=("usage_failure_ids",))
    queries.failures_by_id(ctx, list(dict.fromkeys(ids)))
    return {"ids": sorted({str(one) for one in ids})}


def _finish(ctx: Context, batch: FailureBatch) -> None:
    batch.state, batch.finished_at = BatchState.DONE, ctx.now


def _selected(selection: Mapping[str, Any], column: Any) -> Select[Any]:
    """The failures of a selection that are open now."""
    rows = failed_rows(column)
    if "ids" in selection:
        chosen = UsageException.id.in_([UUID(one) for one in selection["ids"]])
        return rows.where(chosen, STATE.in_([state.value for state in STILL_OPEN]))
    wanted = FailureFilter.from_json(selection["filter"])
    return rows.where(conditions(wanted, numbers=selection["numbers"]))


def _extent(ctx: Context, selection: Mapping[str, Any]) -> tuple[int, UUID | None]:
    """How many open failures are selected, and the last of them: what fails later is not meant."""
    count = ctx.db.scalar(_selected(selection, func.count())) or 0
    newest = _selected(selection, UsageException.id).order_by(UsageException.id.desc()).limit(1)
    return count, ctx.db.scalar(newest)
