"""When an order is complete, the customer is a member of the brand's loyalty programme, if it has one."""

from mvne_platform import loyalty
from mvne_platform.orders import OrderCompleted
from mvne_platform.runtime import Context


def react(ctx: Context, fact: OrderCompleted) -> None:
    """Enrol the customer, once."""
    loyalty.enrol(ctx, fact.customer_id)
