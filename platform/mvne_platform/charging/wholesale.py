"""What the host operator charges for an event."""

from mvne_platform import catalogue
from mvne_platform.charging import permissions, statements
from mvne_platform.charging.queries import UsageRecord
from mvne_platform.kernel import Money
from mvne_platform.runtime import Context


def wholesale_cost(ctx: Context, record: UsageRecord) -> Money | None:
    """In the currency of the list that priced it; None when it is unknown, or the actor may not know it."""
    if record.wholesale_micros is None or not ctx.actor.may(permissions.READ_WHOLESALE):
        return None
    currency = ctx.db.scalar(statements.CURRENCY_OF_RATE, {"rate_id": record.wholesale_rate_id})
    if currency is None:
        # What costs nothing was priced by no rate; it costs nothing in the contract's currency.
        host = catalogue.wholesale_tariff(ctx)
        currency = host.currency if host else ctx.brand.currency
    return Money(record.wholesale_micros, currency)
