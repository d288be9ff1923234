"""What a line is charged and granted when it becomes active."""

from datetime import date, timedelta
from uuid import UUID

from mvne_platform import balances, catalogue, party, subscriptions
from mvne_platform.billing import queries
from mvne_platform.billing.allowances import Contents, contents, grant_period
from mvne_platform.billing.commands.renew_product import renew_due
from mvne_platform.billing.models import Charge, ChargeKind
from mvne_platform.billing.rules import Days, month_days, month_from, prorate
from mvne_platform.billing.wording import wording
from mvne_platform.kernel import Period, local_date
from mvne_platform.runtime import Context


def start_service(ctx: Context, subscription_id: UUID) -> None:
    """Begin to charge an active line; the platform calls it when the network has answered.

    Prepaid: the first periods of its products, as far as the balance goes; the rest waits for a top-up.
    Otherwise: one-time charges, the part of the monthly charges from today to the end of the month (brand's
    calendar), and the month's allowances in full. A second call changes nothing. Raises UnknownSubscription.
    """
    line = subscriptions.load_subscription(ctx, subscription_id)
    if line.payment_mode is catalogue.PaymentMode.PREPAID:
        # Everyone locks products before purses. The balance is there from the start: it is shown.
        queries.products_for_update(ctx, line.id)
        balances.open_money_of_many(ctx, [line.id])
        renew_due(ctx, line.id)
        return

    today = local_date(ctx.now, ctx.brand.time_zone)
    new = [product for product in queries.products_for_update(ctx, subscription_id) if product.paid_until is None]
    if not new:
        return
    _begin_bills(ctx, line, today)
    held = contents(ctx, {product.offering_id for product in new})
    for product in new:
        _charge(ctx, line, product, held[product.offering_id], month_from(today))
    month = month_days(today).instants(ctx.brand.time_zone)
    grant_period(ctx, new, Period(ctx.now, month.end))


def _begin_bills(ctx: Context, line: subscriptions.Subscription, today: date) -> None:
    """Let the bills of an account that had prepaid lines only begin with the month of its first other line."""
    account = queries.account_for_update(ctx, line.account_id)
    if not queries.has_billed_lines(ctx, account.id, besides=line.id):
        account.billed_until = max(account.billed_until, today.replace(day=1))


def _charge(
    ctx: Context,
    line: subscriptions.Subscription,
    product: subscriptions.Product,
    held: Contents,
    rest: Days,
) -> None:
    once = Days(rest.start, rest.start + timedelta(days=1))
    prorated = prorate(held.micros(catalogue.PriceKind.RECURRING), month_days(rest.start), rest)
    charges = (
        (ChargeKind.ONE_TIME, catalogue.PriceKind.ONE_TIME, once, held.micros(catalogue.PriceKind.ONE_TIME)),
        (ChargeKind.RECURRING, catalogue.PriceKind.RECURRING, rest, prorated),
    )
    words = wording(party.load_customer(ctx, line.customer_id).language, ctx.brand.language)
    name = held.name(words.language, ctx.brand.language)
    for kind, price, days, amount_micros in charges:
        if amount_micros:
            ctx.db.add(
                Charge(
                    account_id=line.account_id,
                    subscription_id=line.id,
                    product_id=product.id,
                    kind=kind,
                    description=words.one_time(name) if kind is ChargeKind.ONE_TIME else name,
                    period_start=days.start,
                    period_end=days.end,
                    amount_micros=amount_micros,
                    tax_class=held.tax_class(price),
                    created_at=ctx.now,
                )
            )
