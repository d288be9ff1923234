"""The payment provider: the token decides what becomes of a payment.

| token | outcome |
| --- | --- |
| `tok_visa_ok` | captured |
| `tok_declined` | declined, reason `do_not_honour` |
| `tok_insufficient` | declined, reason `insufficient_funds` |
| `tok_slow` | pending, captured after the delay the simulator was started with |
| `tok_down` | 503, always; nothing is kept |
| `tok_lost_answer` | captured, but the first answer is lost: the connection closes |
"""

import sqlite3
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal, TypedDict

from pydantic import AfterValidator, StringConstraints

from mvne_simulators.identifiers import ClientId
from mvne_simulators.state import counted
from mvne_simulators.web import Body, Refusal, require_same, stored

SCHEMA = """
CREATE TABLE IF NOT EXISTS payment (
    id TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    due_at REAL NOT NULL,
    reason TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS refund (
    id TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    payment_id TEXT NOT NULL REFERENCES payment (id)
) STRICT;
CREATE INDEX IF NOT EXISTS refund_of_payment ON refund (payment_id);
"""

Token = Literal["tok_visa_ok", "tok_declined", "tok_insufficient", "tok_slow", "tok_down", "tok_lost_answer"]


@dataclass(frozen=True)
class Outcome:
    """What a token brings about; without anything, the money is captured."""

    reason: str | None = None
    slow: bool = False
    down: bool = False
    lost: bool = False


OUTCOMES: dict[Token, Outcome] = {
    "tok_visa_ok": Outcome(),
    "tok_declined": Outcome(reason="do_not_honour"),
    "tok_insufficient": Outcome(reason="insufficient_funds"),
    "tok_slow": Outcome(slow=True),
    "tok_down": Outcome(down=True),
    "tok_lost_answer": Outcome(lost=True),
}
DOWN = Refusal(503, "unavailable", "The payment provider is out of order; send the payment again.", retryable=True)


def _positive(value: str) -> str:
    if Decimal(value) <= 0:
        raise ValueError("must be more than zero")
    return value


class Amount(Body):
    """An exact decimal amount in an ISO 4217 currency, the value in major units (kroner, euro)."""

    value: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,9}(\.[0-9]{1,3})?$"), AfterValidator(_positive)]
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class Payment(Body):
    """An order to capture money."""

    amount: Amount
    token: Token
    reference: Annotated[str, StringConstraints(min_length=1, max_length=140)]


class Refund(Body):
    """An order to give back money of a captured payment."""

    payment_id: ClientId
    amount: Amount


class AmountView(TypedDict):
    """An amount in an answer."""

    value: str
    currency: str


class PaymentView(TypedDict):
    """A payment; `state` is captured, declined (then `reason` says why) or pending."""

    id: str
    state: str
    reason: str | None
    amount: AmountView
    refunded: AmountView
    reference: str


class RefundView(TypedDict):
    """A refund; `state` is always refunded."""

    id: str
    state: str
    payment_id: str
    amount: AmountView


@dataclass(frozen=True)
class Receipt:
    """The answer to a payment; `lost` means: hang up instead."""

    payment: PaymentView
    lost: bool


def pay(db: sqlite3.Connection, payment_id: str, payment: Payment, now: float, slow_seconds: float) -> Receipt:
    """Capture or decline, once per id.

    Raises Refusal 409 `id_reused`, and Refusal 503 `unavailable` for the token that says so.
    """
    known = _find(db, payment_id)
    if known is not None:
        require_same(known["body"], payment)
        return Receipt(_view(db, known, now), lost=False)
    outcome = OUTCOMES[payment.token]
    if outcome.down:
        raise DOWN
    due_at = now + (slow_seconds if outcome.slow else 0)
    db.execute(
        "INSERT INTO payment (id, body, due_at, reason) VALUES (?, ?, ?, ?)",
        (payment_id, stored(payment), due_at, outcome.reason),
    )
    return Receipt(view(db, payment_id, now), lost=outcome.lost)


def view(db: sqlite3.Connection, payment_id: str, now: float) -> PaymentView:
    """A payment as it stands.

    Raises Refusal 404 `unknown_payment`.
    """
    row = _find(db, payment_id)
    if row is None:
        raise Refusal(404, "unknown_payment", f"There is no payment {payment_id}.")
    return _view(db, row, now)


def refund(db: sqlite3.Connection, refund_id: str, wanted: Refund, now: float) -> RefundView:
    """Give money back, once per id, never more than was captured.

    Raises Refusal; a refused refund leaves nothing behind, so the same one may succeed later.
    """
    known = db.execute("SELECT body FROM refund WHERE id = ?", (refund_id,)).fetchone()
    if known is not None:
        require_same(known["body"], wanted)
        return refund_view(db, refund_id)
    payment = view(db, wanted.payment_id, now)
    if payment["state"] != "captured":
        raise Refusal(409, "not_captured", f"Payment {wanted.payment_id} is {payment['state']}.")
    if payment["amount"]["currency"] != wanted.amount.currency:
        raise Refusal(409, "currency_mismatch", f"The payment was made in {payment['amount']['currency']}.")
    left = Decimal(payment["amount"]["value"]) - Decimal(payment["refunded"]["value"])
    if Decimal(wanted.amount.value) > left:
        raise Refusal(409, "exceeds_payment", f"Only {left} {wanted.amount.currency} can still be refunded.")
    db.execute(
        "INSERT INTO refund (id, body, payment_id) VALUES (?, ?, ?)", (refund_id, stored(wanted), wanted.payment_id)
    )
    return refund_view(db, refund_id)


def refund_view(db: sqlite3.Connection, refund_id: str) -> RefundView:
    """A refund that was made.

    Raises Refusal 404 `unknown_refund`.
    """
    row = db.execute("SELECT body FROM refund WHERE id = ?", (refund_id,)).fetchone()
    if row is None:
        raise Refusal(404, "unknown_refund", f"There is no refund {refund_id}.")
    made = Refund.model_validate_json(row["body"])
    return RefundView(id=refund_id, state="refunded", payment_id=made.payment_id, amount=_amount_view(made.amount))


def stats(db: sqlite3.Connection, now: float) -> dict[str, object]:
    """Payments by state, refunds, and the money of both by currency."""
    states = {"captured": 0, "declined": 0, "pending": 0}
    captured: dict[str, Decimal] = {}
    for row in db.execute("SELECT * FROM payment").fetchall():
        state = _state(row, now)
        states[state] += 1
        if state == "captured":
            _add(captured, Payment.model_validate_json(row["body"]).amount)
    refunds = [Refund.model_validate_json(row["body"]) for row in db.execute("SELECT body FROM refund")]
    returned: dict[str, Decimal] = {}
    for one in refunds:
        _add(returned, one.amount)
    return {
        "payments": {"received": counted(db, "payments.received").get("", 0), **states},
        "captured": {currency: str(total) for currency, total in sorted(captured.items())},
        "refunds": len(refunds),
        "refunded": {currency: str(total) for currency, total in sorted(returned.items())},
    }


def _add(totals: dict[str, Decimal], amount: Amount) -> None:
    totals[amount.currency] = totals.get(amount.currency, Decimal()) + Decimal(amount.value)


def _find(db: sqlite3.Connection, payment_id: str) -> sqlite3.Row | None:
    found: sqlite3.Row | None = db.execute("SELECT * FROM payment WHERE id = ?", (payment_id,)).fetchone()
    return found


def _state(row: sqlite3.Row, now: float) -> str:
    if row["reason"] is not None:
        return "declined"
    return "captured" if row["due_at"] <= now else "pending"


def _view(db: sqlite3.Connection, row: sqlite3.Row, now: float) -> PaymentView:
    payment = Payment.model_validate_json(row["body"])
    refunds = db.execute("SELECT body FROM refund WHERE payment_id = ?", (row["id"],))
    refunded = sum((Decimal(Refund.model_validate_json(one["body"]).amount.value) for one in refunds), Decimal())
    return PaymentView(
        id=row["id"],
        state=_state(row, now),
        reason=row["reason"],
        amount=_amount_view(payment.amount),
        refunded=AmountView(value=str(refunded), currency=payment.amount.currency),
        reference=payment.reference,
    )


def _amount_view(amount: Amount) -> AmountView:
    return AmountView(value=amount.value, currency=amount.currency)
