"""Corrections of balances by staff."""

from typing import Annotated

import strawberry

from mvne_graphql.context import Info
from mvne_graphql.money import MoneyInput
from mvne_graphql.payloads import DRY_RUN, INPUT, Payload, mutation
from mvne_graphql.relay import key_of
from mvne_graphql.scalars import BigInt
from mvne_graphql.types.balances import Bucket
from mvne_platform import balances
from mvne_platform.kernel import uuid7

REASON = "Why, in words; it stays in the ledger, with your name."


@strawberry.input(description="A correction of a subscription's balance of money.")
class AdjustBalanceInput:
    """What `adjustBalance` needs."""

    subscription_id: strawberry.ID = strawberry.field(description="Whose balance.")
    amount: MoneyInput = strawberry.field(description="How much to add, or (negative) to take; it may go below zero.")
    reason: str = strawberry.field(description=REASON)
    dry_run: bool = strawberry.field(default=False, description=DRY_RUN)


@strawberry.input(description="A correction of an allowance.")
class AdjustAllowanceInput:
    """What `adjustAllowance` needs."""

    bucket_id: strawberry.ID = strawberry.field(description="Which bucket.")
    quantity: BigInt = strawberry.field(
        description="How much to add, or (negative) to take, in the bucket's unit; no more than is available."
    )
    reason: str = strawberry.field(description=REASON)
    dry_run: bool = strawberry.field(default=False, description=DRY_RUN)


@strawberry.type(description="What became of a correction of a balance.")
class AdjustBalancePayload(Payload):
    """Booked at once."""

    bucket: Bucket | None = strawberry.field(default=None, description="The bucket of money as it is now.")


@strawberry.type(description="What became of a correction of an allowance.")
class AdjustAllowancePayload(Payload):
    """Booked at once."""

    bucket: Bucket | None = strawberry.field(default=None, description="The bucket as it is now.")


@strawberry.type
class AdjustmentMutations:
    """Root fields."""

    @mutation("Corrects a subscription's balance of money.", keyed=True)
    def adjust_balance(self, info: Info, given: Annotated[AdjustBalanceInput, INPUT]) -> AdjustBalancePayload:
        """Up or down."""
        ctx, key = info.context.ctx, key_of(given.subscription_id, "Subscription", "subscription_id")
        booked = balances.adjust(ctx, key, given.amount.money(), uuid7(), note=given.reason)
        return AdjustBalancePayload(bucket=Bucket.of(balances.bucket(ctx, booked.bucket_id)))

    @mutation("Corrects an allowance.", keyed=True)
    def adjust_allowance(self, info: Info, given: Annotated[AdjustAllowanceInput, INPUT]) -> AdjustAllowancePayload:
        """Up or down."""
        ctx, key = info.context.ctx, key_of(given.bucket_id, "Bucket", "bucket_id")
        balances.adjust_bucket(ctx, key, given.quantity, uuid7(), note=given.reason)
        return AdjustAllowancePayload(bucket=Bucket.of(balances.bucket(ctx, key)))
