"""Rating again what was rated before a record that came late, in the order of time; it books by itself."""

from datetime import datetime
from uuid import UUID

from mvne_platform import balances, subscriptions
from mvne_platform.charging.past import keeping, read_past
from mvne_platform.charging.rerating import statements
from mvne_platform.charging.rerating.booking import book, is_covered
from mvne_platform.charging.rerating.computing import again
from mvne_platform.charging.rerating.models import Cause, ReratingRun, RunState
from mvne_platform.charging.statements import ANY_LATE
from mvne_platform.kernel import uuid7
from mvne_platform.runtime import Context

AT_ONCE = 20
_REASON = "Records came after later ones of the same lines had been rated."


def any_noted(ctx: Context) -> bool:
    """Whether lines wait to be rated again."""
    return bool(ctx.db.scalar(ANY_LATE))


def rerate_late(ctx: Context) -> None:
    """Rate some of the noted lines again and book the difference. Only their order changes.

    Notes are taken once the purses are locked: who writes them holds those.
    """
    noted = ctx.db.execute(statements.LATE, {"at_once": AT_ONCE}).all()
    if not noted:
        return
    lines = {line for row in noted for line in subscriptions.lines_of_account(ctx, row.account_id)}
    balances.lock_purses(ctx, lines, since=min(row.since for row in noted))
    columns = {"subscriptions": [row.subscription_id for row in noted], "since": [row.since for row in noted]}
    taken = set(ctx.db.scalars(statements.TAKE_LATE, columns))
    since: dict[UUID, datetime] = {}
    for row in noted:
        if row.subscription_id in taken:
            since[row.account_id] = min(row.since, since.get(row.account_id, row.since))
    if since:
        _rerate(ctx, since)


def _rerate(ctx: Context, since: dict[UUID, datetime]) -> None:
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
    pricing = keeping(ctx)
    for account_id, instant in sorted(since.items()):
        past = read_past(ctx, account_id, instant, pricing)
        agains = again(past) if past else []
        # Not covered: online sessions hold what would be taken. Somebody has to ask for it then.
        if past is not None and is_covered(ctx, past, agains):
            book(ctx, run.id, past, agains)
