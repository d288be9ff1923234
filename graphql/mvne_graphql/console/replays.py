"""Trying prices out on usage of the past."""

from datetime import datetime
from decimal import Decimal
from enum import Enum
from functools import partial
from typing import Annotated, Self
from uuid import UUID

import strawberry

from mvne_graphql.console.price_list_desk import PriceListFileInput, findings_of, texts_of
from mvne_graphql.context import Info, RequestContext
from mvne_graphql.fields import resolved
from mvne_graphql.money import Money
from mvne_graphql.nodes import Id, one
from mvne_graphql.payloads import INPUT, Payload, UserError, mutation
from mvne_graphql.relay import After, Connection, First, Node, Page, connect, global_id
from mvne_graphql.scalars import BigInt
from mvne_graphql.types.customers import Subscription
from mvne_graphql.types.price_lists import PriceListFinding
from mvne_platform import subscriptions
from mvne_platform.charging import replay
from mvne_platform.kernel import MICROS, DomainError


@strawberry.enum(description="Where a replay stands.")
class TariffReplayState(Enum):
    """As in charging."""

    RUNNING = strawberry.enum_value("running", description="Usage is being rated under the draft.")
    DONE = strawberry.enum_value("done", description="All of it has been.")


@strawberry.type(description="A replay in sum.")
class TariffReplayTotals:
    """What the period earned, and would have earned."""

    subscriptions: int = strawberry.field(description="How many subscriptions had usage.")
    events: BigInt = strawberry.field(description="How many events were rated.")
    failed: BigInt = strawberry.field(description="How many the draft has no price for; they earn nothing in it.")
    charged: Money = strawberry.field(description="What was charged.")
    replayed: Money = strawberry.field(description="What would have been charged.")
    revenue_difference: Money = strawberry.field(description="What would have been earned more, or (negative) less.")
    wholesale: Money | None = strawberry.field(
        description="What the host operator charged for the same usage, in the contract's currency; null without one."
    )
    margin_before: Money | None = strawberry.field(
        description="What was charged less wholesale; null if the contract is in another currency than the brand's."
    )
    margin_after: Money | None = strawberry.field(description="The same of what would have been charged.")
    winners: int = strawberry.field(description="How many subscriptions would have paid less.")
    losers: int = strawberry.field(description="How many would have paid more.")

    @classmethod
    def of(cls, totals: replay.Totals, currency: str, host_currency: str | None) -> Self:
        """In the brand's currency, and in that of the host operator's contract."""

        def margin(micros: int) -> Money | None:
            return Money.of(micros - totals.wholesale_micros, currency) if host_currency == currency else None

        return cls(
            subscriptions=totals.subscriptions,
            events=BigInt(totals.events),
            failed=BigInt(totals.failed),
            charged=Money.of(totals.charged_micros, currency),
            replayed=Money.of(totals.replayed_micros, currency),
            revenue_difference=Money.of(totals.revenue_delta_micros, currency),
            wholesale=Money.of(totals.wholesale_micros, host_currency) if host_currency else None,
            margin_before=margin(totals.charged_micros),
            margin_after=margin(totals.replayed_micros),
            winners=totals.winners,
            losers=totals.losers,
        )


@strawberry.type(description="Subscriptions whose usage would have changed alike.")
class TariffReplayStep:
    """A bar of the chart of winners and losers."""

    above_percent: int | None = strawberry.field(
        description="By more than this (negative: it gets cheaper); null without a limit; 0 and 0: not at all."
    )
    to_percent: int | None = strawberry.field(description="Up to this; null without a limit.")
    subscriptions: int = strawberry.field(description="How many.")
    difference: Money = strawberry.field(description="What they would have paid more, or (negative) less.")


@strawberry.type(description="A subscription that the draft makes dearer.")
class TariffReplayShock:
    """One line of the list."""

    number: str = strawberry.field(description="The subscription's number, for who may not read the subscription.")
    events: BigInt = strawberry.field(description="How many events.")
    charged: Money = strawberry.field(description="What was charged.")
    replayed: Money = strawberry.field(description="What would have been charged.")
    difference: Money = strawberry.field(description="How much more that is.")
    subscription_key: strawberry.Private[UUID]

    @resolved("The subscription.")
    def subscription(self, info: Info) -> Subscription:
        """By its key."""
        return Subscription.of(subscriptions.subscription(info.context.ctx, self.subscription_key))

    @classmethod
    def of(cls, currency: str, shock: replay.Shock) -> Self:
        """In the brand's currency."""
        line = shock.line
        return cls(
            number=shock.number,
            events=BigInt(line.events),
            charged=Money.of(line.charged_micros, currency),
            replayed=Money.of(line.replayed_micros, currency),
            difference=Money.of(line.replayed_micros - line.charged_micros, currency),
            subscription_key=line.subscription_id,
        )


@strawberry.type(description="A past period under a draft price list. No balance, bill or event is touched.")
class TariffReplay(Node):
    """A run."""

    name: str = strawberry.field(description="What it is called.")
    price_list: str = strawberry.field(description="Which list the draft stands in for.")
    is_draft: bool = strawberry.field(
        description="Whether there is a draft; without one the list in force is replayed."
    )
    starts_from: datetime = strawberry.field(description="Usage that began at this instant or later.")
    starts_before: datetime = strawberry.field(description="And before this one.")
    state: TariffReplayState = strawberry.field(description="Where it stands.")
    progress_percent: int = strawberry.field(description="How much is done.")
    created_at: datetime = strawberry.field(description="When it was asked for.")
    done_at: datetime | None = strawberry.field(description="When all usage had been rated.")
    key: strawberry.Private[UUID]

    @resolved("Revenue and margin; they grow while it is running.", cost=5)
    def totals(self, info: Info) -> TariffReplayTotals:
        """Counted."""
        ctx = info.context.ctx
        totals, host_currency = replay.totals(ctx, self.key), replay.wholesale_currency(ctx)
        return TariffReplayTotals.of(totals, ctx.brand.currency, host_currency)

    @resolved("Winners and losers by how much, from the largest gain to the largest loss.", cost=5, size=13)
    def distribution(self, info: Info) -> list[TariffReplayStep]:
        """Steps without subscriptions are left out."""
        ctx = info.context.ctx
        return [
            TariffReplayStep(
                above_percent=step.above_percent,
                to_percent=step.to_percent,
                subscriptions=step.subscriptions,
                difference=Money.of(step.difference_micros, ctx.brand.currency),
            )
            for step in replay.distribution(ctx, self.key)
        ]

    @resolved("Whom the draft makes dearer, the largest difference first.")
    def shocks(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        at_least: Annotated[
            Decimal | None, strawberry.argument(description="Only from this difference on; every one if absent.")
        ] = None,
    ) -> Connection[TariffReplayShock]:
        """By position: the list is complete once the replay is done."""
        ctx, page = info.context.ctx, Page.of(first, after)
        skip, least = page.after_number or 0, int((at_least or Decimal(0)) * MICROS)
        rows = replay.shocks(ctx, self.key, at_least_micros=least, first=page.fetch, skip=skip)
        numbered = list(enumerate(rows, start=skip + 1))
        show = partial(TariffReplayShock.of, ctx.brand.currency)
        return connect(numbered, page, lambda pair: show(pair[1]), key=lambda pair: pair[0])

    @classmethod
    def of(cls, row: replay.ReplayRun) -> Self:
        """The run."""
        return cls(
            id=global_id("TariffReplay", row.id),
            name=row.name,
            price_list=row.price_list,
            is_draft=row.draft is not None,
            starts_from=row.since,
            starts_before=row.until,
            state=TariffReplayState(row.state),
            progress_percent=100 * row.shares_done // row.shares if row.shares else 100,
            created_at=row.created_at,
            done_at=row.done_at,
            key=row.id,
        )


def find_replay(context: RequestContext, key: UUID) -> TariffReplay:
    """For those who may try prices out."""
    return TariffReplay.of(replay.replay(context.ctx, key))


@strawberry.input(description="A period and a draft to try on it.")
class ReplayTariffInput:
    """What `replayTariff` needs."""

    name: str = strawberry.field(description="What to call it.")
    price_list: str = strawberry.field(description="Which list the draft stands in for.")
    files: list[PriceListFileInput] | None = strawberry.field(
        default=None, description="All files of the draft; the list in force is replayed if absent."
    )
    starts_from: datetime = strawberry.field(description="Usage that began at this instant or later.")
    starts_before: datetime = strawberry.field(description="And before this one.")


@strawberry.type(description="What became of a replay.")
class ReplayTariffPayload(Payload):
    """It goes on in the background."""

    tariff_replay: TariffReplay | None = strawberry.field(default=None, description="The replay.")
    findings: list[PriceListFinding] = strawberry.field(
        default_factory=list, description="Why a draft was refused: what the consistency check says of it."
    )

    @classmethod
    def refusing(cls, error: DomainError) -> Self:
        """With every finding, if it is for findings."""
        return cls(user_errors=[UserError.of(error)], findings=findings_of(error))


@strawberry.type
class ReplayQueries:
    """Root fields."""

    @resolved("Replays of the brand, the latest first.")
    def tariff_replays(self, info: Info, first: First = None, after: After = None) -> Connection[TariffReplay]:
        """Read by keyset."""
        page = Page.of(first, after)
        return connect(replay.replays(info.context.ctx, first=page.fetch, before=page.after_id), page, TariffReplay.of)

    @resolved("A replay; null if there is none.")
    def tariff_replay(self, info: Info, id: Id) -> TariffReplay | None:  # noqa: A002  # Relay's word
        """By id."""
        found: TariffReplay | None = one(info.context, "TariffReplay", id, find_replay)
        return found


@strawberry.type
class ReplayMutations:
    """Root fields."""

    @mutation("Rates a past period under a draft price list; no balance, bill or event is touched.", cost=100)
    def replay_tariff(self, info: Info, given: Annotated[ReplayTariffInput, INPUT]) -> ReplayTariffPayload:
        """In the background."""
        run = replay.start_replay(
            info.context.ctx,
            name=given.name,
            price_list=given.price_list,
            draft=texts_of(given.files) if given.files is not None else None,
            since=given.starts_from,
            until=given.starts_before,
        )
        return ReplayTariffPayload(tariff_replay=TariffReplay.of(run))
