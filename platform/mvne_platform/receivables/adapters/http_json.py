"""A provider that speaks HTTP with JSON: `PUT /v1/payments/{id}` takes the money once and tells how it stands."""

from http import HTTPStatus

from mvne_platform.receivables.adapters.port import Demand, Settlement, Verdict
from mvne_platform.runtime import OutsideUnavailable
from mvne_platform.runtime.calls import put

_REASON_LENGTH = 100


def take(demand: Demand, /) -> Settlement:
    """See PaymentProvider. A request the provider refuses to read took no money: it counts as declined.

    A conflict does not: the provider knows the id with other details, and may have taken that money.
    """
    body = {
        "amount": {"value": f"{demand.money.amount:f}", "currency": demand.money.currency},
        "token": demand.token,
        "reference": demand.reference,
    }
    reply = put("partners", f"/v1/payments/{demand.payment_id}", body)
    if reply.status == HTTPStatus.CONFLICT:
        raise OutsideUnavailable(f"The provider knows another payment {demand.payment_id}: {reply.error_message}")
    if not reply.accepted:
        return Settlement(Verdict.DECLINED, reply.error_code[:_REASON_LENGTH])
    state = reply.body.get("state")
    if state not in set(Verdict):
        raise OutsideUnavailable(f"The payment provider answered with the unknown state {state!r}.")
    reason = reply.body.get("reason")
    return Settlement(Verdict(state), None if reason is None else str(reason)[:_REASON_LENGTH])
