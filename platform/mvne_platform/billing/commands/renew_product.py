"""Prepaid renewal: the balance pays the next period, or the renewal is tried again, or the plan lapses."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mvne_platform import balances, catalogue, subscriptions
from mvne_platform.billing import queries, rules
from mvne_platform.billing.allowances import Contents, contents, grant_period
from mvne_platform.billing.events import PlanLapsed, PlanRenewed, RenewalFailed
from mvne_platform.billing.terms import terms_of
from mvne_platform.kernel import Money, Period
from mvne_platform.runtime import Context, Job

PORTION = 2_000
ONE_TIME, RECURRING = catalogue.PriceKind.ONE_TIME, catalogue.PriceKind.RECURRING


def renew_product(ctx: Context, product_id: UUID, due: datetime, attempt: int = 0) -> bool:
    """Pay for the period of a prepaid product that follows the one paid until `due`; answers whether it was paid now.

    On time the new period follows the old one without a gap; on a later attempt it starts now. When the balance is
    too low, the next attempt comes by the brand's retry days, and after the last one the plan lapses. Nothing happens
    when the product has been renewed since, has ended, or never ran: a first period begins in `renew_due`.
    """
    product = queries.product_for_update(ctx, product_id)
    line = subscriptions.load_subscription(ctx, product.subscription_id)
    renewal = _Renewal(product, line, contents(ctx, [product.offering_id])[product.offering_id])
    if product.paid_until != due or not renewal.is_due(ctx.now):
        return False
    if _pay(ctx, renewal, starts=due if attempt == 0 else ctx.now):
        return True

    ctx.emit(RenewalFailed(product.id, line.id, attempt, due))
    retry = rules.retry_at(due, attempt, terms_of(ctx.brand).retry_days, ctx.brand.time_zone)
    if retry is not None:
        ctx.at(retry, RENEW_PRODUCT, product_id=str(product.id), due=due.isoformat(), attempt=attempt + 1)
    elif product.is_plan:
        subscriptions.lapse(ctx, line.id)
        ctx.emit(PlanLapsed(product.id, line.id))
    return False


def renew_due(ctx: Context, subscription_id: UUID) -> int:
    """Begin or renew now what is due on a prepaid line, as far as the balance goes; answers how many products.

    Called when the line comes into service and when money has come in. The plan is first, and while it is not paid its
    add-ons wait. A lapsed line is back in service with its plan. What cannot be paid for waits: nothing has failed.
    Raises UnknownSubscription.
    """
    # The products are the lock under which a line lapses and returns: its state is read once they are held.
    products = queries.products_for_update(ctx, subscription_id)
    line = subscriptions.load_subscription(ctx, subscription_id)
    held = contents(ctx, {product.offering_id for product in products})
    renewed = 0
    for product in products:
        renewal = _Renewal(product, line, held[product.offering_id])
        if not renewal.is_due(ctx.now):
            continue
        if _pay(ctx, renewal, starts=ctx.now):
            renewed += 1
        elif product.is_plan:
            break  # an add-on would use up what was paid in for the plan
    return renewed


@dataclass(frozen=True, slots=True)
class _Renewal:
    """A product with its line and what it costs and includes."""

    product: subscriptions.Product
    line: subscriptions.Subscription
    held: Contents

    @property
    def due_at(self) -> datetime:
        """When the next period begins."""
        return self.product.paid_until or self.product.valid_from

    @property
    def price_micros(self) -> int:
        """What the next period costs; the first one carries the one-time price."""
        once = self.held.micros(ONE_TIME) if self.product.paid_until is None else 0
        return self.held.micros(RECURRING) + once

    def is_due(self, now: datetime) -> bool:
        """Whether a prepaid period that has to be paid or granted has begun; while a line rests, only its plan's."""
        state = subscriptions.SubscriptionState
        in_service = self.line.state is state.ACTIVE or (self.line.state is state.LAPSED and self.product.is_plan)
        prepaid = self.line.payment_mode is catalogue.PaymentMode.PREPAID
        runs = self.product.valid_to is None or self.product.valid_to > now
        wanted = self.held.renews or (self.product.paid_until is None and self.held.micros(ONE_TIME) > 0)
        return prepaid and in_service and runs and wanted and self.due_at <= now


def _pay(ctx: Context, renewal: _Renewal, *, starts: datetime) -> bool:
    if renewal.price_micros:
        price = Money(renewal.price_micros, ctx.brand.currency)
        occasion = balances.occasion_id(renewal.product.id, starts)
        try:
            balances.debit(ctx, renewal.line.id, price, balances.Reason.RENEWAL, occasion)
        except balances.BalanceTooLow:
            return False
    if renewal.held.renews:
        _begin(ctx, renewal, rules.renewal_period(starts, renewal.held.period_days, ctx.brand.time_zone))
    else:
        renewal.product.paid_until = starts
    return True


def _begin(ctx: Context, renewal: _Renewal, period: Period) -> None:
    product, line = renewal.product, renewal.line
    if line.state is subscriptions.SubscriptionState.LAPSED:
        subscriptions.restore(ctx, line.id)
    grant_period(ctx, [product], period)
    end = period.end.isoformat()
    ctx.at(period.end, RENEW_PRODUCT, product_id=str(product.id), due=end, attempt=0)
    ctx.at(period.end + terms_of(ctx.brand).run_after, EXPIRE_ALLOWANCES, product_id=str(product.id), ended=end)
    ctx.emit(PlanRenewed(product.id, line.id))


def _run(ctx: Context, product_id: str, due: str, attempt: int) -> None:
    renew_product(ctx, UUID(product_id), datetime.fromisoformat(due), attempt)


def _expire(ctx: Context, ended: str, product_id: str | None = None) -> None:
    """Portion by portion: purses are locked no longer than that, so that usage and top-ups go on meanwhile."""
    product = UUID(product_id) if product_id else None
    if balances.expire(ctx, product, datetime.fromisoformat(ended), most=PORTION) and product is None:
        ctx.later(EXPIRE_ALLOWANCES, ended=ended)


RENEW_PRODUCT = Job("billing.renew_product", "billing", _run)
# Usage of the old period may be loaded some hours after its end and still finds its allowance.
EXPIRE_ALLOWANCES = Job("billing.expire_allowances", "billing", _expire)
