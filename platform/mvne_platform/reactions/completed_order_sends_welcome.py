"""When an order is complete, the customer is welcomed, by SMS on the new number too."""

from mvne_platform import catalogue, inventory, letters, orders, party
from mvne_platform.orders import OrderCompleted
from mvne_platform.runtime import Context


def react(ctx: Context, fact: OrderCompleted) -> None:
    """Write to the customer."""
    language = party.load_customer(ctx, fact.customer_id).language
    for item in orders.items(ctx, fact.order_id):
        names = catalogue.offering(ctx, item.offering_id).name
        msisdn = inventory.load_number(ctx, item.number_id).msisdn
        letters.send(
            ctx,
            customer_id=fact.customer_id,
            code="welcome",
            occasion_id=item.id,
            values={"msisdn": msisdn, "plan": names.get(language) or names[ctx.brand.language]},
            msisdn=msisdn,
        )
