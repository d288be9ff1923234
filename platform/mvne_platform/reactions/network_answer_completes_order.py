"""When the network has activated what was ordered, the order is complete."""

from mvne_platform import orders
from mvne_platform.provisioning import NetworkOperation, NetworkRequestDone
from mvne_platform.runtime import Context


def react(ctx: Context, fact: NetworkRequestDone) -> None:
    """Complete the order the activation was for."""
    if fact.operation is NetworkOperation.ACTIVATE and orders.find_order(ctx, fact.cause_id) is not None:
        orders.complete_order(ctx, fact.cause_id)
