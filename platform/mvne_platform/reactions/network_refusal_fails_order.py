"""When the network refuses for good to activate what was ordered, the order fails."""

from mvne_platform import orders
from mvne_platform.provisioning import NetworkOperation, NetworkRequestFailed
from mvne_platform.runtime import Context


def react(ctx: Context, fact: NetworkRequestFailed) -> None:
    """Fail the order the activation was for."""
    if fact.operation is NetworkOperation.ACTIVATE and orders.find_order(ctx, fact.cause_id) is not None:
        orders.fail_order(ctx, fact.cause_id, f"network: {fact.error_code}")
