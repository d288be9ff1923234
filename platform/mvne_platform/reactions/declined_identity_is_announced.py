"""When a customer's identity is not accepted, the customer is told."""

from mvne_platform import letters, orders
from mvne_platform.party import IdentityDeclined
from mvne_platform.runtime import Context


def react(ctx: Context, fact: IdentityDeclined) -> None:
    """Write to the customer about the order that waited."""
    waiting = orders.order_of_verification(ctx, fact.verification_id)
    if waiting is not None:
        letters.send(
            ctx,
            customer_id=fact.customer_id,
            code="identity_declined",
            occasion_id=fact.verification_id,
            values={"order_number": waiting.number},
        )
