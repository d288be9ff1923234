"""Bearer tokens: signed JWTs (RFC 7519, ES256) for one host and one endpoint, revocable before they expire."""

import threading
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mvne_platform.access import keys
from mvne_platform.access.errors import TokenRefused
from mvne_platform.access.models import RevokedToken
from mvne_platform.kernel import uuid7
from mvne_platform.runtime import settings
from mvne_platform.runtime.clock import system_now

ALGORITHMS = ["ES256"]
FRESH = timedelta(seconds=5)
# Made-up key ids must not make every request read the keys: so many looks a second, whoever asks.
LOOKS, LOOKS_WITHIN = 5, timedelta(seconds=1)


class Audience(StrEnum):
    """The endpoint a token is for; the other refuses it."""

    STOREFRONT = "storefront"
    CONSOLE = "console"


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified token says. `subject` is a client id at a storefront, a staff id at the console."""

    subject: str
    token_id: str
    scopes: tuple[str, ...]
    expires_at: datetime


def issuer_url(host: str) -> str:
    """The issuer identifier of a host: https in production, this machine's port in development."""
    return f"http://{host}:{settings().port}" if settings().development else f"https://{host}"


def issue(
    db: Session, *, host: str, audience: Audience, subject: str, lifetime: timedelta, scopes: tuple[str, ...] = ()
) -> str:
    """Sign a token for `host`; needs a platform session. At most 30 days."""
    key = keys.signing_key(db, host)
    now = system_now()
    claims: dict[str, Any] = {
        "iss": issuer_url(host),
        "aud": audience.value,
        "sub": subject,
        "jti": str(uuid7()),
        "iat": int(now.timestamp()),
        "exp": int((now + min(lifetime, keys.LONGEST_TOKEN)).timestamp()),
    }
    if scopes:
        claims["scope"] = " ".join(scopes)
    return jwt.encode({"alg": "ES256", "kid": str(key.kid)}, claims, key, ALGORITHMS)


def revoke(db: Session, claims: Claims) -> None:
    """Refuse a token from now on; other processes follow within five seconds. Needs a platform session."""
    db.execute(delete(RevokedToken).where(RevokedToken.expires_at < system_now()))
    row = insert(RevokedToken).values(jti=claims.token_id, expires_at=claims.expires_at)
    db.execute(row.on_conflict_do_nothing())


class KeyRing:
    """A process's copy of the public keys and the revoked tokens, renewed every few seconds."""

    def __init__(self) -> None:
        self._keys: dict[str, tuple[str, ECKey]] = {}
        self._revoked: frozenset[str] = frozenset()
        self._loaded_at = datetime.min.replace(tzinfo=UTC)
        self._looks: deque[datetime] = deque(maxlen=LOOKS)
        self._lock = threading.Lock()

    def needs_loading(self, token: str) -> bool:
        """Whether the copy is old, or may lack the token's key because that was made a moment ago."""
        now = system_now()
        if now - self._loaded_at > FRESH:
            return True
        if _key_id(token) in self._keys:
            return False
        return len(self._looks) < LOOKS or now - self._looks[0] > LOOKS_WITHIN

    def load(self, db: Session) -> None:
        """Read keys and revocations; needs a platform session."""
        now = system_now()
        found = {str(key.kid): (issuer, key) for issuer, key in keys.verification_keys(db)}
        revoked = frozenset(db.scalars(select(RevokedToken.jti).where(RevokedToken.expires_at > now)))
        with self._lock:
            self._keys, self._revoked, self._loaded_at = found, revoked, now
            self._looks.append(now)

    def forget(self) -> None:
        """Read again before the next token: something was revoked or rotated in this process."""
        self._loaded_at = datetime.min.replace(tzinfo=UTC)

    def verify(self, token: str, *, host: str, audience: Audience) -> Claims:
        """Check signature, issuer, audience, expiry and revocation; raises TokenRefused. No database."""
        issuer, key = self._keys.get(_key_id(token), (None, None))
        if key is None or issuer != host:
            raise TokenRefused("This token was not signed for this host; ask its /oauth/token or /sign-in.")
        try:
            claims = jwt.decode(token, key, ALGORITHMS).claims
            _RULES[audience].validate(claims)
        except JoseError as error:
            raise TokenRefused(_reason(error)) from error
        if urlsplit(claims["iss"]).hostname != host:
            raise TokenRefused("This token names another issuer than the host it was sent to.")
        if claims["jti"] in self._revoked:
            raise TokenRefused("This token has been revoked; sign in again.")
        return _claims(claims)


_RULES = {
    audience: jwt.JWTClaimsRegistry(
        iss={"essential": True},
        sub={"essential": True},
        jti={"essential": True},
        exp={"essential": True},
        aud={"essential": True, "value": audience.value},
    )
    for audience in Audience
}

_REASONS = {
    "expired_token": "This token has expired; ask for a new one.",
    "invalid_claim": "This token is for another endpoint, or one of its claims has the wrong form.",
    "missing_claim": "This token lacks a claim that every token of this platform carries.",
}


def _reason(error: JoseError) -> str:
    return _REASONS.get(error.error, "This token's signature does not fit; it was altered, or is not a token.")


def _claims(claims: dict[str, Any]) -> Claims:
    return Claims(
        subject=claims["sub"],
        token_id=claims["jti"],
        scopes=tuple(str(claims.get("scope", "")).split()),
        expires_at=datetime.fromtimestamp(claims["exp"], UTC),
    )


def _key_id(token: str) -> str:
    try:
        return str(jws.extract_compact(token.encode()).headers().get("kid", ""))
    except (JoseError, ValueError):
        return ""
