"""The loyalty programme."""

from typing import Annotated
from uuid import UUID

import strawberry

from mvne_graphql.context import Info, RequestContext
from mvne_graphql.fields import resolved
from mvne_graphql.nodes import one
from mvne_graphql.payloads import DRY_RUN, INPUT, Payload, mutation
from mvne_graphql.relay import After, Connection, First, Page, connect, key_of, slice_of
from mvne_graphql.types.balances import Bucket
from mvne_graphql.types.loyalty import LoyaltyAccount, Reward
from mvne_platform import balances, loyalty


@strawberry.input(description="A reward, who pays for it, and what it is for.")
class RedeemRewardInput:
    """What `redeemReward` needs."""

    loyalty_account_id: strawberry.ID = strawberry.field(description="Whose points are spent.")
    reward_code: str = strawberry.field(description="One of `rewards`.")
    subscription_id: strawberry.ID = strawberry.field(description="A subscription of the same customer, in service.")
    dry_run: bool = strawberry.field(default=False, description=DRY_RUN)


@strawberry.type(description="What became of a redemption.")
class RedeemRewardPayload(Payload):
    """Granted at once."""

    loyalty_account: LoyaltyAccount | None = strawberry.field(default=None, description="With what is left.")
    bucket: Bucket | None = strawberry.field(default=None, description="What was granted.")


def find_loyalty_account(context: RequestContext, key: UUID) -> LoyaltyAccount:
    """For those who may read loyalty."""
    return LoyaltyAccount.of(loyalty.member(context.ctx, key))


def _of_customer(context: RequestContext, key: UUID) -> LoyaltyAccount | None:
    row = loyalty.account(context.ctx, key)
    return LoyaltyAccount.of(row) if row else None


CustomerId = Annotated[strawberry.ID, strawberry.argument(description="The customer.")]


@strawberry.type
class LoyaltyQueries:
    """Root fields."""

    @resolved("A customer's membership; null if there is none.")
    def loyalty_account(self, info: Info, customer_id: CustomerId) -> LoyaltyAccount | None:
        """By customer."""
        found: LoyaltyAccount | None = one(info.context, "Customer", customer_id, _of_customer)
        return found

    @resolved("What points buy, the cheapest first.")
    def rewards(self, info: Info, first: First = None, after: After = None) -> Connection[Reward]:
        """A programme has a dozen."""
        context, page = info.context, Page.of(first, after)
        rows = loyalty.rewards(context.ctx)
        shown = slice_of(rows, page, _place)
        return connect(shown, page, lambda row: Reward.of(row, context), key=_place, count=lambda: len(rows))


@strawberry.type
class LoyaltyMutations:
    """Root fields."""

    @mutation("Exchanges points for a reward.", keyed=True)
    def redeem_reward(self, info: Info, given: Annotated[RedeemRewardInput, INPUT]) -> RedeemRewardPayload:
        """Points are spent once, and never below zero."""
        ctx = info.context.ctx
        redemption = loyalty.redeem(
            ctx,
            member_id=key_of(given.loyalty_account_id, "LoyaltyAccount", "loyalty_account_id"),
            reward_code=given.reward_code,
            subscription_id=key_of(given.subscription_id, "Subscription", "subscription_id"),
        )
        return RedeemRewardPayload(
            loyalty_account=find_loyalty_account(info.context, redemption.member_id),
            bucket=Bucket.of(balances.bucket(ctx, redemption.bucket_id)),
        )


def _place(row: loyalty.Reward) -> str:
    return str(row.code)
