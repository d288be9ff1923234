"""Reads of replays: revenue and margin, winners and losers, and whom the draft would shock."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from mvne_platform import catalogue
from mvne_platform.charging import permissions
from mvne_platform.charging.replay import rules, statements
from mvne_platform.charging.replay.errors import UnknownReplay
from mvne_platform.charging.replay.models import ReplayRun
from mvne_platform.charging.replay.rules import Replayed
from mvne_platform.runtime import Context

PAGE = 25


@dataclass(frozen=True, slots=True)
class Totals:
    """A replay in sum, in micros of the brand's currency; wholesale in that of the host operator's contract."""

    subscriptions: int
    events: int
    failed: int
    charged_micros: int
    replayed_micros: int
    wholesale_micros: int
    winners: int
    losers: int

    @property
    def revenue_delta_micros(self) -> int:
        """What the brand would have earned more (or less, below zero)."""
        return self.replayed_micros - self.charged_micros


@dataclass(frozen=True, slots=True)
class Step:
    """Subscriptions whose bill changes by more than `above_percent` up to `to_percent` (below zero: gets cheaper).

    Both are 0 where nothing changes; an outermost step has no end.
    """

    above_percent: int | None
    to_percent: int | None
    subscriptions: int
    difference_micros: int


@dataclass(frozen=True, slots=True)
class Shock:
    """A subscription that the draft makes dearer."""

    number: str
    line: Replayed


def replay(ctx: Context, run_id: UUID) -> ReplayRun:
    """One replay; raises UnknownReplay."""
    ctx.require(permissions.REPLAY)
    return run(ctx, run_id)


def replays(ctx: Context, *, first: int = PAGE, before: UUID | None = None) -> list[ReplayRun]:
    """The brand's replays, newest first; `before` is the last one of the page before."""
    ctx.require(permissions.REPLAY)
    statement = select(ReplayRun).order_by(ReplayRun.id.desc()).limit(first)
    if before is not None:
        statement = statement.where(ReplayRun.id < before)
    return list(ctx.db.scalars(statement))


def totals(ctx: Context, run_id: UUID) -> Totals:
    """What the period earned and would have earned."""
    ctx.require(permissions.REPLAY)
    row: Any = ctx.db.execute(statements.TOTALS, {"run_id": run_id}).one()
    return Totals(**row._mapping)  # noqa: SLF001  # SQLAlchemy's public way to a row's columns


def wholesale_currency(ctx: Context) -> str | None:
    """That of the host operator's contract; None without one. Only in the brand's own is there a margin."""
    host = catalogue.wholesale_tariff(ctx)
    return host.currency if host is not None else None


def distribution(ctx: Context, run_id: UUID) -> list[Step]:
    """Winners and losers by how much, from the largest gain to the largest loss; empty steps are left out."""
    ctx.require(permissions.REPLAY)
    terms = {"run_id": run_id, "steps": list(rules.STEPS_PERCENT)}
    rows = ctx.db.execute(statements.DISTRIBUTION, terms)
    return [Step(*_bounds(row.step), row.subscriptions, row.difference_micros) for row in rows]


def _bounds(step: int) -> tuple[int | None, int | None]:
    steps: Sequence[int | None] = (*rules.STEPS_PERCENT, None)
    low, high = (0, 0) if step == 0 else (steps[abs(step) - 1], steps[abs(step)])
    if step >= 0:
        return low, high
    return -high if high is not None else None, -low if low is not None else None


def shocks(ctx: Context, run_id: UUID, *, at_least_micros: int = 0, first: int = PAGE, skip: int = 0) -> list[Shock]:
    """Whom the draft makes dearer by so much or more, the largest difference first."""
    ctx.require(permissions.REPLAY)
    terms = {"run_id": run_id, "at_least_micros": at_least_micros, "first": first, "skip": skip}
    return [
        Shock(
            row.number,
            Replayed(
                row.subscription_id,
                row.events,
                row.failed,
                row.charged_micros,
                row.replayed_micros,
                row.wholesale_micros,
            ),
        )
        for row in ctx.db.execute(statements.SHOCKS, terms)
    ]


def run(ctx: Context, run_id: UUID) -> ReplayRun:
    """One replay, whoever asks; raises UnknownReplay."""
    found = ctx.db.get(ReplayRun, run_id)
    if found is None:
        raise UnknownReplay("There is no such replay.")
    return found
