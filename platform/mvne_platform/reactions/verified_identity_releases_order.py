"""When a customer's identity is verified, the order that waited for it goes on."""

from mvne_platform import orders
from mvne_platform.party import IdentityVerified
from mvne_platform.runtime import Context


def react(ctx: Context, fact: IdentityVerified) -> None:
    """Release the order, if one waits."""
    waiting = orders.order_of_verification(ctx, fact.verification_id)
    if waiting is not None:
        orders.release_order(ctx, waiting.id)
