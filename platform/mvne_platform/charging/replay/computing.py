"""Rating a past period under a draft, a share of the accounts at a time; nothing but the result is written."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from mvne_platform import catalogue
from mvne_platform.catalogue import Tariff
from mvne_platform.charging.past import Pricing, as_it_was, read_past_unlocked, recompute
from mvne_platform.charging.replay import queries, rules, statements
from mvne_platform.charging.replay.events import TariffReplayed
from mvne_platform.charging.replay.models import ReplayResult, ReplayRun, ReplayState
from mvne_platform.rating import ScalarRater
from mvne_platform.runtime import Context

# Of the run that this process looked at last: to compile a large draft takes longer than to replay a share.
_latest: dict[UUID, Mapping[str, Tariff]] = {}


def replay_share(ctx: Context, run_id: str, accounts: Sequence[str]) -> None:
    """Keep what the lines of some accounts would have paid; the last share ends the run."""
    run = queries.run(ctx, UUID(run_id))
    pricing = _pricing(ctx, run)
    found = [one for account_id in map(UUID, accounts) for one in _replayed(ctx, run, account_id, pricing)]
    if found:
        ctx.db.execute(insert(ReplayResult), [asdict(one) | {"run_id": run.id} for one in found])
    if ctx.db.scalar(statements.SHARE_DONE, {"run_id": run.id}):
        ctx.db.refresh(run)
        run.state, run.done_at = ReplayState.DONE, ctx.now
        ctx.db.flush()
        ctx.emit(TariffReplayed(run.id))


def _replayed(ctx: Context, run: ReplayRun, account_id: UUID, pricing: Pricing) -> list[rules.Replayed]:
    past = read_past_unlocked(ctx, account_id, run.since, pricing)
    if past is None:
        return []
    agains = recompute(past.steps, past.purses, ScalarRater())
    return rules.added_up(one for one in agains if one.past.event.start < run.until)


def _pricing(ctx: Context, run: ReplayRun) -> Pricing:
    """The draft for events that its list prices, or one that inherits from it; others keep the prices they had."""
    tried, kept = _tried(ctx, run), as_it_was(ctx)

    def price_of(row: Any, tariff: Tariff) -> Tariff | None:
        if row.start >= run.until:
            return None
        if run.draft is None and tariff.code == run.price_list:
            return tariff
        return tried[tariff.code] if tariff.code in tried else kept(row, tariff)

    return Pricing(price_of)


def _tried(ctx: Context, run: ReplayRun) -> Mapping[str, Tariff]:
    """The price lists that a run's draft makes, by code; kept from one share to the next."""
    if run.draft is None:
        return {}
    tried = _latest.get(run.id)
    if tried is None:
        tried = catalogue.draft_tariffs(ctx, run.price_list, run.draft, run.since)
        _latest.clear()
        _latest[run.id] = tried
    return tried
