"""Tokens are good for one host, one endpoint, until they expire or are revoked."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mvne_platform import access
from mvne_platform.access import keys, tokens
from mvne_platform.access.errors import TokenRefused
from mvne_platform.access.models import RevokedToken, SigningKey

HOST = "testbrand.localhost"
SHOP = access.Audience.STOREFRONT


def _token(db: Session, *, host: str = HOST, audience: access.Audience = SHOP, minutes: int = 15) -> str:
    return tokens.issue(
        db, host=host, audience=audience, subject="shop", lifetime=timedelta(minutes=minutes), scopes=("shop", "care")
    )


def _ring(db: Session) -> access.KeyRing:
    ring = access.KeyRing()
    ring.load(db)
    return ring


def test_a_token_says_who_and_what(platform_db: Session) -> None:
    token = _token(platform_db)
    claims = _ring(platform_db).verify(token, host=HOST, audience=SHOP)
    assert (claims.subject, claims.scopes) == ("shop", ("shop", "care"))


def test_a_token_of_another_host_is_refused_also_of_the_same_platform(platform_db: Session) -> None:
    token = _token(platform_db, host="otherbrand.localhost")
    with pytest.raises(TokenRefused, match="not signed for this host"):
        _ring(platform_db).verify(token, host=HOST, audience=SHOP)


def test_a_token_signed_by_this_hosts_key_in_anothers_name_is_refused(platform_db: Session) -> None:
    key = keys.signing_key(platform_db, HOST)
    claims = {"iss": "https://otherbrand.localhost", "aud": "storefront", "sub": "x", "jti": "1", "exp": 4102444800}
    token = tokens.jwt.encode({"alg": "ES256", "kid": str(key.kid)}, claims, key, ["ES256"])
    with pytest.raises(TokenRefused, match="another issuer"):
        _ring(platform_db).verify(token, host=HOST, audience=SHOP)


def test_a_token_of_the_other_endpoint_is_refused(platform_db: Session) -> None:
    token = _token(platform_db, audience=access.Audience.CONSOLE)
    with pytest.raises(TokenRefused, match="another endpoint"):
        _ring(platform_db).verify(token, host=HOST, audience=SHOP)


def test_an_expired_token_is_refused(platform_db: Session) -> None:
    token = _token(platform_db, minutes=-1)
    with pytest.raises(TokenRefused, match="has expired"):
        _ring(platform_db).verify(token, host=HOST, audience=SHOP)


def test_a_revoked_token_is_refused_once_the_ring_was_renewed(platform_db: Session) -> None:
    token = _token(platform_db)
    ring = _ring(platform_db)
    access.revoke_token(platform_db, ring.verify(token, host=HOST, audience=SHOP))
    ring.forget()
    assert ring.needs_loading(token)
    ring.load(platform_db)
    with pytest.raises(TokenRefused, match="has been revoked"):
        ring.verify(token, host=HOST, audience=SHOP)


def test_revoking_clears_away_what_has_expired_anyway(platform_db: Session) -> None:
    short, long = _token(platform_db, minutes=-1), _token(platform_db)
    for token in (short, long):
        payload = json.loads(urlsafe_b64decode(token.split(".")[1] + "=="))
        expires = tokens.datetime.fromtimestamp(payload["exp"], tokens.UTC)
        access.revoke_token(platform_db, access.Claims("shop", payload["jti"], (), expires))
    assert platform_db.scalar(select(func.count()).select_from(RevokedToken)) == 1


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0."])
def test_what_is_no_token_is_refused(platform_db: Session, text: str) -> None:
    with pytest.raises(TokenRefused):
        _ring(platform_db).verify(text, host=HOST, audience=SHOP)


def test_an_altered_token_is_refused(platform_db: Session) -> None:
    header, payload, signature = _token(platform_db).split(".")
    claims = json.loads(urlsafe_b64decode(payload + "=="))
    claims["scope"] = "shop care numbers"
    forged = urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    with pytest.raises(TokenRefused, match="signature does not fit"):
        _ring(platform_db).verify(f"{header}.{forged}.{signature}", host=HOST, audience=SHOP)


def test_an_unsigned_token_with_our_key_id_is_refused(platform_db: Session) -> None:
    header, payload, _ = _token(platform_db).split(".")
    kid = json.loads(urlsafe_b64decode(header + "=="))["kid"]
    unsigned = urlsafe_b64encode(json.dumps({"alg": "none", "kid": kid}).encode()).rstrip(b"=").decode()
    with pytest.raises(TokenRefused, match="signature does not fit"):
        _ring(platform_db).verify(f"{unsigned}.{payload}.", host=HOST, audience=SHOP)


def test_rotation_signs_with_the_new_key_and_honours_the_old(platform_db: Session) -> None:
    old = _token(platform_db)
    kid = access.rotate(platform_db, HOST)
    new = _token(platform_db)
    ring = _ring(platform_db)
    assert ring.verify(old, host=HOST, audience=SHOP).subject == "shop"
    assert ring.verify(new, host=HOST, audience=SHOP).subject == "shop"
    assert json.loads(urlsafe_b64decode(new.split(".")[0] + "=="))["kid"] == kid
    published = access.published_keys(platform_db, HOST)["keys"]
    assert next(key["kid"] for key in published) == kid
    assert len(published) == 2


def test_a_compromised_key_verifies_nothing_any_more(platform_db: Session) -> None:
    old = _token(platform_db)
    access.rotate(platform_db, HOST, compromised=True)
    with pytest.raises(TokenRefused):
        _ring(platform_db).verify(old, host=HOST, audience=SHOP)


def test_what_is_published_is_public_and_what_is_stored_is_sealed(platform_db: Session) -> None:
    published = access.published_keys(platform_db, HOST)["keys"][0]
    assert set(published) == {"kty", "crv", "x", "y", "kid", "use", "alg"}
    stored = platform_db.scalars(select(SigningKey.private_encrypted)).one()
    assert "PRIVATE" not in stored


def test_no_token_lives_longer_than_thirty_days(platform_db: Session) -> None:
    token = _token(platform_db, minutes=60 * 24 * 365)
    payload = json.loads(urlsafe_b64decode(token.split(".")[1] + "=="))
    assert payload["exp"] - payload["iat"] == 30 * 24 * 3600
