"""Reads of re-ratings: runs, the difference per subscription and in total, and per event."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from mvne_platform.charging import permissions
from mvne_platform.charging.rerating import statements
from mvne_platform.charging.rerating.errors import UnknownRerating
from mvne_platform.charging.rerating.models import Cause, ChangeState, ReratingChange, ReratingRun
from mvne_platform.runtime import Context

PAGE = 25


@dataclass(frozen=True, slots=True)
class Totals:
    """A run's difference in sum: subscriptions looked at that change or fail, events; micros of the brand's currency.

    `stale` subscriptions were left out of the books.
    """

    subscriptions: int
    changed_subscriptions: int
    events: int
    changed: int
    failed: int
    before_micros: int
    after_micros: int
    accrued_delta_micros: int
    debited_delta_micros: int
    stale: int

    @property
    def difference_micros(self) -> int:
        """What usage costs more (or less, below zero)."""
        return self.after_micros - self.before_micros


def rerating(ctx: Context, run_id: UUID) -> ReratingRun:
    """One run; raises UnknownRerating."""
    ctx.require(permissions.RERATE)
    return run(ctx, run_id)


def reratings(
    ctx: Context, *, cause: Cause | None = None, first: int = PAGE, before: UUID | None = None
) -> list[ReratingRun]:
    """The brand's runs (of one cause, if that is named), newest first; `before` is the last one of the page before."""
    ctx.require(permissions.RERATE)
    statement = select(ReratingRun).order_by(ReratingRun.id.desc()).limit(first)
    if before is not None:
        statement = statement.where(ReratingRun.id < before)
    if cause is not None:
        statement = statement.where(ReratingRun.cause == cause)
    return list(ctx.db.scalars(statement))


def changes(ctx: Context, run_id: UUID, *, first: int = PAGE, skip: int = 0) -> list[ReratingChange]:
    """What a run changes per subscription, the largest difference first."""
    ctx.require(permissions.RERATE)
    size = func.abs(ReratingChange.after_micros - ReratingChange.before_micros)
    statement = select(ReratingChange).where(ReratingChange.run_id == run_id)
    ordered = statement.order_by(size.desc(), ReratingChange.subscription_id)
    return list(ctx.db.scalars(ordered.limit(first).offset(skip)))


def totals(ctx: Context, run_id: UUID) -> Totals:
    """What a run changes in sum."""
    row: Any = ctx.db.execute(statements.TOTALS, {"run_id": run_id}).one()
    return Totals(**row._mapping)  # noqa: SLF001  # SQLAlchemy's public way to a row's columns


def digests(ctx: Context, run_id: UUID, account_id: UUID) -> dict[UUID, str]:
    """What was shown of an account's lines, if it is not booked or found stale yet."""
    statement = select(ReratingChange.subscription_id, ReratingChange.digest).where(
        ReratingChange.run_id == run_id,
        ReratingChange.account_id == account_id,
        ReratingChange.state == ChangeState.COMPUTED,
    )
    return {row.subscription_id: row.digest for row in ctx.db.execute(statement)}


def run(ctx: Context, run_id: UUID) -> ReratingRun:
    """One run, whoever asks; raises UnknownRerating."""
    return _present(ctx.db.get(ReratingRun, run_id))


def run_for_update(ctx: Context, run_id: UUID) -> ReratingRun:
    """Lock one run until the transaction ends; raises UnknownRerating."""
    return _present(ctx.db.get(ReratingRun, run_id, with_for_update={"key_share": True}, populate_existing=True))


def _present(found: ReratingRun | None) -> ReratingRun:
    if found is None:
        raise UnknownRerating("There is no such re-rating.")
    return found
