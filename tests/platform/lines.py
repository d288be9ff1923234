"""Subscriptions for tests, written straight into their tables."""

from datetime import UTC, date, datetime
from uuid import UUID

from mvne_platform.catalogue import PaymentMode
from mvne_platform.kernel import uuid7
from mvne_platform.party.models import BillingAccount, Customer
from mvne_platform.runtime import Context
from mvne_platform.subscriptions.models import Subscription, SubscriptionState

LONG_AGO = datetime(2017, 1, 1, tzinfo=UTC)


def make_line(
    ctx: Context,
    *,
    mode: PaymentMode = PaymentMode.PREPAID,
    spend_limit_micros: int | None = None,
    billed_until: date = date(2017, 1, 1),
    since: datetime = LONG_AGO,
    subscription_id: UUID | None = None,
    state: SubscriptionState = SubscriptionState.ACTIVE,
    beside: UUID | None = None,
) -> UUID:
    """An active subscription with a customer and an account of its own, or those of another; answers its id."""
    number = uuid7().hex
    mate = ctx.db.get_one(Subscription, beside) if beside else None
    customer = Customer(
        id=uuid7(),
        number=f"C{number}",
        given_name="Anna",
        family_name="Holm",
        email="anna@example.test",
        language="da",
        created_at=since,
    )
    account = BillingAccount(
        id=uuid7(),
        number=f"A{number}",
        customer_id=customer.id,
        currency=ctx.brand.currency,
        billed_until=billed_until,
        created_at=since,
    )
    subscription = Subscription(
        id=subscription_id or uuid7(),
        number=f"S{number}",
        customer_id=mate.customer_id if mate else customer.id,
        account_id=mate.account_id if mate else account.id,
        payment_mode=mode,
        state=state,
        spend_limit_micros=spend_limit_micros,
        created_at=since,
        activated_at=since,
    )
    for row in (subscription,) if mate else (customer, account, subscription):
        ctx.db.add(row)
        ctx.db.flush()
    return subscription.id
