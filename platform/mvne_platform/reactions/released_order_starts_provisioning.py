"""When nothing holds an order back any more, the network is asked to activate it."""

from mvne_platform import orders
from mvne_platform.orders import OrderReleased
from mvne_platform.runtime import Context


def react(ctx: Context, fact: OrderReleased) -> None:
    """Ask the network."""
    orders.provision_order(ctx, fact.order_id)
