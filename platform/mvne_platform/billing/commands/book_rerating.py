"""Bringing what rating usage again has changed into balances and bills."""

from uuid import UUID

from mvne_platform import charging
from mvne_platform.billing import permissions
from mvne_platform.runtime import Context


def book_rerating(ctx: Context, run_id: UUID) -> charging.rerating.ReratingRun:
    """Promise the booking of a re-rating's difference, as it was shown, account by account.

    What accrued more or less joins the bill of the events' own period, or the next one where that is issued; money and
    allowances move at once. An account for which another difference would come out by now is left out, marked stale.
    The same run again changes nothing. Raises UnknownRerating, NotComputed.
    """
    ctx.require(permissions.BOOK_RERATING)
    return charging.rerating.book_differences(ctx, run_id)
