"""Payments for top-ups."""

from datetime import datetime
from enum import Enum
from typing import Self
from uuid import UUID

import strawberry

from mvne_graphql.context import Info
from mvne_graphql.fields import resolved
from mvne_graphql.money import Money
from mvne_graphql.relay import Node, global_id
from mvne_graphql.types.customers import Subscription
from mvne_platform import receivables, subscriptions


@strawberry.enum(description="Where a payment stands with its provider.")
class PaymentState(Enum):
    """As in receivables."""

    PENDING = strawberry.enum_value("pending", description="The provider has not answered yet.")
    CAPTURED = strawberry.enum_value("captured", description="The money is there, and the balance credited.")
    DECLINED = strawberry.enum_value("declined", description="The provider refused; nothing was credited.")
    UNSETTLED = strawberry.enum_value(
        "unsettled", description="The provider stayed away; whether it has the money is being looked into."
    )


@strawberry.type(description="Money asked of a payment provider for a top-up.")
class Payment(Node):
    """Settled in the background; ask again, or wait for the balance to rise."""

    amount: Money = strawberry.field(description="How much.")
    state: PaymentState = strawberry.field(description="Where it stands.")
    decline_reason: str | None = strawberry.field(description="Why the provider refused.")
    created_at: datetime = strawberry.field(description="When it was asked for.")
    settled_at: datetime | None = strawberry.field(description="When the provider answered for good.")
    subscription_key: strawberry.Private[UUID]

    @resolved("Whose balance it fills.")
    def subscription(self, info: Info) -> Subscription:
        """For those who may read subscriptions."""
        return Subscription.of(subscriptions.subscription(info.context.ctx, self.subscription_key))

    @classmethod
    def of(cls, row: receivables.Payment) -> Self:
        """The payment."""
        return cls(
            id=global_id("Payment", row.id),
            amount=Money.of(row.amount_micros, row.currency),
            state=PaymentState(row.state),
            decline_reason=row.decline_reason,
            created_at=row.created_at,
            settled_at=row.settled_at,
            subscription_key=row.subscription_id,
        )
