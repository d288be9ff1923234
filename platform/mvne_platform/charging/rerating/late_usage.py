"""Rating again what was rated before a record that came late, in the order of time; it books by itself."""

from datetime import datetime
from uuid import UUID

from mvne_platform import balances, subscriptions
from mvne_platform.charging.past import as_it_was, read_past
from mvne_platform.charging.rerating import statements
from mvne_platform.charging.rerating.booking import book, is_covered
from mvne_platform.charging.rerating.computing import again
from mvne_platform.charging.rerating.models import Cause, ReratingRun, RunState
from mvne_platform.kernel import uuid7
from mvne_platform.runtime import Context

AT_ONCE = 50
_REASON = "Records came after later ones of the same lines had been rated."


def rerate_late(ctx: Context) -> int:
    """Rate some of the noted lines again and book the difference; answers how many were noted.

    Only their order changes: every event keeps the prices it had.
    """
    since = _take(ctx)
    if not since:
        return 0
    run = ReratingRun(
        id=uuid7(),
        cause=Cause.LATE_USAGE,
        reason=_REASON,
        since=min(since.values()),
        state=RunState.BOOKED,
        created_at=ctx.now,
        computed_at=ctx.now,
        booked_at=ctx.now,
    )
    ctx.db.add(run)
    ctx.db.flush()
    lines = {account: subscriptions.lines_of_account(ctx, account) for account in since}
    balances.lock_purses(ctx, {line for of_account in lines.values() for line in of_account}, since=run.since)
    for account_id, instant in sorted(since.items()):
        past = read_past(ctx, account_id, instant, as_it_was)
        agains = again(past) if past else []
        # Not covered: events of a list that is the line's no more keep what they took. Somebody has to ask for it then.
        if past is not None and is_covered(ctx, past, agains):
            book(ctx, run.id, past, agains)
    return len(since)


def _take(ctx: Context) -> dict[UUID, datetime]:
    """The next accounts with noted lines, and from when on; the notes are gone with the transaction."""
    since: dict[UUID, datetime] = {}
    for row in ctx.db.execute(statements.TAKE_LATE, {"at_once": AT_ONCE}):
        since[row.account_id] = min(row.since, since.get(row.account_id, row.since))
    return since
