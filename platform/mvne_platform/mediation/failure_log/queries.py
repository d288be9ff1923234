"""Reads of the failure log: search, groups, one failure with its history, batches."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, Uuid, cast, func, select

from mvne_platform.mediation import permissions
from mvne_platform.mediation.errors import UnknownBatch, UnknownFailure
from mvne_platform.mediation.failure_log.selection import (
    DETAIL,
    REASON,
    RECORD,
    STATE,
    FailureFilter,
    FailureState,
    conditions,
    failed_rows,
)
from mvne_platform.mediation.models import FailureAction, FailureBatch, FailureDeed, UsageException, UsageFile
from mvne_platform.mediation.rules import without_numbers
from mvne_platform.runtime import Context

PAGE = 25
MOST_GROUPS = 200


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed row as it stands. Records, and numbers in texts, are hidden from who may not read called numbers.

    `record` is as received, `corrected` the newest correction of it; `start` is in UTC.
    """

    id: UUID
    file_id: UUID
    file_name: str
    source_id: UUID | None
    row: int
    state: FailureState
    reason: str
    detail: str
    service: str | None
    start: datetime | None
    record: str | None
    corrected: str | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class FailureGroup:
    """Failures of one reason and service: how many, since when, and the oldest as a sample."""

    reason: str
    service: str | None
    count: int
    oldest_at: datetime
    newest_at: datetime
    sample: Failure


@dataclass(frozen=True, slots=True)
class FailureStep:
    """One step of a failure's history."""

    id: UUID
    action: FailureDeed
    reason: str | None
    detail: str | None
    why: str | None
    record: str | None
    batch_id: UUID | None
    actor: str
    at: datetime


_COLUMNS: tuple[Any, ...] = (
    UsageException.id,
    UsageException.file_id,
    UsageFile.name.label("file_name"),
    UsageFile.source_id,
    UsageException.row,
    STATE.label("state"),
    REASON.label("reason"),
    DETAIL.label("detail"),
    UsageException.service,
    UsageException.start,
    UsageException.record,
    RECORD.label("corrected"),
    UsageException.recorded_at,
)


def failures(
    ctx: Context, wanted: FailureFilter | None = None, *, first: int = PAGE, before: UUID | None = None
) -> list[Failure]:
    """Failed rows, newest first, those still open unless said; `before` is the last one of the page before."""
    ctx.require(permissions.READ)
    statement = failed_rows(*_COLUMNS).where(_conditions(ctx, wanted or FailureFilter()))
    if before is not None:
        statement = statement.where(UsageException.id < before)
    return _failures(ctx, statement.order_by(UsageException.id.desc()).limit(first))


def failure(ctx: Context, failure_id: UUID) -> Failure:
    """One failed row; raises UnknownFailure."""
    return failures_by_id(ctx, [failure_id])[0]


def failures_by_id(ctx: Context, ids: Sequence[UUID]) -> list[Failure]:
    """Failed rows of these ids, in their order; raises UnknownFailure."""
    ctx.require(permissions.READ)
    found = {one.id: one for one in _failures(ctx, failed_rows(*_COLUMNS).where(UsageException.id.in_(ids)))}
    if len(found) < len(set(ids)):
        raise UnknownFailure("There is no such failed row.", field=("failure_id",))
    return [found[one] for one in ids]


def failure_count(ctx: Context, wanted: FailureFilter) -> int:
    """How many failed rows are as wanted."""
    ctx.require(permissions.READ)
    return ctx.db.scalar(failed_rows(func.count()).where(_conditions(ctx, wanted))) or 0


def failure_groups(ctx: Context, wanted: FailureFilter | None = None) -> list[FailureGroup]:
    """The failed rows by reason and service, the largest group first, at most MOST_GROUPS."""
    ctx.require(permissions.READ)
    grouped = (
        failed_rows(
            REASON.label("reason"),
            UsageException.service,
            func.count().label("failures"),
            func.min(UsageException.recorded_at).label("oldest_at"),
            func.max(UsageException.recorded_at).label("newest_at"),
            # uuid7 sorts by time; PostgreSQL has no min() of UUIDs before version 18.
            cast(func.min(cast(UsageException.id, Text)), Uuid).label("sample_id"),
        )
        .where(_conditions(ctx, wanted or FailureFilter()))
        .group_by(REASON, UsageException.service)
        .order_by(func.count().desc(), REASON)
        .limit(MOST_GROUPS)
    )
    rows = ctx.db.execute(grouped).all()
    samples = {one.id: one for one in failures_by_id(ctx, [row.sample_id for row in rows])}
    return [
        FailureGroup(row.reason, row.service, row.failures, row.oldest_at, row.newest_at, samples[row.sample_id])
        for row in rows
    ]


def failure_history(ctx: Context, failure_id: UUID) -> list[FailureStep]:
    """What happened to a failed row since it failed, oldest first; of a batch's steps, who began the batch and why."""
    ctx.require(permissions.READ)
    readable = ctx.actor.may(permissions.READ_NUMBERS)
    statement = (
        select(FailureAction, FailureBatch.actor, FailureBatch.why)
        .outerjoin(FailureBatch, FailureBatch.id == FailureAction.batch_id)
        .where(FailureAction.exception_id == failure_id)
        .order_by(FailureAction.id)
    )
    return [
        FailureStep(
            id=one.id,
            action=one.action,
            reason=one.reason,
            detail=one.detail if readable or one.detail is None else without_numbers(one.detail),
            why=one.why or why,
            record=one.record if readable else None,
            batch_id=one.batch_id,
            actor=actor or one.actor,
            at=one.at,
        )
        for one, actor, why in ctx.db.execute(statement)
    ]


def failure_batch(ctx: Context, batch_id: UUID) -> FailureBatch:
    """One batch; raises UnknownBatch."""
    ctx.require(permissions.READ)
    return _present(ctx.db.get(FailureBatch, batch_id))


def failure_batches(ctx: Context, *, first: int = PAGE, before: UUID | None = None) -> list[FailureBatch]:
    """Batches, newest first; `before` is the last one of the page before."""
    ctx.require(permissions.READ)
    statement = select(FailureBatch).order_by(FailureBatch.id.desc()).limit(first)
    if before is not None:
        statement = statement.where(FailureBatch.id < before)
    return list(ctx.db.scalars(statement))


def batch_for_update(ctx: Context, batch_id: UUID) -> FailureBatch:
    """Lock a batch until the transaction ends; raises UnknownBatch."""
    return _present(ctx.db.get(FailureBatch, batch_id, with_for_update=True, populate_existing=True))


def _present(batch: FailureBatch | None) -> FailureBatch:
    if batch is None:
        raise UnknownBatch("There is no such batch of failures.")
    return batch


def _conditions(ctx: Context, wanted: FailureFilter) -> ColumnElement[bool]:
    return conditions(wanted, numbers=ctx.actor.may(permissions.READ_NUMBERS))


def _failures(ctx: Context, statement: Select[Any]) -> list[Failure]:
    readable = ctx.actor.may(permissions.READ_NUMBERS)
    return [_shown(row._mapping, readable=readable) for row in ctx.db.execute(statement)]  # noqa: SLF001  # public


def _shown(values: Any, *, readable: bool) -> Failure:
    given = dict(values) | {"state": FailureState(values["state"])}
    if not readable:
        given |= {"detail": without_numbers(given["detail"]), "record": None, "corrected": None}
    return Failure(**given)
