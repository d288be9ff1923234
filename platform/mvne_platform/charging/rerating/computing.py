"""Computing the difference of a run, a share of its accounts at a time; no balance moves."""

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from sqlalchemy import insert

from mvne_platform import catalogue
from mvne_platform.charging.past import Again, Past, Pricing, Scope, afresh, keeping, read_past_unlocked, recompute
from mvne_platform.charging.rerating import queries, rules, statements
from mvne_platform.charging.rerating.events import ReratingComputed
from mvne_platform.charging.rerating.models import Cause, ReratingChange, ReratingRun, RunState
from mvne_platform.rating import ScalarRater
from mvne_platform.runtime import Context


def scope_of(ctx: Context, run: ReratingRun) -> Scope:
    """Which usage a run is about; raises UnknownPriceList."""
    versions = None
    if run.price_list is not None:
        versions = catalogue.version_ids(ctx, run.price_list)
    return Scope(run.since, run.until, run.subscription_id, run.plan, versions)


def pricing_of(ctx: Context, run: ReratingRun) -> Pricing:
    """With which prices a run rates again: late usage changes the order and nothing else."""
    return keeping(ctx) if run.cause is Cause.LATE_USAGE else afresh(ctx, scope_of(ctx, run))


def again(past: Past) -> list[Again]:
    """The events of a past rated again."""
    return list(recompute(past.steps, past.purses, ScalarRater()))


def compute_share(ctx: Context, run_id: str, accounts: Sequence[str]) -> None:
    """Keep what changes for the lines of some accounts; the last share completes the run.

    A share is done once: its job's row goes with its transaction.
    """
    run = queries.run(ctx, UUID(run_id))
    if run.state is not RunState.COMPUTING:
        return
    rows, pricing = [], pricing_of(ctx, run)
    for account_id in map(UUID, accounts):
        past = read_past_unlocked(ctx, account_id, run.since, pricing)
        found = rules.differences(again(past)) if past else []
        rows += [asdict(one) | {"run_id": run.id, "account_id": account_id} for one in found]
    if rows:
        ctx.db.execute(insert(ReratingChange), rows)
    if ctx.db.scalar(statements.SHARE_DONE, {"run_id": run.id}):
        _complete(ctx, run)


def _complete(ctx: Context, run: ReratingRun) -> None:
    ctx.db.refresh(run)
    run.state = RunState.COMPUTED
    run.computed_at = ctx.now
    ctx.db.flush()
    totals = queries.totals(ctx, run.id)
    ctx.emit(ReratingComputed(run.id, totals.changed_subscriptions, totals.difference_micros))
