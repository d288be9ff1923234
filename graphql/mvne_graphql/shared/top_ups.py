"""Filling balances: by payment and by voucher."""

from typing import Annotated
from uuid import UUID

import strawberry

from mvne_graphql.context import Info, RequestContext
from mvne_graphql.fields import resolved
from mvne_graphql.money import Money, MoneyInput
from mvne_graphql.nodes import Id, one
from mvne_graphql.payloads import DRY_RUN, INPUT, Payload, mutation
from mvne_graphql.relay import key_of
from mvne_graphql.types.customers import Subscription
from mvne_graphql.types.payments import Payment
from mvne_platform import promotions, receivables, subscriptions


@strawberry.input(description="A top-up by card.")
class TopUpInput:
    """What `topUp` needs."""

    subscription_id: strawberry.ID = strawberry.field(description="Whose balance to fill.")
    amount: MoneyInput = strawberry.field(description="How much, in the brand's currency.")
    card_token: str = strawberry.field(
        description="What the payment provider calls the customer's card; never the card's number."
    )
    dry_run: bool = strawberry.field(default=False, description=DRY_RUN)


@strawberry.type(description="What became of a top-up.")
class TopUpPayload(Payload):
    """The payment is settled in the background."""

    payment: Payment | None = strawberry.field(default=None, description="The payment that was asked for.")


@strawberry.input(description="A voucher and whose balance it fills.")
class RedeemVoucherInput:
    """What `redeemVoucher` needs."""

    subscription_id: strawberry.ID = strawberry.field(description="Whose balance to fill.")
    code: str = strawberry.field(description="The voucher's code, in any case, with or without its dashes.")
    dry_run: bool = strawberry.field(default=False, description=DRY_RUN)


@strawberry.type(description="What became of a voucher.")
class RedeemVoucherPayload(Payload):
    """Credited at once."""

    credited: Money | None = strawberry.field(default=None, description="The voucher's value.")
    subscription: Subscription | None = strawberry.field(default=None, description="Whose balance was filled.")


def find_payment(context: RequestContext, key: UUID) -> Payment:
    """For those who may take payments."""
    return Payment.of(receivables.payment(context.ctx, key))


@strawberry.type
class TopUpQueries:
    """Root fields."""

    @resolved("A payment; null if there is none.")
    def payment(self, info: Info, id: Id) -> Payment | None:  # noqa: A002  # Relay's word
        """By id."""
        found: Payment | None = one(info.context, "Payment", id, find_payment)
        return found


@strawberry.type
class TopUpMutations:
    """Root fields."""

    @mutation("Asks the payment provider for money to fill a subscription's balance with.", keyed=True)
    def top_up(self, info: Info, given: Annotated[TopUpInput, INPUT]) -> TopUpPayload:
        """The payment is pending until the provider has answered."""
        payment = receivables.request_top_up(
            info.context.ctx,
            subscription_id=key_of(given.subscription_id, "Subscription", "subscription_id"),
            money=given.amount.money(),
            method_token=given.card_token,
        )
        return TopUpPayload(payment=Payment.of(payment))

    @mutation("Fills a subscription's balance with a voucher's value. Five wrong codes in an hour lock it.", keyed=True)
    def redeem_voucher(self, info: Info, given: Annotated[RedeemVoucherInput, INPUT]) -> RedeemVoucherPayload:
        """Each voucher once."""
        ctx = info.context.ctx
        key = key_of(given.subscription_id, "Subscription", "subscription_id")
        credited = promotions.redeem_voucher(ctx, given.code, key)
        return RedeemVoucherPayload(
            credited=Money.of(credited.micros, credited.currency),
            subscription=Subscription.of(subscriptions.load_subscription(ctx, key)),
        )
