"""When a balance is topped up, the customer is told, on the line's number."""

from mvne_platform import billing, letters
from mvne_platform.balances import BalanceToppedUp
from mvne_platform.kernel import Money
from mvne_platform.runtime import Context


def react(ctx: Context, fact: BalanceToppedUp) -> None:
    """Write to the customer."""
    money = Money(fact.amount_micros, fact.currency)
    notice = billing.top_up_notice(ctx, fact.subscription_id, money, fact.reason_id)
    letters.send(
        ctx,
        customer_id=notice.customer_id,
        code="top_up_received",
        occasion_id=notice.occasion_id,
        values=notice.values,
        msisdn=notice.msisdn,
    )
