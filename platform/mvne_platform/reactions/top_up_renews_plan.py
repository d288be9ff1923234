"""When a balance is topped up, what waits for money on the line is renewed at once."""

from mvne_platform import billing
from mvne_platform.balances import BalanceToppedUp
from mvne_platform.runtime import Context


def react(ctx: Context, fact: BalanceToppedUp) -> None:
    """Renew what is due, as far as the balance goes."""
    billing.renew_due(ctx, fact.subscription_id)
