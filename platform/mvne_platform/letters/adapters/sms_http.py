"""An SMS gateway that speaks HTTP with JSON: `PUT /v1/sms/{id}` takes a message once."""

from mvne_platform.letters.adapters.port import Delivery, Message
from mvne_platform.runtime.calls import put

_LOST = ("undelivered", "rejected", "expired")


def send(message: Message, /) -> Delivery:
    """See Carrier."""
    body = {"from": message.sender, "to": message.recipient, "text": message.body}
    reply = put("sms", f"/v1/sms/{message.letter_id}", body)
    if not reply.accepted:
        return Delivery(f"{reply.error_code}: {reply.error_message}")
    state = str(reply.body.get("state"))
    return Delivery(state if state in _LOST else None)
