"""The identity verification provider: rules on the document decide, in this order.

1. Younger than 18 on the day the request came (UTC): declined, reason `under_age`.
2. Document number ends in `000`: declined, reason `document_not_accepted`.
3. Document number ends in `999`: stays pending, under review, until somebody posts a decision.
4. Everything else: approved.

All are pending at first, for as long as the simulator was started with.
"""

import hashlib
import sqlite3
from datetime import UTC, date, datetime
from typing import Annotated, Literal, TypedDict

from pydantic import StringConstraints

from mvne_simulators.web import Body, Refusal, require_same, stored

SCHEMA = """
CREATE TABLE IF NOT EXISTS verification (
    id TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    due_at REAL NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('approved', 'declined', 'review')),
    reason TEXT,
    decided TEXT
) STRICT;
"""

ADULT_YEARS = 18
_Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class Verification(Body):
    """A person and the document that person has shown."""

    given_name: _Name
    family_name: _Name
    birth_date: date
    document_number: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{3,40}$")]
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]


class Decision(Body):
    """What a reviewer decides."""

    decision: Literal["approved", "declined"]
    reason: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None


class VerificationView(TypedDict):
    """A verification; `state` is pending, approved (then `evidence` is set) or declined (then `reason` is set)."""

    id: str
    state: str
    review: bool
    reason: str | None
    evidence: str | None


def verify(
    db: sqlite3.Connection, verification_id: str, person: Verification, now: float, seconds: float
) -> VerificationView:
    """Begin a verification, once per id.

    Raises Refusal 409 `id_reused`, Refusal 422 `invalid` for a birth date to come.
    """
    known = _find(db, verification_id)
    if known is not None:
        require_same(known["body"], person)
        return _view(known, now)
    today = datetime.fromtimestamp(now, UTC).date()
    if person.birth_date > today:
        raise Refusal(422, "invalid", "birth_date: lies in the future")
    outcome, reason = judge(person, today)
    db.execute(
        "INSERT INTO verification (id, body, due_at, outcome, reason) VALUES (?, ?, ?, ?, ?)",
        (verification_id, stored(person), now + seconds, outcome, reason),
    )
    return view(db, verification_id, now)


def judge(person: Verification, today: date) -> tuple[str, str | None]:
    """Outcome and reason by the rules of this module."""
    birthday_to_come = (today.month, today.day) < (person.birth_date.month, person.birth_date.day)
    if today.year - person.birth_date.year - birthday_to_come < ADULT_YEARS:
        return "declined", "under_age"
    if person.document_number.endswith("000"):
        return "declined", "document_not_accepted"
    if person.document_number.endswith("999"):
        return "review", None
    return "approved", None


def decide(db: sqlite3.Connection, verification_id: str, decision: Decision, now: float) -> VerificationView:
    """Enter a reviewer's decision; the same one twice is harmless.

    Raises Refusal 404 `unknown_verification`, 409 `not_under_review`, 409 `already_decided`.
    """
    row = _require(db, verification_id)
    if row["decided"] is not None:
        require_same_decision(row["decided"], decision)
        return _view(row, now)
    if row["outcome"] != "review":
        raise Refusal(409, "not_under_review", f"Verification {verification_id} is decided by rule.")
    reason = None if decision.decision == "approved" else decision.reason or "declined_by_reviewer"
    db.execute(
        "UPDATE verification SET outcome = ?, reason = ?, decided = ?, due_at = ? WHERE id = ?",
        (decision.decision, reason, stored(decision), now, verification_id),
    )
    return view(db, verification_id, now)


def require_same_decision(decided: str, decision: Decision) -> None:
    """Refuse to decide differently: Refusal 409 `already_decided`."""
    if Decision.model_validate_json(decided) != decision:
        raise Refusal(409, "already_decided", "A reviewer has decided differently before.")


def view(db: sqlite3.Connection, verification_id: str, now: float) -> VerificationView:
    """A verification as it stands.

    Raises Refusal 404 `unknown_verification`.
    """
    return _view(_require(db, verification_id), now)


def stats(db: sqlite3.Connection, now: float) -> dict[str, int]:
    """Verifications by state, and how many of the pending ones await a reviewer."""
    views = [_view(row, now) for row in db.execute("SELECT * FROM verification")]
    states = {state: sum(one["state"] == state for one in views) for state in ("approved", "declined", "pending")}
    return {**states, "under_review": sum(one["review"] for one in views)}


def _find(db: sqlite3.Connection, verification_id: str) -> sqlite3.Row | None:
    found: sqlite3.Row | None = db.execute("SELECT * FROM verification WHERE id = ?", (verification_id,)).fetchone()
    return found


def _require(db: sqlite3.Connection, verification_id: str) -> sqlite3.Row:
    row = _find(db, verification_id)
    if row is None:
        raise Refusal(404, "unknown_verification", f"There is no verification {verification_id}.")
    return row


def _view(row: sqlite3.Row, now: float) -> VerificationView:
    review = row["outcome"] == "review"
    state = "pending" if review or row["due_at"] > now else row["outcome"]
    digest = hashlib.sha256(row["id"].encode()).hexdigest()[:12].upper()
    return VerificationView(
        id=row["id"],
        state=state,
        review=review,
        reason=row["reason"] if state == "declined" else None,
        evidence=f"EVD-{digest}" if state == "approved" else None,
    )
