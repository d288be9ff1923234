"""Client credentials at the brand's host (RFC 6749 §4.4), with keys and metadata anyone can check by."""

from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from mvne_gateway import callers
from mvne_platform import access
from mvne_platform.runtime import brand_work, platform_work, settings
from mvne_platform.runtime.clock import system_now
from tests.gateway.wire import CONSOLE, OTHER_SHOP, SHOP, Wire, client_token, staff_token

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ORDER = '{ order(id: "T3JkZXI6MDE5M2YwYjAtMDAwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDAw") { number } }'


def _client(*scopes: str, brand: str = "testbrand") -> tuple[str, str]:
    with brand_work(brand) as ctx:
        return access.create_client(ctx, "Shop", scopes or ("catalogue", "shop"), token_lifetime=timedelta(minutes=10))


def _token(wire: Wire, fields: dict[str, str], *, at: str = SHOP, basic: tuple[str, str] | None = None) -> Any:
    headers = dict(FORM)
    if basic:
        headers["Authorization"] = "Basic " + b64encode(":".join(basic).encode()).decode()
    return wire.client.post(f"{at}/oauth/token", data=fields, headers=headers)


def test_a_client_gets_a_token_with_basic_or_in_the_body(wire: Wire) -> None:
    client_id, secret = _client()
    basic = _token(wire, {"grant_type": "client_credentials"}, basic=(client_id, secret))
    body = _token(
        wire, {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret, "scope": "shop"}
    )
    assert basic.status_code == body.status_code == 200
    assert basic.json()["scope"] == "catalogue shop"
    assert (body.json()["scope"], body.json()["token_type"], body.json()["expires_in"]) == ("shop", "Bearer", 600)
    assert body.headers["cache-control"] == "no-store"
    assert wire.data(ORDER, token=body.json()["access_token"]) == {"order": None}


def test_the_token_verifies_by_what_the_host_publishes(wire: Wire) -> None:
    client_id, secret = _client()
    token = _token(wire, {"grant_type": "client_credentials"}, basic=(client_id, secret)).json()["access_token"]
    metadata = wire.client.get(f"{SHOP}/.well-known/oauth-authorization-server").json()
    keys = KeySet.import_key_set(wire.client.get(f"{SHOP}/.well-known/jwks.json").json())
    claims = jwt.decode(token, keys, ["ES256"]).claims
    assert claims["iss"] == metadata["issuer"] == f"http://testbrand.localhost:{settings().port}"
    assert (claims["aud"], claims["sub"], claims["exp"] - claims["iat"]) == ("storefront", client_id, 600)
    assert metadata["token_endpoint"] == f"{metadata['issuer']}/oauth/token"


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"grant_type": "client_credentials", "client_secret": "wrong"}, "invalid_client"),
        ({"grant_type": "client_credentials", "client_secret": ""}, "invalid_client"),
        ({"grant_type": "client_credentials", "client_id": "nobody"}, "invalid_client"),
        ({"grant_type": "client_credentials", "scope": "shop care"}, "invalid_scope"),
        ({"grant_type": "client_credentials", "scope": "everything"}, "invalid_scope"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({}, "unsupported_grant_type"),
    ],
)
def test_what_is_wrong_is_refused_by_the_names_of_the_standard(wire: Wire, fields: dict[str, str], error: str) -> None:
    client_id, secret = _client()
    answer = _token(wire, {"client_id": client_id, "client_secret": secret, **fields})
    assert answer.status_code in (400, 401)
    assert answer.json()["error"] == error
    assert "access_token" not in answer.text


def test_a_client_of_another_brand_is_unknown_here(wire: Wire) -> None:
    foreign = _client(brand="otherbrand")
    assert _token(wire, {"grant_type": "client_credentials"}, basic=foreign).json()["error"] == "invalid_client"


def test_an_inactive_client_is_unknown(wire: Wire) -> None:
    client_id, secret = _client()
    with brand_work("testbrand") as ctx:
        ctx.db.query(access.ApiClient).filter_by(client_id=client_id).one().active = False
    assert _token(wire, {"grant_type": "client_credentials"}, basic=(client_id, secret)).status_code == 401


def test_the_form_is_a_form_with_each_field_once(wire: Wire) -> None:
    twice = wire.client.post(f"{SHOP}/oauth/token", content="grant_type=a&grant_type=b", headers=FORM)
    assert (twice.status_code, twice.json()["error"]) == (400, "invalid_request")
    as_json = wire.client.post(f"{SHOP}/oauth/token", json={"grant_type": "client_credentials"})
    assert (as_json.status_code, as_json.json()["error"]) == (400, "invalid_request")


def test_credentials_travel_encrypted_or_within_this_machine(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    client_id, secret = _client()
    in_production = replace(settings(), development=False)
    for module in ("mvne_gateway.oauth_routes", "mvne_platform.access.tokens"):
        monkeypatch.setattr(f"{module}.settings", lambda: in_production)
    plain = _token(wire, {"grant_type": "client_credentials"}, basic=(client_id, secret))
    assert (plain.status_code, plain.json()["error_description"]) == (400, "Send credentials by https only.")
    secure = _token(
        wire, {"grant_type": "client_credentials"}, at="https://testbrand.localhost", basic=(client_id, secret)
    )
    assert secure.status_code == 200
    refused = wire.client.post(f"{CONSOLE}/sign-in", json={"email": "a@b.example", "password": "x" * 12})
    assert refused.json()["code"] == "INSECURE_TRANSPORT"


def test_a_client_revokes_its_own_token_and_nobody_elses(wire: Wire) -> None:
    mine, other = _client(), _client()
    token = _token(wire, {"grant_type": "client_credentials"}, basic=mine).json()["access_token"]

    def revoke(who: tuple[str, str]) -> Any:
        headers = {**FORM, "Authorization": "Basic " + b64encode(":".join(who).encode()).decode()}
        return wire.client.post(f"{SHOP}/oauth/revoke", data={"token": token}, headers=headers)

    assert revoke(other).status_code == 400
    assert wire.ask(ORDER, token=token).status_code == 200
    assert revoke(mine).status_code == 200
    assert wire.ask(ORDER, token=token).status_code == 401
    assert revoke(mine).status_code == 200


def test_an_unknown_token_is_revoked_in_vain_and_that_is_fine(wire: Wire) -> None:
    client_id, secret = _client()
    headers = {**FORM, "Authorization": "Basic " + b64encode(f"{client_id}:{secret}".encode()).decode()}
    assert wire.client.post(f"{SHOP}/oauth/revoke", data={"token": "unknown"}, headers=headers).status_code == 200


def test_tokens_are_good_at_their_own_endpoint_only(wire: Wire) -> None:
    shop, staff = client_token(), staff_token("csr")
    assert wire.ask(ORDER, token=shop).status_code == 200
    assert wire.ask("{ me { name } }", at=CONSOLE, token=staff).status_code == 200
    for token, at in ((staff, SHOP), (shop, CONSOLE), (shop, OTHER_SHOP), (staff, OTHER_SHOP)):
        answer = wire.ask("{ __typename }", at=at, token=token)
        assert answer.status_code == 401, at
        assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'


@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer a.b.c", "Basic YTpi", "nonsense", "Bearer"])
def test_a_header_that_is_no_good_token_is_refused_rather_than_ignored(wire: Wire, header: str) -> None:
    answer = wire.ask("{ shop { name } }", headers={"Authorization": header})
    assert answer.status_code == 401


def test_an_expired_token_is_refused(wire: Wire) -> None:
    answer = wire.ask(ORDER, token=client_token(lifetime=timedelta(seconds=-1)))
    assert (answer.status_code, answer.json()["errors"][0]["message"]) == (
        401,
        "This token has expired; ask for a new one.",
    )


def test_tokens_are_verified_before_a_brand_transaction_opens(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("mvne_graphql.context.brand_work", lambda *a, **k: opened.append("brand"))
    for token in ("nonsense", staff_token("csr"), client_token(lifetime=timedelta(seconds=-1))):
        assert wire.ask(ORDER, token=token).status_code == 401
    assert opened == []


def test_scopes_decide_what_a_token_may_do(wire: Wire) -> None:
    answer = wire.ask(ORDER, token=client_token(("catalogue",)))
    assert answer.json()["errors"][0]["extensions"] == {"code": "FORBIDDEN", "reason": "PERMISSION_MISSING"}
    assert wire.ask(ORDER).json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


def test_an_unknown_key_id_does_not_make_every_request_read_the_keys(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads: list[int] = []
    ring = access.KeyRing()
    moment = system_now()
    monkeypatch.setattr("mvne_platform.access.tokens.system_now", lambda: moment)
    monkeypatch.setattr(callers, "platform_work", lambda *a: loads.append(1) or platform_work(*a))
    asking = callers.Callers()
    asking.ring = ring
    unknown = "eyJhbGciOiJFUzI1NiIsImtpZCI6IngifQ.e30.c2ln"
    for _ in range(50):
        with pytest.raises(callers.NotSignedIn):
            asking.at_storefront(f"Bearer {unknown}", "testbrand.localhost", "testbrand")
    assert len(loads) == 5
