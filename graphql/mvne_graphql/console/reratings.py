"""Rating usage of the past again: the difference first, then the books."""

from datetime import datetime
from enum import Enum
from functools import partial
from typing import Annotated, Self
from uuid import UUID

import strawberry

from mvne_graphql.context import Info, RequestContext
from mvne_graphql.fields import resolved
from mvne_graphql.money import Money
from mvne_graphql.nodes import Id, one
from mvne_graphql.payloads import DRY_RUN, INPUT, Payload, mutation
from mvne_graphql.relay import After, Connection, First, Node, Page, connect, global_id, key_of
from mvne_graphql.scalars import BigInt
from mvne_graphql.types.customers import Subscription
from mvne_platform import billing, charging, subscriptions
from mvne_platform.charging import rerating
from mvne_platform.charging.rerating import ReratingRun


@strawberry.enum(description="Why usage is rated again.")
class ReratingCause(Enum):
    """As in charging."""

    REQUESTED = strawberry.enum_value("requested", description="Somebody asked for it.")
    LATE_USAGE = strawberry.enum_value("late_usage", description="A record came after later ones had been rated.")


@strawberry.enum(description="Where a re-rating stands.")
class ReratingState(Enum):
    """As in charging."""

    COMPUTING = strawberry.enum_value("computing", description="Its difference is being computed; nothing moves.")
    COMPUTED = strawberry.enum_value("computed", description="Its difference is complete, and waits for approval.")
    BOOKING = strawberry.enum_value("booking", description="Its difference is being booked, account by account.")
    BOOKED = strawberry.enum_value("booked", description="Its difference is in the books.")
    DISCARDED = strawberry.enum_value("discarded", description="Its difference was let go.")


@strawberry.enum(description="Whether a subscription's difference is booked.")
class ReratingChangeState(Enum):
    """As in charging."""

    COMPUTED = strawberry.enum_value("computed", description="Not yet.")
    BOOKED = strawberry.enum_value("booked", description="It is.")
    STALE = strawberry.enum_value("stale", description="Another one would have come out by then; it was left out.")


@strawberry.type(description="What a re-rating changes in sum.")
class ReratingTotals:
    """Over all subscriptions."""

    subscriptions: int = strawberry.field(description="How many subscriptions change, or have events that would fail.")
    events: BigInt = strawberry.field(description="How many of their events were rated again.")
    changed: BigInt = strawberry.field(description="How many of those come to something else.")
    failed: BigInt = strawberry.field(description="How many could not be rated now; they stay as they are.")
    before: Money = strawberry.field(description="What the events cost.")
    after: Money = strawberry.field(description="What they cost now.")
    to_be_billed: Money = strawberry.field(description="What the next bills gain, or (negative) lose.")
    from_balance: Money = strawberry.field(description="What balances lose, or (negative) gain.")
    stale: int = strawberry.field(description="How many subscriptions were left out of the books.")

    @classmethod
    def of(cls, totals: rerating.Totals, currency: str) -> Self:
        """In the brand's currency."""
        return cls(
            subscriptions=totals.subscriptions,
            events=BigInt(totals.events),
            changed=BigInt(totals.changed),
            failed=BigInt(totals.failed),
            before=Money.of(totals.before_micros, currency),
            after=Money.of(totals.after_micros, currency),
            to_be_billed=Money.of(totals.accrued_delta_micros, currency),
            from_balance=Money.of(totals.debited_delta_micros, currency),
            stale=totals.stale,
        )


@strawberry.type(description="What a re-rating changes for one subscription.")
class ReratingChange:
    """One line of the difference."""

    events: BigInt = strawberry.field(description="How many of its events were rated again.")
    changed: BigInt = strawberry.field(description="How many of those come to something else.")
    failed: BigInt = strawberry.field(description="How many could not be rated now; they stay as they are.")
    before: Money = strawberry.field(description="What the events cost.")
    after: Money = strawberry.field(description="What they cost now.")
    to_be_billed: Money = strawberry.field(description="What the next bill gains, or (negative) loses.")
    from_balance: Money = strawberry.field(description="What the balance loses, or (negative) gains.")
    state: ReratingChangeState = strawberry.field(description="Whether it is booked.")
    subscription_key: strawberry.Private[UUID]

    @resolved("The subscription.")
    def subscription(self, info: Info) -> Subscription:
        """By its key."""
        return Subscription.of(subscriptions.subscription(info.context.ctx, self.subscription_key))

    @classmethod
    def of(cls, currency: str, row: rerating.ReratingChange) -> Self:
        """In the brand's currency."""
        return cls(
            events=BigInt(row.events),
            changed=BigInt(row.changed),
            failed=BigInt(row.failed),
            before=Money.of(row.before_micros, currency),
            after=Money.of(row.after_micros, currency),
            to_be_billed=Money.of(row.accrued_delta_micros, currency),
            from_balance=Money.of(row.debited_delta_micros, currency),
            state=ReratingChangeState(row.state),
            subscription_key=row.subscription_id,
        )


@strawberry.type(description="Usage of the past rated again.")
class Rerating(Node):
    """A run."""

    cause: ReratingCause = strawberry.field(description="Why it was rated again.")
    reason: str = strawberry.field(description="The same in words.")
    starts_from: datetime = strawberry.field(description="Usage that began at this instant or later.")
    starts_before: datetime | None = strawberry.field(description="And before this one.")
    plan: str | None = strawberry.field(description="Only on this plan.")
    price_list: str | None = strawberry.field(description="Only what was priced by this list.")
    state: ReratingState = strawberry.field(description="Where it stands.")
    progress_percent: int = strawberry.field(description="How much of what it is doing is done.")
    created_at: datetime = strawberry.field(description="When it was asked for.")
    computed_at: datetime | None = strawberry.field(description="When its difference was complete.")
    booked_at: datetime | None = strawberry.field(description="When its difference was booked.")
    key: strawberry.Private[UUID]
    subscription_key: strawberry.Private[UUID | None]

    @resolved("Only usage of this subscription; null if it is not narrowed to one.")
    def subscription(self, info: Info) -> Subscription | None:
        """By its key."""
        if self.subscription_key is None:
            return None
        return Subscription.of(subscriptions.subscription(info.context.ctx, self.subscription_key))

    @resolved("The difference in sum; it grows while the run is computing.", cost=5)
    def totals(self, info: Info) -> ReratingTotals:
        """Counted."""
        ctx = info.context.ctx
        return ReratingTotals.of(rerating.totals(ctx, self.key), ctx.brand.currency)

    @resolved("The difference per subscription, the largest first.")
    def changes(self, info: Info, first: First = None, after: After = None) -> Connection[ReratingChange]:
        """By position: the list is complete, and does not change any more."""
        ctx, page = info.context.ctx, Page.of(first, after)
        skip = page.after_number or 0
        rows = rerating.changes(ctx, self.key, first=page.fetch, skip=skip)
        numbered = list(enumerate(rows, start=skip + 1))
        show = partial(ReratingChange.of, ctx.brand.currency)
        return connect(numbered, page, lambda pair: show(pair[1]), key=lambda pair: pair[0])

    @classmethod
    def of(cls, row: rerating.ReratingRun) -> Self:
        """The run."""
        return cls(
            id=global_id("Rerating", row.id),
            cause=ReratingCause(row.cause),
            reason=row.reason,
            starts_from=row.since,
            starts_before=row.until,
            plan=row.plan,
            price_list=row.price_list,
            state=ReratingState(row.state),
            progress_percent=100 * row.shares_done // row.shares if row.shares else 100,
            created_at=row.created_at,
            computed_at=row.computed_at,
            booked_at=row.booked_at,
            key=row.id,
            subscription_key=row.subscription_id,
        )


def find_rerating(context: RequestContext, key: UUID) -> Rerating:
    """For those who may rate again."""
    return Rerating.of(rerating.rerating(context.ctx, key))


@strawberry.input(description="Which usage is to be rated again; what is absent does not narrow it.")
class StartReratingInput:
    """What `startRerating` needs."""

    starts_from: datetime = strawberry.field(description="Usage that began at this instant or later.")
    starts_before: datetime | None = strawberry.field(default=None, description="And before this one.")
    subscription_id: strawberry.ID | None = strawberry.field(default=None, description="Only of this subscription.")
    plan: str | None = strawberry.field(default=None, description="Only on the plan with this code.")
    price_list: str | None = strawberry.field(default=None, description="Only what was priced by this list.")
    reason: str = strawberry.field(description="Why; it is kept.")


@strawberry.input(description="A complete difference to be booked.")
class BookReratingInput:
    """What `bookRerating` needs."""

    rerating_id: strawberry.ID = strawberry.field(description="Which one.")
    dry_run: bool = strawberry.field(default=False, description=DRY_RUN)


@strawberry.input(description="A complete difference to be let go.")
class DiscardReratingInput:
    """What `discardRerating` needs."""

    rerating_id: strawberry.ID = strawberry.field(description="Which one.")


@strawberry.type
class _ReratingPayload(Payload):
    """Of each of these mutations."""

    rerating: Rerating | None = strawberry.field(default=None, description="The re-rating.")

    @classmethod
    def showing(cls, run: ReratingRun) -> Self:
        """As it is now."""
        return cls(rerating=Rerating.of(run))


@strawberry.type(description="What became of the wish to rate usage again.")
class StartReratingPayload(_ReratingPayload):
    """Its difference is computed in the background."""


@strawberry.type(description="What became of the booking of a difference.")
class BookReratingPayload(_ReratingPayload):
    """It goes on in the background."""


@strawberry.type(description="What became of a difference that was let go.")
class DiscardReratingPayload(_ReratingPayload):
    """Nothing was booked."""


@strawberry.type
class ReratingQueries:
    """Root fields."""

    @resolved("Re-ratings of the brand, the latest first.")
    def reratings(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        cause: Annotated[
            ReratingCause | None, strawberry.argument(description="Only those of this cause; all if absent.")
        ] = None,
    ) -> Connection[Rerating]:
        """Read by keyset."""
        page = Page.of(first, after)
        wanted = rerating.Cause(str(cause.value)) if cause else None
        rows = rerating.reratings(info.context.ctx, cause=wanted, first=page.fetch, before=page.after_id)
        return connect(rows, page, Rerating.of)

    @resolved("A re-rating; null if there is none.")
    def rerating(self, info: Info, id: Id) -> Rerating | None:  # noqa: A002  # Relay's word
        """By id."""
        found: Rerating | None = one(info.context, "Rerating", id, find_rerating)
        return found


@strawberry.type
class ReratingMutations:
    """Root fields."""

    @mutation("Computes what rating usage of the past again would change; nothing is booked.", cost=100)
    def start_rerating(self, info: Info, given: Annotated[StartReratingInput, INPUT]) -> StartReratingPayload:
        """In the background."""
        ctx, wanted = info.context.ctx, given.subscription_id
        subscription_id = key_of(wanted, "Subscription", "subscription_id") if wanted else None
        if subscription_id is not None:
            subscriptions.subscription(ctx, subscription_id)
        scope = charging.Scope(given.starts_from, given.starts_before, subscription_id, given.plan)
        run = rerating.start_rerating(ctx, scope, price_list=given.price_list, reason=given.reason)
        return StartReratingPayload.showing(run)

    @mutation(
        "Books a complete difference: balances move, bills gain or lose. The same again changes nothing.",
        keyed=True,
        cost=100,
    )
    def book_rerating(self, info: Info, given: Annotated[BookReratingInput, INPUT]) -> BookReratingPayload:
        """In the background, account by account."""
        run = billing.book_rerating(info.context.ctx, key_of(given.rerating_id, "Rerating", "rerating_id"))
        return BookReratingPayload.showing(run)

    @mutation("Lets a complete difference go.")
    def discard_rerating(self, info: Info, given: Annotated[DiscardReratingInput, INPUT]) -> DiscardReratingPayload:
        """Nothing was booked, and nothing will be."""
        run = rerating.discard_rerating(info.context.ctx, key_of(given.rerating_id, "Rerating", "rerating_id"))
        return DiscardReratingPayload.showing(run)
