"""Asking for a replay."""

from collections.abc import Mapping
from datetime import datetime

from mvne_platform import catalogue
from mvne_platform.catalogue import Purpose
from mvne_platform.charging import permissions
from mvne_platform.charging.past import Scope, accounts_with_usage, in_shares
from mvne_platform.charging.replay import jobs, rules
from mvne_platform.charging.replay.errors import BadReplay
from mvne_platform.charging.replay.models import ReplayRun
from mvne_platform.kernel import uuid7
from mvne_platform.runtime import Context


def start_replay(
    ctx: Context,
    *,
    name: str,
    price_list: str,
    draft: Mapping[str, str] | None,
    since: datetime,
    until: datetime,
) -> ReplayRun:
    """Promise the usage of [since, until) (UTC) under a draft of a price list: its CSV files, by file name.

    Without a draft the list in force is replayed. No balance, bill or event is touched.
    Raises BadReplay, UnknownPriceList, PriceListInvalid.
    """
    ctx.require(permissions.REPLAY)
    rules.check_replay(name, since, until, ctx.now)
    if catalogue.price_list_purpose(ctx, price_list) is Purpose.WHOLESALE:
        message = f"'{price_list}' says what the host operator charges; name a list that prices customers."
        raise BadReplay(message, field=("price_list",))
    if draft is not None:
        catalogue.draft_tariffs(ctx, price_list, draft, since)
    run = ReplayRun(
        id=uuid7(),
        name=name.strip(),
        price_list=price_list,
        draft=dict(draft) if draft is not None else None,
        since=since,
        until=until,
        created_at=ctx.now,
    )
    shares = in_shares(accounts_with_usage(ctx, Scope(since, until)))
    run.shares = len(shares)
    ctx.db.add(run)
    ctx.db.flush()
    for share in shares:
        ctx.later(jobs.replay_share, run_id=str(run.id), accounts=[str(one) for one in share])
    return run
