"""Use cases of money that comes in."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from mvne_platform import balances, subscriptions
from mvne_platform.kernel import Money, uuid7
from mvne_platform.receivables import jobs, permissions, queries, rules
from mvne_platform.receivables.models import Payment, PaymentState, ReceivableEntry
from mvne_platform.runtime import Context
from mvne_platform.runtime.secrets import seal


def request_top_up(ctx: Context, *, subscription_id: UUID, money: Money, method_token: str) -> Payment:
    """Ask the brand's payment provider for money to credit to a subscription's balance; the answer comes as a fact.

    `method_token` stands for a means of payment the provider keeps; it is stored encrypted. Raises BadTopUp,
    UnknownSubscription, WrongState for a line that is over, NotPrepaid for one that pays by invoice.
    """
    ctx.require(permissions.TAKE_PAYMENT)
    rules.check_top_up(money, ctx.brand.currency)
    line = subscriptions.load_paying(ctx, subscription_id)
    balances.check_holds_money(line.payment_mode)

    payment = Payment(
        id=uuid7(),
        account_id=line.account_id,
        subscription_id=line.id,
        amount_micros=money.micros,
        currency=money.currency,
        method_encrypted=seal(method_token),
        provider=ctx.brand.profile["adapters"]["payment"],
        created_at=ctx.now,
    )
    ctx.db.add(payment)
    ctx.db.flush()
    ctx.later(jobs.take_payment, payment_id=str(payment.id))
    return payment


def retry_payment(ctx: Context, payment_id: UUID) -> Payment:
    """Ask the provider again about an unsettled payment; any other is only answered. Raises UnknownPayment.

    The provider then takes the money if it has not: ask the customer first.
    """
    ctx.require(permissions.TAKE_PAYMENT)
    payment = queries.payment_for_update(ctx, payment_id)
    if payment.state is PaymentState.UNSETTLED:
        payment.state = PaymentState.PENDING
        ctx.db.flush()
        ctx.later(jobs.take_payment, payment_id=str(payment.id))
    return payment


def record_invoice(ctx: Context, *, invoice_id: UUID, account_id: UUID, gross_micros: int) -> None:
    """Let an account owe an issued invoice (micros of its currency, with tax), once; the platform does this itself."""
    entry = insert(ReceivableEntry).values(
        id=uuid7(),
        account_id=account_id,
        kind="invoice",
        reference_id=invoice_id,
        delta_micros=gross_micros,
        occurred_at=ctx.now,
    )
    ctx.db.execute(entry.on_conflict_do_nothing(index_elements=["kind", "reference_id"]))
