from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from mvne_simulators.partners import create_app
from mvne_simulators.partners.app import Pace
from tests.simulators.simulated import TOKEN, Clock

FIFTY = {"value": "50.00", "currency": "DKK"}
ADULT = {
    "given_name": "Anna",
    "family_name": "Åkesson",
    "birth_date": "2008-10-01",
    "document_number": "P1234567",
    "country": "DK",
}


@pytest.fixture
def partners(tmp_path: Path, clock: Clock, client_of: Callable[[Starlette], TestClient]) -> TestClient:
    return client_of(create_app(tmp_path / "partners.db", TOKEN, Pace(2000, 1000), clock))


def pay(partners: TestClient, payment_id: str, token: str, **fields: Any) -> Any:
    body = {"amount": FIFTY, "token": token, "reference": "top-up 1", **fields}
    return partners.put(f"/v1/payments/{payment_id}", json=body)


def refund(partners: TestClient, refund_id: str, payment_id: str, value: str, currency: str = "DKK") -> Any:
    body = {"payment_id": payment_id, "amount": {"value": value, "currency": currency}}
    return partners.put(f"/v1/refunds/{refund_id}", json=body)


def verify(partners: TestClient, verification_id: str, **fields: Any) -> Any:
    return partners.put(f"/v1/verifications/{verification_id}", json={**ADULT, **fields})


def outcome(answer: Any) -> tuple[int, str, str | None]:
    return answer.status_code, answer.json()["state"], answer.json()["reason"]


def error(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_a_good_card_is_captured_once(partners: TestClient) -> None:
    captured = pay(partners, "p1", "tok_visa_ok")
    assert captured.status_code == 200
    assert captured.json() == {
        "id": "p1",
        "state": "captured",
        "reason": None,
        "amount": FIFTY,
        "refunded": {"value": "0", "currency": "DKK"},
        "reference": "top-up 1",
    }
    assert pay(partners, "p1", "tok_visa_ok").json() == captured.json()
    assert partners.get("/v1/payments/p1").json() == captured.json()
    stats = partners.get("/v1/stats").json()
    assert stats["payments"] == {"received": 2, "captured": 1, "declined": 0, "pending": 0}
    assert stats["captured"] == {"DKK": "50.00"}


@pytest.mark.parametrize(
    ("token", "reason"), [("tok_declined", "do_not_honour"), ("tok_insufficient", "insufficient_funds")]
)
def test_a_bad_card_is_declined_with_its_reason(partners: TestClient, token: str, reason: str) -> None:
    assert outcome(pay(partners, "p1", token)) == (200, "declined", reason)
    assert partners.get("/v1/stats").json()["captured"] == {}


def test_a_slow_card_is_captured_when_its_time_has_come(partners: TestClient, clock: Clock) -> None:
    assert outcome(pay(partners, "p1", "tok_slow")) == (202, "pending", None)
    clock.advance(1.9)
    assert outcome(pay(partners, "p1", "tok_slow")) == (202, "pending", None)
    assert error(refund(partners, "f1", "p1", "1.00")) == (409, "not_captured")
    clock.advance(0.1)
    assert outcome(pay(partners, "p1", "tok_slow")) == (200, "captured", None)
    assert refund(partners, "f1", "p1", "1.00").status_code == 200


def test_a_provider_that_is_down_keeps_nothing(partners: TestClient) -> None:
    answer = pay(partners, "p1", "tok_down")
    assert (answer.status_code, answer.json()["error"]["retryable"]) == (503, True)
    assert error(partners.get("/v1/payments/p1")) == (404, "unknown_payment")
    assert partners.get("/v1/stats").json()["payments"] == {"received": 1, "captured": 0, "declined": 0, "pending": 0}


def test_a_lost_answer_leaves_the_money_captured_once(partners: TestClient) -> None:
    with pytest.raises(ConnectionAbortedError):
        pay(partners, "p1", "tok_lost_answer")
    assert outcome(pay(partners, "p1", "tok_lost_answer")) == (200, "captured", None)
    assert partners.get("/v1/stats").json()["captured"] == {"DKK": "50.00"}


def test_a_payment_id_with_another_body_is_refused(partners: TestClient) -> None:
    pay(partners, "p1", "tok_visa_ok")
    assert error(pay(partners, "p1", "tok_visa_ok", reference="other")) == (409, "id_reused")
    assert partners.get("/v1/payments/p1").json()["reference"] == "top-up 1"


@pytest.mark.parametrize(
    "fields",
    [
        {"amount": {"value": "0.00", "currency": "DKK"}},
        {"amount": {"value": "-1", "currency": "DKK"}},
        {"amount": {"value": "1e3", "currency": "DKK"}},
        {"amount": {"value": 50.0, "currency": "DKK"}},
        {"amount": {"value": "1", "currency": "kr"}},
        {"token": "tok_unheard_of"},
        {"reference": ""},
    ],
)
def test_a_payment_that_makes_no_sense_is_refused(partners: TestClient, fields: dict[str, Any]) -> None:
    assert error(pay(partners, "p1", **{"token": "tok_visa_ok", **fields})) == (422, "invalid")
    assert error(partners.get("/v1/payments/p1")) == (404, "unknown_payment")


def test_refunds_never_exceed_the_payment(partners: TestClient) -> None:
    pay(partners, "p1", "tok_visa_ok")
    made = refund(partners, "f1", "p1", "30.00")
    assert made.json() == {
        "id": "f1",
        "state": "refunded",
        "payment_id": "p1",
        "amount": {"value": "30.00", "currency": "DKK"},
    }
    assert refund(partners, "f1", "p1", "30.00").json() == made.json()
    assert error(refund(partners, "f1", "p1", "20.00")) == (409, "id_reused")
    assert error(refund(partners, "f2", "p1", "20.01")) == (409, "exceeds_payment")
    assert error(refund(partners, "f2", "p1", "20.00", "EUR")) == (409, "currency_mismatch")
    assert error(refund(partners, "f2", "p2", "20.00")) == (404, "unknown_payment")
    assert error(partners.get("/v1/refunds/f2")) == (404, "unknown_refund")
    assert partners.get("/v1/payments/p1").json()["refunded"] == {"value": "30.00", "currency": "DKK"}
    assert refund(partners, "f2", "p1", "20").status_code == 200
    stats = partners.get("/v1/stats").json()
    assert (stats["refunds"], stats["refunded"]) == (2, {"DKK": "50.00"})


def test_an_adult_is_pending_and_then_approved_with_evidence(partners: TestClient, clock: Clock) -> None:
    begun = verify(partners, "v1")
    assert begun.status_code == 202
    assert begun.json() == {"id": "v1", "state": "pending", "review": False, "reason": None, "evidence": None}
    clock.advance(1)
    approved = partners.get("/v1/verifications/v1").json()
    assert approved == {
        "id": "v1",
        "state": "approved",
        "review": False,
        "reason": None,
        "evidence": "EVD-3BFC269594EF",
    }
    assert (verify(partners, "v1").status_code, verify(partners, "v1").json()) == (200, approved)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"birth_date": "2008-10-02"}, "under_age"),
        ({"birth_date": "2008-10-02", "document_number": "P999"}, "under_age"),
        ({"document_number": "P1234000"}, "document_not_accepted"),
    ],
)
def test_the_rules_decline(partners: TestClient, clock: Clock, fields: dict[str, str], reason: str) -> None:
    assert outcome(verify(partners, "v1", **fields)) == (202, "pending", None)
    clock.advance(1)
    assert outcome(verify(partners, "v1", **fields)) == (200, "declined", reason)


def test_a_review_waits_for_a_decision(partners: TestClient, clock: Clock) -> None:
    verify(partners, "v1", document_number="P1234999")
    clock.advance(86_400)
    assert partners.get("/v1/verifications/v1").json()["review"] is True
    assert partners.get("/v1/stats").json()["verifications"] == {
        "approved": 0,
        "declined": 0,
        "pending": 1,
        "under_review": 1,
    }
    for _ in range(2):
        declined = partners.post("/v1/verifications/v1/decision", json={"decision": "declined", "reason": "blurred"})
        assert outcome(declined) == (200, "declined", "blurred")
    changed = partners.post("/v1/verifications/v1/decision", json={"decision": "approved"})
    assert error(changed) == (409, "already_decided")
    assert partners.get("/v1/verifications/v1").json()["state"] == "declined"


def test_only_a_review_is_decided_by_hand(partners: TestClient) -> None:
    verify(partners, "v1")
    decision = {"decision": "declined"}
    assert error(partners.post("/v1/verifications/v1/decision", json=decision)) == (409, "not_under_review")
    assert error(partners.post("/v1/verifications/v2/decision", json=decision)) == (404, "unknown_verification")
    assert partners.get("/v1/verifications/v1").json()["state"] == "pending"


def test_a_verification_that_makes_no_sense_is_refused(partners: TestClient) -> None:
    for fields in ({"birth_date": "2026-10-02"}, {"birth_date": "x"}, {"given_name": " "}, {"country": "DNK"}):
        assert error(verify(partners, "v1", **fields)) == (422, "invalid")
    assert error(partners.get("/v1/verifications/v1")) == (404, "unknown_verification")
