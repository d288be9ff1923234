"""A network that speaks HTTP with JSON: `PUT /v1/requests/{id}` does a request once, or tells how it stands."""

from typing import Any

from mvne_platform.provisioning.adapters.port import NetworkAnswer, NetworkCall, Outcome
from mvne_platform.provisioning.models import NetworkOperation
from mvne_platform.runtime import OutsideUnavailable
from mvne_platform.runtime.calls import put

_STATES = {"done": Outcome.DONE, "pending": Outcome.PENDING}


def send(call: NetworkCall, /) -> NetworkAnswer:
    """See NetworkAdapter."""
    sent = _body(call)
    reply = put("network", f"/v1/requests/{call.request_id}", sent)
    status = str(reply.status)
    if not reply.accepted:
        return NetworkAnswer(
            Outcome.REFUSED, sent, reply.body, status, error_code=reply.error_code, error_message=reply.error_message
        )
    outcome = _STATES.get(str(reply.body.get("state")))
    if outcome is None:
        raise OutsideUnavailable(f"The network answered {status} with a state nobody knows.")
    return NetworkAnswer(outcome, sent, reply.body, status)


def _body(call: NetworkCall) -> dict[str, Any]:
    line = call.line
    body: dict[str, Any] = {
        "operation": call.operation.value,
        "imsi": line.imsi,
        "iccid": line.iccid,
        "msisdn": line.msisdn,
    }
    if call.operation is NetworkOperation.ACTIVATE:
        body["profile"] = {"services": list(line.services), "roaming": line.roaming}
    return body
