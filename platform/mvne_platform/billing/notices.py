"""What letters about bills, renewals and usage say: texts in the customer's language, and who gets them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from mvne_platform import balances, party, subscriptions
from mvne_platform.billing import queries
from mvne_platform.billing.allowances import Contents, contents
from mvne_platform.billing.rules import retry_at
from mvne_platform.billing.terms import terms_of
from mvne_platform.billing.wording import Wording, wording
from mvne_platform.catalogue import PriceKind, Service
from mvne_platform.kernel import Money, Unit, local_date
from mvne_platform.runtime import Context


@dataclass(frozen=True, slots=True)
class Notice:
    """A letter's occasion and values; `msisdn` is the line it is about, if it is about one."""

    customer_id: UUID
    occasion_id: UUID
    values: dict[str, str]
    msisdn: str | None = None


def invoice_notice(ctx: Context, invoice_id: UUID) -> Notice:
    """An invoice has been made: its number, amount, due date and period. Raises UnknownInvoice."""
    invoice = queries.load_invoice(ctx, invoice_id)
    customer_id = party.load_account(ctx, invoice.account_id).customer_id
    words = _words(ctx, customer_id)
    values = {
        "invoice_number": invoice.number,
        "amount": words.money(invoice.gross_micros, invoice.currency),
        "due_on": words.day(invoice.due_on),
        "period": words.days(invoice.period_start, invoice.period_end - timedelta(days=1)),
    }
    return Notice(customer_id, invoice.id, values)


def renewal_notice(ctx: Context, product_id: UUID, due: datetime, attempt: int) -> Notice | None:
    """A renewal was not paid: its price, what there is, and the day it is tried again (empty: it is not).

    None when the plan has lapsed with it, of which `lapse_notice` tells.
    """
    product, line, held, words = _product(ctx, product_id)
    retry = retry_at(due, attempt, terms_of(ctx.brand).retry_days, ctx.brand.time_zone)
    if retry is None and product.is_plan:
        return None
    values = {
        "plan": held.name(words.language, ctx.brand.language),
        "amount": words.money(held.micros(PriceKind.RECURRING), ctx.brand.currency),
        "balance": words.money(balances.money(ctx, line.id), ctx.brand.currency),
        "retry_on": words.day(local_date(retry, ctx.brand.time_zone)) if retry else "",
    }
    occasion = uuid5(product_id, f"renewal/{due.isoformat()}/{attempt}")
    return Notice(line.customer_id, occasion, values, _msisdn(ctx, line))


def lapse_notice(ctx: Context, product_id: UUID) -> Notice:
    """A plan has lapsed: the number and the plan's name."""
    product, line, held, words = _product(ctx, product_id)
    values = {"msisdn": _msisdn(ctx, line) or line.number, "plan": held.name(words.language, ctx.brand.language)}
    ended = product.paid_until or product.valid_from
    return Notice(line.customer_id, uuid5(product_id, f"lapse/{ended.isoformat()}"), values, _msisdn(ctx, line))


def top_up_notice(ctx: Context, subscription_id: UUID, money: Money, occasion_id: UUID) -> Notice:
    """Money has come in: the number, the amount, and what there is now."""
    line = subscriptions.load_subscription(ctx, subscription_id)
    words = _words(ctx, line.customer_id)
    values = {
        "msisdn": _msisdn(ctx, line) or line.number,
        "amount": words.money(money.micros, money.currency),
        "balance": words.money(balances.money(ctx, line.id), ctx.brand.currency),
    }
    return Notice(line.customer_id, occasion_id, values, _msisdn(ctx, line))


def allowance_notice(ctx: Context, fact: balances.AllowanceThresholdReached) -> Notice:
    """An allowance is used up to a threshold: of what, how much, what is left, and until when (empty: without end)."""
    line = subscriptions.load_subscription(ctx, fact.subscription_id)
    words = _words(ctx, line.customer_id)
    ends = fact.valid_to
    values = {
        "msisdn": _msisdn(ctx, line) or line.number,
        "allowance": words.services[_service(ctx, fact)],
        "percent": str(fact.percent),
        "used": words.quantity(fact.used, fact.unit),
        "granted": words.quantity(fact.granted, fact.unit),
        "left": words.quantity(max(0, fact.granted - fact.used), fact.unit),
        "until": words.day(_last_day(ctx, ends)) if ends else "",
    }
    period = ends.isoformat() if ends else str(fact.granted)
    occasion = uuid5(fact.group_id or line.id, f"allowance/{fact.code}/{period}/{fact.percent}")
    return Notice(line.customer_id, occasion, values, _msisdn(ctx, line))


def spend_notice(ctx: Context, fact: balances.SpendThresholdReached) -> Notice:
    """Usage has accrued a part of what the line may spend in the billing period."""
    line = subscriptions.load_subscription(ctx, fact.subscription_id)
    words = _words(ctx, line.customer_id)
    left = max(0, fact.limit_micros - fact.spent_micros)
    values = {
        "msisdn": _msisdn(ctx, line) or line.number,
        "percent": str(fact.percent),
        "spent": words.money(fact.spent_micros, fact.currency),
        "limit": words.money(fact.limit_micros, fact.currency),
        "left": words.money(left, fact.currency),
    }
    occasion = uuid5(line.id, f"spend/{fact.period_start.isoformat()}/{fact.percent}")
    return Notice(line.customer_id, occasion, values, _msisdn(ctx, line))


def _last_day(ctx: Context, ends: datetime) -> date:
    """The day on which something still holds that ends at an instant, midnight of the next day as a rule."""
    return local_date(ends - timedelta(microseconds=1), ctx.brand.time_zone)


# How an allowance that is for everything, or is gone by now, is called.
_USUAL = {
    Unit.BYTE: Service.DATA,
    Unit.SECOND: Service.VOICE_OUT,
    Unit.MESSAGE: Service.SMS_OUT,
}


def _service(ctx: Context, fact: balances.AllowanceThresholdReached) -> str:
    held = balances.buckets(ctx, fact.subscription_id)
    named = (bucket.services for bucket in held if bucket.code == fact.code and bucket.services)
    return next(named, (_USUAL[fact.unit].value,))[0]


def _product(
    ctx: Context, product_id: UUID
) -> tuple[subscriptions.Product, subscriptions.Subscription, Contents, Wording]:
    product = ctx.db.get_one(subscriptions.Product, product_id)
    line = subscriptions.load_subscription(ctx, product.subscription_id)
    held = contents(ctx, [product.offering_id])[product.offering_id]
    return product, line, held, _words(ctx, line.customer_id)


def _words(ctx: Context, customer_id: UUID) -> Wording:
    return wording(party.load_customer(ctx, customer_id).language, ctx.brand.language)


def _msisdn(ctx: Context, line: subscriptions.Subscription) -> str | None:
    kind = subscriptions.IdentifierKind.MSISDN
    numbers = [held.value for held in subscriptions.identifiers(ctx, line.id) if held.kind is kind]
    return numbers[-1] if numbers else None
