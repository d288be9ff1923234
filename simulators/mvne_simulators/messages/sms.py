"""The SMS gateway: counts segments as a network does, and plays faults by the end of the recipient's number.

| recipient ends in | outcome |
| --- | --- |
| `99901` | 422 `unknown_recipient`, for good |
| `99902` | 503, always |
| `99903` | 503 the first two times a message is sent, then delivered |
| `99904` | taken, but `undelivered` |
| `99905` | delivered, but the first answer is lost: the connection closes |
"""

import sqlite3
from dataclasses import dataclass
from typing import Annotated, TypedDict

from pydantic import Field, StringConstraints

from mvne_simulators.identifiers import Msisdn
from mvne_simulators.messages import inbox
from mvne_simulators.messages.inbox import Content, Message
from mvne_simulators.state import count
from mvne_simulators.web import Body, Refusal, require_same, stored

MAX_SEGMENTS = 10
FAILURES_BEFORE_SUCCESS = 2

# 3GPP TS 23.038: the basic alphabet, and the characters that cost an escape more.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")


class Sms(Body):
    """A text message to send; the sender is a number, a short code or up to eleven characters."""

    sender: Annotated[str, StringConstraints(pattern=r"^(\+?[0-9]{3,15}|[A-Za-z0-9 ._&-]{1,11})$")] = Field(
        alias="from"
    )
    to: Msisdn
    text: Annotated[str, StringConstraints(min_length=1, max_length=1530)]


class SmsView(TypedDict):
    """The gateway's answer; `state` is delivered or undelivered, `encoding` gsm7 or ucs2."""

    state: str
    segments: int
    encoding: str


@dataclass(frozen=True)
class Receipt:
    """An answer; `lost` means: hang up instead."""

    view: SmsView
    lost: bool


def segments(text: str) -> tuple[int, str]:
    """How many short messages a text needs, and in which encoding (3GPP TS 23.038 and 23.040).

    One message holds 160 septets or 70 UTF-16 units; joined ones hold 153 or 67, and neither an escape sequence nor a
    surrogate pair is torn apart.
    """
    if all(character in _BASIC or character in _EXTENSION for character in text):
        return _pack([2 if character in _EXTENSION else 1 for character in text], 160, 153), "gsm7"
    return _pack([len(character.encode("utf-16-le")) // 2 for character in text], 70, 67), "ucs2"


def send(db: sqlite3.Connection, message_id: str, sms: Sms, now: float) -> Receipt:
    """Take a message, once per id.

    Raises Refusal: 409 `id_reused`, 422 `too_long`, 422 `unknown_recipient`.
    """
    known = inbox.sms(db, message_id)
    if known is not None:
        sent = Sms.model_validate({"from": known["from"], "to": known["to"], "text": known["text"]})
        require_same(stored(sent), sms)
        answer = SmsView(state=known["state"], segments=known["segments"], encoding=known["encoding"])
        return Receipt(answer, lost=False)
    number, encoding = segments(sms.text)
    if number > MAX_SEGMENTS:
        raise Refusal(422, "too_long", f"The text needs {number} segments; {MAX_SEGMENTS} are the limit.")
    if sms.to.endswith("99901"):
        raise Refusal(422, "unknown_recipient", f"Nobody has the number {sms.to}.")
    state = "undelivered" if sms.to.endswith("99904") else "delivered"
    content = Content(text=sms.text, segments=number, encoding=encoding)
    inbox.keep(db, Message("sms", message_id, sms.sender, sms.to, state, content), now)
    return Receipt(SmsView(state=state, segments=number, encoding=encoding), lost=sms.to.endswith("99905"))


def is_down(db: sqlite3.Connection, message_id: str, to: str) -> bool:
    """Whether the gateway is out of order for this message at this attempt, which it counts."""
    if to.endswith("99903"):
        return count(db, f"sms.later.{message_id}") <= FAILURES_BEFORE_SUCCESS
    return to.endswith("99902")


def _pack(costs: list[int], alone: int, joined: int) -> int:
    if sum(costs) <= alone:
        return 1
    number, used = 1, 0
    for cost in costs:
        if used + cost > joined:
            number, used = number + 1, 0
        used += cost
    return number
