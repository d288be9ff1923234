"""Bringing a difference into the books: account by account, each under the locks of its lines' purses."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import insert, update

from mvne_platform import balances, subscriptions
from mvne_platform.charging import lookups
from mvne_platform.charging.past import Again, Past, read_past
from mvne_platform.charging.purses import stored_key
from mvne_platform.charging.rerating import queries, rules, statements
from mvne_platform.charging.rerating.computing import again, pricing_of
from mvne_platform.charging.rerating.events import ReratingBooked
from mvne_platform.charging.rerating.models import ChangeState, ReratedEvent, ReratingChange, ReratingRun, RunState
from mvne_platform.kernel import Unit, uuid7
from mvne_platform.runtime import Context


def book_share(ctx: Context, run_id: str, accounts: Sequence[str]) -> None:
    """Book what a run changes for some accounts; when nothing is left the run is closed. Harmless when repeated.

    An account for which something else would come out by now is left out, marked STALE.
    """
    run = queries.run(ctx, UUID(run_id))
    if run.state is not RunState.BOOKING:
        return
    account_ids = [UUID(account) for account in accounts]
    # All purses at once, in the order of ids: files and bills that come to the same lines wait, and nobody for good.
    lines = {line for account_id in account_ids for line in subscriptions.lines_of_account(ctx, account_id)}
    balances.lock_purses(ctx, lines, since=run.since)
    for account_id in account_ids:
        _book_as_shown(ctx, run, account_id)
    ctx.db.execute(statements.SHARE_BOOKED, {"run_id": run.id})
    if not ctx.db.scalar(statements.ANY_TO_BOOK, {"run_id": run.id}):
        close(ctx, run)


def close(ctx: Context, run: ReratingRun) -> None:
    """Note, once, that all of a run is booked, or was found stale."""
    ctx.db.refresh(run)
    if run.state is RunState.BOOKED:
        return
    run.state = RunState.BOOKED
    run.booked_at = ctx.now
    ctx.db.flush()
    totals = queries.totals(ctx, run.id)
    ctx.emit(ReratingBooked(run.id, totals.changed_subscriptions - totals.stale, totals.stale))


def _book_as_shown(ctx: Context, run: ReratingRun, account_id: UUID) -> None:
    shown = queries.digests(ctx, run.id, account_id)
    if not shown:
        return
    past = read_past(ctx, account_id, run.since, pricing_of(ctx, run))
    agains = again(past) if past else []
    found = {one.subscription_id: one.digest for one in rules.differences(agains)}
    bookable = past is not None and found == shown and is_covered(ctx, past, agains)
    if past is not None and bookable:
        book(ctx, run.id, past, agains)
    state = ChangeState.BOOKED if bookable else ChangeState.STALE
    of_account = update(ReratingChange).where(ReratingChange.run_id == run.id, ReratingChange.account_id == account_id)
    ctx.db.execute(of_account.values(state=state))


def is_covered(ctx: Context, past: Past, agains: Sequence[Again]) -> bool:
    """Whether allowances hold what would be taken; events that would fail now, and keep what they took, may have it."""
    more = {key: units for key, units in rules.more_taken(agains).items() if units > 0 and key not in past.ended}
    states = balances.states(ctx, more).values()
    return all(state.unit is Unit.MONEY or more[state.id] <= state.available for state in states)


def book(ctx: Context, run_id: UUID, past: Past, agains: Sequence[Again]) -> None:
    """Write the newer results and move balances and counters by the difference. The purses are locked."""
    changed = [one for one in agains if one.changed]
    if not changed:
        return
    billed_until = lookups.billed_until(ctx, [past.account_id])[past.account_id]
    ctx.db.execute(insert(ReratedEvent), [_newer(run_id, one, billed_until) for one in changed])
    balances.post_rerating(ctx, rules.more_taken(changed), run_id, ended=past.ended)
    moved = rules.counter_deltas(changed)
    balances.move_counters(ctx, {stored_key(key, ctx.brand.time_zone): delta for key, delta in moved.items()})


def _newer(run_id: UUID, one: Again, billed_until: date) -> dict[str, object]:
    result, wholesale = one.result, one.wholesale
    return {
        "id": uuid7(),
        "subscription_id": one.past.id.subscription_id,
        "key": one.past.id.key,
        "run_id": run_id,
        "charged": result.charged,
        "status": result.outcome.value,
        "reason": result.reason.value if result.reason else None,
        "itemised": result.itemised,
        "price_list_version_id": result.version_id,
        "rate_id": result.rate_id,
        "zone": result.zone,
        "zone_before": one.past.result.zone,
        "band": result.band,
        "amount_micros": result.amount_micros,
        "accrued_micros": result.accrued_micros,
        "debited_micros": result.debited_micros,
        "wholesale_micros": wholesale.amount_micros if wholesale else None,
        "wholesale_rate_id": wholesale.rate_id if wholesale else None,
        "bucket_ids": [take.bucket_id for take in result.takes] or None,
        "bucket_units": [take.quantity for take in result.takes] or None,
        "trace": result.trace.as_ints() if result.trace else None,
        "accrued_delta_micros": one.accrued_delta,
        "debited_delta_micros": one.debited_delta,
        "bill_period": rules.billed_in(one.past.subscriber.period, billed_until),
    }
