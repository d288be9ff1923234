"""Rating a past period under a draft, a share of the accounts at a time; nothing but the result is written."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from mvne_platform import catalogue
from mvne_platform.catalogue import Tariff
from mvne_platform.charging.past import PriceOf, as_it_was, read_past, recompute
from mvne_platform.charging.replay import queries, rules, statements
from mvne_platform.charging.replay.events import TariffReplayed
from mvne_platform.charging.replay.models import ReplayResult, ReplayRun, ReplayState
from mvne_platform.rating import ScalarRater
from mvne_platform.runtime import Context


def replay_share(ctx: Context, run_id: str, accounts: Sequence[str]) -> None:
    """Keep what the lines of some accounts would have paid; the last share ends the run."""
    run = queries.run(ctx, UUID(run_id))
    price_of = _prices(ctx, run)
    found = [one for account_id in map(UUID, accounts) for one in _replayed(ctx, run, account_id, price_of)]
    if found:
        ctx.db.execute(insert(ReplayResult), [asdict(one) | {"run_id": run.id} for one in found])
    if ctx.db.scalar(statements.SHARE_DONE, {"run_id": run.id}):
        ctx.db.refresh(run)
        run.state, run.done_at = ReplayState.DONE, ctx.now
        ctx.db.flush()
        ctx.emit(TariffReplayed(run.id))


def _replayed(ctx: Context, run: ReplayRun, account_id: UUID, price_of: PriceOf) -> list[rules.Replayed]:
    past = read_past(ctx, account_id, run.since, price_of)
    if past is None:
        return []
    agains = recompute(past.steps, past.purses, ScalarRater())
    return rules.added_up(one for one in agains if one.past.event.start < run.until)


def _prices(ctx: Context, run: ReplayRun) -> PriceOf:
    """The draft for events that its list prices; others, and those after the period, keep the prices they had."""
    draft = catalogue.draft_tariff(ctx, run.price_list, run.draft, run.since) if run.draft is not None else None

    def price_of(row: Any, tariff: Tariff) -> Tariff | None:
        if row.start >= run.until:
            return None
        if tariff.code != run.price_list:
            return as_it_was(row, tariff)
        return draft or tariff

    return price_of
