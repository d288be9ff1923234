"""Asking for a re-rating, booking its difference, and letting go of it."""

from uuid import UUID

from sqlalchemy import exists, select

from mvne_platform import catalogue
from mvne_platform.catalogue import Offering, OfferingKind, Purpose
from mvne_platform.charging import permissions
from mvne_platform.charging.past import Scope, accounts_with_usage, in_shares
from mvne_platform.charging.rerating import jobs, queries, rules, statements
from mvne_platform.charging.rerating.computing import scope_of
from mvne_platform.charging.rerating.errors import BadRerating, NotComputed
from mvne_platform.charging.rerating.models import Cause, ReratingRun, RunState
from mvne_platform.kernel import uuid7
from mvne_platform.runtime import Context

AT_ONCE = 20
"""Accounts whose purses are locked together while they are booked."""


def start_rerating(ctx: Context, scope: Scope, *, price_list: str | None, reason: str) -> ReratingRun:
    """Promise the difference that today's prices make to usage of the past; nothing is booked.

    `price_list` narrows the scope to what was rated by it. Raises BadRerating, UnknownPriceList.
    """
    ctx.require(permissions.RERATE)
    rules.check_scope(scope, reason)
    _check_plan(ctx, scope.plan)
    _check_price_list(ctx, price_list)
    run = ReratingRun(
        id=uuid7(),
        cause=Cause.REQUESTED,
        reason=reason.strip(),
        since=scope.since,
        until=scope.until,
        subscription_id=scope.subscription_id,
        plan=scope.plan,
        price_list=price_list,
        state=RunState.COMPUTING,
        created_at=ctx.now,
    )
    ctx.db.add(run)
    ctx.db.flush()
    shares = in_shares(accounts_with_usage(ctx, scope_of(ctx, run)))
    run.shares = len(shares)
    for share in shares:
        ctx.later(jobs.compute_share, run_id=str(run.id), accounts=[str(one) for one in share])
    ctx.db.flush()
    return run


def book_differences(ctx: Context, run_id: UUID) -> ReratingRun:
    """Promise the booking of a complete difference, account by account; `billing.book_rerating` asks who may.

    A run that is being booked, or is, stays as it is. Raises UnknownRerating, NotComputed.
    """
    run = queries.run_for_update(ctx, run_id)
    if run.state in (RunState.BOOKING, RunState.BOOKED):
        return run
    _check_computed(run)
    shares = in_shares(list(ctx.db.scalars(statements.ACCOUNTS_TO_BOOK, {"run_id": run.id})), AT_ONCE)
    run.state, run.shares, run.shares_done = RunState.BOOKING, len(shares), 0
    ctx.db.flush()
    for share in shares:
        ctx.later(jobs.book_share, run_id=str(run.id), accounts=[str(one) for one in share])
    return run


def discard_rerating(ctx: Context, run_id: UUID) -> ReratingRun:
    """Let a complete difference go unbooked. Raises UnknownRerating, NotComputed."""
    ctx.require(permissions.RERATE)
    run = queries.run_for_update(ctx, run_id)
    if run.state is not RunState.DISCARDED:
        _check_computed(run)
        run.state = RunState.DISCARDED
        ctx.db.flush()
    return run


def _check_plan(ctx: Context, code: str | None) -> None:
    """A plan that is sold no more counts too: lines may have had it then."""
    plans = exists().where(Offering.code == code, Offering.kind == OfferingKind.PLAN)
    if code is not None and not ctx.db.scalar(select(plans)):
        raise BadRerating(f"The brand has never sold a plan '{code}'; name one by its code.", field=("plan",))


def _check_price_list(ctx: Context, code: str | None) -> None:
    if code is not None and catalogue.price_list_purpose(ctx, code) is Purpose.WHOLESALE:
        raise BadRerating(
            f"'{code}' says what the host operator charges, and prices no customer. Name none: what the host operator "
            "charges is computed again with all usage of the period.",
            field=("price_list",),
        )


def _check_computed(run: ReratingRun) -> None:
    if run.state is not RunState.COMPUTED:
        raise NotComputed(
            f"This re-rating is {run.state}; only a complete difference that is not booked can be booked or discarded."
        )
