"""The steps of taking a payment from a provider: read it, ask, note the answer."""

from dataclasses import dataclass
from uuid import UUID

from mvne_platform import balances
from mvne_platform.kernel import Money
from mvne_platform.receivables import queries
from mvne_platform.receivables.adapters import PROVIDERS, Demand, Settlement, Verdict
from mvne_platform.receivables.events import PaymentCaptured, PaymentDeclined, PaymentUnsettled
from mvne_platform.receivables.models import Payment, PaymentState
from mvne_platform.runtime import Again, Context
from mvne_platform.runtime.secrets import unseal

_ASK_AGAIN = Again(2)


@dataclass(frozen=True, slots=True)
class Taking:
    """What is asked, and of which provider."""

    provider: str
    demand: Demand


def prepare(ctx: Context, payment_id: str) -> Taking | None:
    """Read what the provider needs; None once its answer is known."""
    payment = queries.payment_for_update(ctx, UUID(payment_id))
    if payment.state is not PaymentState.PENDING:
        return None
    money = Money(payment.amount_micros, payment.currency)
    # The slug never changes: a payment must look the same each time it is asked about.
    return Taking(payment.provider, Demand(payment.id, money, unseal(payment.method_encrypted), ctx.brand.slug))


def perform(taking: Taking) -> Settlement:
    """Ask the provider; raises OutsideUnavailable."""
    return PROVIDERS[taking.provider](taking.demand)


def record(ctx: Context, taking: Taking, settlement: Settlement) -> Again | None:
    """Note the answer, and credit the balance with captured money, once."""
    payment = queries.payment_for_update(ctx, taking.demand.payment_id)
    if payment.state is not PaymentState.PENDING:
        return None
    match settlement.verdict:
        case Verdict.PENDING:
            return _ASK_AGAIN
        case Verdict.CAPTURED:
            _capture(ctx, payment)
        case Verdict.DECLINED:
            _decline(ctx, payment, settlement.reason or "declined")
    return None


def give_up(ctx: Context, taking: Taking, _error: Exception) -> None:
    """The provider may have taken the money or not: `retry_payment` asks again by the payment's id."""
    payment = queries.payment_for_update(ctx, taking.demand.payment_id)
    if payment.state is PaymentState.PENDING:
        payment.state = PaymentState.UNSETTLED
        ctx.db.flush()
        ctx.emit(PaymentUnsettled(payment.id, payment.subscription_id))


def _capture(ctx: Context, payment: Payment) -> None:
    payment.state = PaymentState.CAPTURED
    payment.settled_at = ctx.now
    ctx.db.flush()
    money = Money(payment.amount_micros, payment.currency)
    balances.top_up(ctx, payment.subscription_id, money, balances.Reason.TOP_UP, payment.id)
    ctx.emit(PaymentCaptured(payment.id, payment.subscription_id, payment.amount_micros, payment.currency))


def _decline(ctx: Context, payment: Payment, reason: str) -> None:
    payment.state = PaymentState.DECLINED
    payment.decline_reason = reason
    payment.settled_at = ctx.now
    ctx.db.flush()
    ctx.emit(PaymentDeclined(payment.id, payment.subscription_id, reason))
