"""Moves a sandbox's clock, one stop at a time."""

from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from mvne_platform.kernel import InvalidInput
from mvne_platform.runtime import Actor, BrandRow, BrandState, Context, brand_work, platform_work
from mvne_platform.runtime.clock import system_now
from mvne_platform.runtime.context import SYSTEM
from mvne_platform.runtime.timers import fire_due
from mvne_tenants import permissions
from mvne_tenants.clock.rules import Decision, Move, next_move
from mvne_tenants.registry import brand_for_update, require

# One statement, hence one snapshot: a job that ends and the timer it sets are seen both or not at all.
# A verification in state 'manual' waits for a person (its job asks the provider now and then), and a failed job for
# its repair: neither stops the clock.
_SITUATION = text("""
SELECT (SELECT min(due_at) FROM platform.timer) AS earliest_timer,
  EXISTS (SELECT FROM outbox)
  OR EXISTS (
    SELECT FROM job WHERE failed_at IS NULL AND NOT EXISTS (
      SELECT FROM identity_verification v
      WHERE v.state = 'manual' AND job.arguments ->> 'verification_id' = CAST(v.id AS text)))
  OR EXISTS (SELECT FROM network_request WHERE state = 'open')
  OR EXISTS (SELECT FROM identity_verification WHERE state = 'pending')
  OR EXISTS (SELECT FROM payment WHERE state = 'pending')
  OR EXISTS (SELECT FROM usage_file WHERE state IN ('received', 'loading')) AS busy
""")


class ClockIsReal(InvalidInput):
    """The brand lives in real time; only a sandbox's clock can be moved."""

    code = "CLOCK_IS_REAL"


class ClockGoesBack(InvalidInput):
    """The instant asked for lies before what the clock shows."""

    code = "CLOCK_GOES_BACK"


def request_advance(slug: str, to: datetime, *, actor: Actor = SYSTEM) -> None:
    """Ask for the brand's clock to go to the aware instant `to`; `step` moves it there.

    Raises UnknownBrand, ClockIsReal for a brand that is not a sandbox, ClockGoesBack. A later call replaces the target.
    """
    require(actor, permissions.CLOCK)
    with platform_work(actor) as db:
        row = brand_for_update(db, slug)
        if row.state != BrandState.SANDBOX or row.clock_at is None:
            raise ClockIsReal(f"'{slug}' is {row.state} and keeps real time; only a sandbox's clock can be moved.")
        if to < row.clock_at:
            raise ClockGoesBack(
                f"The clock of '{slug}' shows {row.clock_at.isoformat()} and never goes back; ask for that or later.",
                field=("to",),
            )
        row.clock_target = to


def moving(db: Session) -> list[str]:
    """The brands whose clock has a target, by name; needs a platform session."""
    return list(db.scalars(select(BrandRow.slug).where(BrandRow.clock_target.is_not(None)).order_by(BrandRow.slug)))


def step(slug: str) -> Decision:
    """Move the brand's clock to its next stop if all work promised so far is done; answers what was done.

    Killed in the middle it loses nothing: a timer that is due and still there is the next stop. A brand that keeps real
    time is left alone. Raises UnknownBrand.
    """
    with platform_work() as db:
        row = brand_for_update(db, slug)
        if row.clock_at is None:
            return Decision(Move.NONE, system_now())
        decision = _decide(row, row.clock_at)
        row.clock_at = decision.clock_at
        if decision.move is Move.ARRIVE:
            row.clock_target = None
    if decision.move is Move.TIMER:
        with brand_work(slug) as ctx:
            fire_due(ctx, decision.clock_at)
    return decision


def _decide(row: BrandRow, clock_at: datetime) -> Decision:
    if row.clock_target is None:
        return next_move(clock_at, None, None, quiet=True)
    with brand_work(row.slug) as ctx:
        earliest_timer, busy = _situation(ctx)
    return next_move(clock_at, row.clock_target, earliest_timer, quiet=not busy)


def _situation(ctx: Context) -> tuple[datetime | None, bool]:
    earliest_timer, busy = ctx.db.execute(_SITUATION).one()
    return earliest_timer, busy
