"""Quotes and orders."""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Self
from uuid import UUID

import strawberry

from mvne_graphql.context import Info, RequestContext
from mvne_graphql.fields import resolved
from mvne_graphql.money import TaxedMoney
from mvne_graphql.relay import Node, global_id
from mvne_graphql.signed import signed
from mvne_graphql.types.catalogue import Offering, PriceKind, in_language, offering_of
from mvne_graphql.types.customers import Customer, Subscription
from mvne_platform import orders, party, subscriptions
from mvne_platform.runtime import Context

QUOTE = "quote"


@strawberry.enum(description="Where an order stands.")
class OrderState(Enum):
    """As in orders."""

    ACKNOWLEDGED = strawberry.enum_value("acknowledged", description="Taken in; nothing stands in its way.")
    HELD = strawberry.enum_value("held", description="Waits until the customer's identity has been verified.")
    IN_PROGRESS = strawberry.enum_value("in_progress", description="The network has been asked.")
    COMPLETED = strawberry.enum_value("completed", description="The line is in service.")
    FAILED = strawberry.enum_value("failed", description="The network refused; number and SIM are free again.")
    REJECTED = strawberry.enum_value("rejected", description="The customer's identity was not accepted.")
    CANCELLED = strawberry.enum_value("cancelled", description="Withdrawn.")


@strawberry.type(description="A price of a quote or an order, with its tax.")
class PriceLine:
    """Exact; only invoices round."""

    name: str = strawberry.field(description="What it is the price of, in the reader's language.")
    kind: PriceKind = strawberry.field(description="When it is charged.")
    period_days: int | None = strawberry.field(
        description="The length of a recurring price's period in days; null is the calendar month."
    )
    price: TaxedMoney = strawberry.field(description="The price.")
    tax_label: str = strawberry.field(description="What the tax is called.")


@strawberry.type(description="A promise of prices: an order with this quote is billed exactly so, or refused as stale.")
class Quote:
    """Good for one order."""

    quote_id: str = strawberry.field(description="Signed; pass it to `placeOrder`.")
    lines: list[PriceLine] = strawberry.field(description="Every price of the plan and its add-ons.")
    at_start: TaxedMoney = strawberry.field(description="What is charged once.")
    each_period: TaxedMoney = strawberry.field(description="What is charged in each period.")
    expires_at: datetime = strawberry.field(description="Until when the promise holds.")

    @classmethod
    def of(cls, row: orders.Quote, context: RequestContext) -> Self:
        """The quote in the reader's language."""
        lines = orders.price_lines(row.lines)
        return cls(
            quote_id=signed(context.ctx, QUOTE, row.id),
            lines=price_lines(lines, context),
            at_start=_sum([line for line in lines if line.kind.value == "one_time"], row.currency),
            each_period=_sum([line for line in lines if line.kind.value == "recurring"], row.currency),
            expires_at=row.expires_at,
        )


def price_lines(lines: Sequence[orders.PriceLine], context: RequestContext) -> list[PriceLine]:
    """Prices in the reader's language."""
    languages = (context.language, context.ctx.brand.language)
    return [
        PriceLine(
            name=in_language(line.name, languages),
            kind=PriceKind(line.kind),
            period_days=line.period_days,
            price=TaxedMoney.of(line.net.micros, line.tax.micros, line.amount.currency),
            tax_label=line.tax_label,
        )
        for line in lines
    ]


def _sum(lines: Sequence[orders.PriceLine], currency: str) -> TaxedMoney:
    return TaxedMoney.of(sum(line.net.micros for line in lines), sum(line.tax.micros for line in lines), currency)


@strawberry.type(description="One subscription that was ordered.")
class OrderItem:
    """Plan, add-ons and the promised prices."""

    prices: list[PriceLine] = strawberry.field(description="The prices as promised.")
    row: strawberry.Private[orders.OrderItem]

    @resolved("The plan.")
    async def offering(self, info: Info) -> Offering:
        """Loaded for many items at once."""
        return await offering_of(info.context, self.row.offering_id)

    @resolved("The add-ons.", size=2)
    async def add_ons(self, info: Info) -> list[Offering]:
        """Loaded for many items at once."""
        return [await offering_of(info.context, UUID(key)) for key in self.row.add_on_ids]

    @resolved("The subscription it becomes; pending until the network has answered.")
    def subscription(self, info: Info) -> Subscription:
        """For those who may read subscriptions."""
        return Subscription.of(subscriptions.subscription(info.context.ctx, self.row.subscription_id))


@strawberry.type(description="An order for a new subscription.")
class Order(Node):
    """SID: ProductOrder (TMF622)."""

    number: str = strawberry.field(description="The order's number for people.")
    state: OrderState = strawberry.field(description="Where it stands.")
    state_reason: str | None = strawberry.field(description="Why it stands there, if there is more to say.")
    channel: str = strawberry.field(description="Where it came from.")
    placed_at: datetime = strawberry.field(description="When it was placed.")
    completed_at: datetime | None = strawberry.field(description="When the line came into service.")
    row: strawberry.Private[orders.ProductOrder]

    @resolved("What was ordered.", size=1)
    async def items(self, info: Info) -> list[OrderItem]:
        """Loaded for many orders at once."""
        rows = await info.context.load(load_items, self.row.id)
        return [OrderItem(prices=price_lines(orders.price_lines(row.lines), info.context), row=row) for row in rows]

    @resolved("Who ordered.")
    def customer(self, info: Info) -> Customer:
        """For those who may read customers."""
        return Customer.of(party.customer(info.context.ctx, self.row.customer_id))

    @classmethod
    def of(cls, row: orders.ProductOrder) -> Self:
        """The order."""
        return cls(
            id=global_id("Order", row.id),
            number=row.number,
            state=OrderState(row.state),
            state_reason=row.state_reason,
            channel=row.channel,
            placed_at=row.placed_at,
            completed_at=row.completed_at,
            row=row,
        )


def load_items(ctx: Context, ids: Sequence[UUID]) -> list[list[orders.OrderItem]]:
    """The items of several orders, for a loader; whoever has the order may see its items."""
    found = orders.items_of(ctx, ids)
    return [found.get(key, []) for key in ids]
