"""Ending sessions of which nothing has been heard for longer than their grant was good: charged as reported."""

from datetime import timedelta

import structlog

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
    ended = 0
    for session_id, sequence, client in queries.expired_sessions(ctx, ctx.now - GRACE, size):
        savepoint = ctx.db.begin_nested()
        try:
            commands.carry_out(ctx, SessionRelease(session_id, sequence + 1, 0, client))
        except DomainError as refusal:
            savepoint.rollback()
            log.warning("session_not_ended", session=str(session_id), code=refusal.code)
            continue
        savepoint.commit()
        ended += 1
    return ended
