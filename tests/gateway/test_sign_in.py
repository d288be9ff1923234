"""Staff sign in at the console, act at the brands granted to them, and sign out."""

import httpx2
import pytest

from mvne_platform import access
from mvne_platform.runtime import platform_work
from tests.gateway.wire import CONSOLE, PASSWORD, Wire, staff, staff_token

ME = "{ me { name email permissions brands { slug roles } } }"


def _sign_in(wire: Wire, email: str, password: str = PASSWORD) -> httpx2.Response:
    return wire.client.post(f"{CONSOLE}/sign-in", json={"email": email, "password": password})


def test_signing_in_gives_a_token_for_an_hour(wire: Wire) -> None:
    person = staff("csr")
    answer = _sign_in(wire, person.email)
    assert answer.status_code == 200
    assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("Bearer", 3600)
    assert answer.headers["cache-control"] == "no-store"
    me = wire.data(ME, at=CONSOLE, token=answer.json()["access_token"])["me"]
    assert me == {
        "name": "csr",
        "email": person.email,
        "permissions": [],
        "brands": [{"slug": "testbrand", "roles": ["csr"]}],
    }


def test_wrong_and_unknown_are_refused_alike(wire: Wire) -> None:
    answers = [_sign_in(wire, staff("csr").email, "wrong"), _sign_in(wire, "nobody@mvne.example")]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["code"] == "SIGN_IN_REFUSED"


@pytest.mark.parametrize("body", [b"", b"[]", b'{"email": 1, "password": 2}', b'{"email": "a"}', b"\xff"])
def test_a_strange_body_is_refused(wire: Wire, body: bytes) -> None:
    assert wire.client.post(f"{CONSOLE}/sign-in", content=body).status_code == 400


def test_the_eleventh_attempt_in_a_row_waits(wire: Wire) -> None:
    email = staff("csr").email
    statuses = [_sign_in(wire, email, "wrong").status_code for _ in range(11)]
    assert statuses == [401] * 10 + [429]
    answer = _sign_in(wire, email)
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert _sign_in(wire, staff("csr").email).status_code == 200


def test_after_signing_out_the_token_is_refused(wire: Wire) -> None:
    token = staff_token("csr")
    headers = {"Authorization": f"Bearer {token}"}
    assert wire.ask(ME, at=CONSOLE, token=token).status_code == 200
    assert wire.client.post(f"{CONSOLE}/sign-out", headers=headers).status_code == 204
    assert wire.ask(ME, at=CONSOLE, token=token).status_code == 401
    assert wire.client.post(f"{CONSOLE}/sign-out", headers=headers).status_code == 401
    assert wire.client.post(f"{CONSOLE}/sign-out").status_code == 401


def test_a_grant_counts_from_the_next_request_on_and_its_withdrawal_too(wire: Wire) -> None:
    person = staff("marketing")
    token = person.token
    orders = "{ orders { nodes { number } } }"
    assert wire.codes(orders, at=CONSOLE, token=token, brand="testbrand") == ["FORBIDDEN"]
    with platform_work() as db:
        access.grant(db, person.id, brand="testbrand", role="csr")
    assert wire.data(orders, at=CONSOLE, token=token, brand="testbrand") == {"orders": {"nodes": []}}
    with platform_work() as db:
        access.withdraw(db, person.id, brand="testbrand", role="csr")
    assert wire.codes(orders, at=CONSOLE, token=token, brand="testbrand") == ["FORBIDDEN"]


def test_someone_who_left_is_refused_at_once(wire: Wire) -> None:
    person = staff("csr")
    with platform_work() as db:
        db.get_one(access.Staff, person.id).active = False
    assert wire.ask(ME, at=CONSOLE, token=person.token).status_code == 401


def test_only_granted_brands_can_be_chosen_and_others_look_absent(wire: Wire) -> None:
    token = staff_token("csr")
    orders = "{ orders { nodes { number } } }"
    answers = [wire.ask(orders, at=CONSOLE, token=token, brand=brand) for brand in ("otherbrand", "nobrand", "x'; --")]
    assert [answer.status_code for answer in answers] == [403] * 3
    messages = {answer.json()["errors"][0]["message"].split("'", 1)[1].split("is not")[1] for answer in answers}
    assert len(messages) == 1


def test_without_a_brand_the_answer_says_how_to_choose_one(wire: Wire) -> None:
    answer = wire.ask("{ orders { nodes { number } } }", at=CONSOLE, token=staff_token("csr")).json()
    assert "Name the brand in the header X-Brand" in answer["errors"][0]["message"]


def test_without_a_token_the_console_shows_its_schema_and_nothing_else(wire: Wire) -> None:
    assert wire.data("{ __typename __schema { queryType { name } } }", at=CONSOLE)["__typename"] == "Query"
    answer = wire.ask(ME, at=CONSOLE)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    hidden = "{ ...All } fragment All on Query { me { name } }"
    assert wire.ask(hidden, at=CONSOLE).status_code == 401


def test_a_grant_for_every_brand_reaches_every_brand(wire: Wire) -> None:
    token = staff_token("platform_operator", brand="*")
    me = wire.data(ME, at=CONSOLE, token=token)["me"]
    assert [brand["slug"] for brand in me["brands"]] == ["otherbrand", "testbrand"]
    assert "brand.apply" in me["permissions"]
    for brand in ("testbrand", "otherbrand"):
        assert wire.data("{ orders { nodes { number } } }", at=CONSOLE, token=token, brand=brand)


def test_an_address_that_tries_one_account_after_the_other_waits_too(
    own_wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: str) -> str:
        raise access.SignInRefused("no")

    monkeypatch.setattr("mvne_gateway.sign_in._signed_in", refuse)
    statuses = [_sign_in(own_wire, f"person-{number}@mvne.example").status_code for number in range(120)]
    assert statuses[:100] == [401] * 100
    assert 429 in statuses[100:]
