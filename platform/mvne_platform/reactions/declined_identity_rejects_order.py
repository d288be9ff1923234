"""When a customer's identity is not accepted, the order that waited for it ends."""

from mvne_platform import orders
from mvne_platform.party import IdentityDeclined
from mvne_platform.runtime import Context


def react(ctx: Context, fact: IdentityDeclined) -> None:
    """Reject the order, if one waits."""
    waiting = orders.order_of_verification(ctx, fact.verification_id)
    if waiting is not None:
        orders.reject_order(ctx, waiting.id, "identity_declined")
