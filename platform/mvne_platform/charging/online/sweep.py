"""Ending sessions of which nothing has been heard for longer than their grant was good: charged as reported."""

from datetime import timedelta

import structlog

from mvne_platform import balances
from mvne_platform.charging.online import commands, queries
from mvne_platform.charging.online.requests import SessionRelease
from mvne_platform.kernel import DomainError
from mvne_platform.runtime import Context

log = structlog.get_logger()

CHUNK = 50
# A report that is on its way at the end of the validity still finds its session.
GRACE = timedelta(seconds=5)


def end_expired_sessions(ctx: Context, *, size: int = CHUNK) -> int:
    """Release up to `size` sessions whose validity ended, by the brand's clock; answers how many.

    The units that were granted and never reported are given back.
    """
    expired = queries.expired_sessions(ctx, ctx.now - GRACE, size)
    if not expired:
        return 0
    # All of them at once, in the order in which everybody locks.
    lines = {one.subscription_id for one in expired}
    balances.lock_purses(ctx, lines, since=min(one.started_at for one in expired))
    ended = 0
    for one in expired:
        savepoint = ctx.db.begin_nested()
        try:
            commands.carry_out(ctx, SessionRelease(one.id, one.sequence + 1, 0, one.client, expired=True))
        except DomainError as refusal:
            savepoint.rollback()
            log.warning("session_not_ended", session=str(one.id), code=refusal.code)
            continue
        savepoint.commit()
        ended += 1
    return ended
