"""ES256 keys, one issuer per host: made when first needed, rotated at will, the private half sealed."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from joserfc.jwk import ECKey
from sqlalchemy import ColumnElement, or_, select, text
from sqlalchemy.orm import Session

from mvne_platform.access.models import SigningKey
from mvne_platform.kernel import uuid7
from mvne_platform.runtime import secrets
from mvne_platform.runtime.clock import system_now

LONGEST_TOKEN = timedelta(days=30)


def signing_key(db: Session, issuer: str) -> ECKey:
    """The newest key of `issuer` (a host name), made if there is none; needs a platform session."""
    row = _newest(db, issuer)
    if row is None:
        # Two processes may ask for the first key at once; the second finds the first one's.
        db.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended('signing-key/' || :issuer, 0))"), {"issuer": issuer}
        )
        row = _newest(db, issuer) or _make(db, issuer)
    return _private(row)


def rotate(db: Session, issuer: str, *, compromised: bool = False) -> str:
    """Sign with a new key from now on; answers its id.

    Tokens of earlier keys stay good until they expire, unless the old keys are `compromised`.
    """
    now = system_now()
    for row in db.scalars(select(SigningKey).where(SigningKey.issuer == issuer, SigningKey.retired_at.is_(None))):
        row.retired_at = now
    if compromised:
        for row in db.scalars(select(SigningKey).where(SigningKey.issuer == issuer)):
            row.retired_at = now - LONGEST_TOKEN
    return _make(db, issuer).kid


def verification_keys(db: Session) -> Sequence[tuple[str, ECKey]]:
    """(issuer, public key) of every key by which some unexpired token may be signed."""
    rows = db.scalars(select(SigningKey).where(_in_use(system_now())).order_by(SigningKey.created_at.desc()))
    return [(row.issuer, _public(row)) for row in rows]


def published_keys(db: Session, issuer: str) -> dict[str, list[dict[str, object]]]:
    """The issuer's public keys as a JWK set (RFC 7517)."""
    signing_key(db, issuer)
    rows = db.scalars(
        select(SigningKey)
        .where(SigningKey.issuer == issuer, _in_use(system_now()))
        .order_by(SigningKey.created_at.desc())
    )
    return {"keys": [{**_public(row).as_dict(private=False), "use": "sig", "alg": "ES256"} for row in rows]}


def _in_use(now: datetime) -> ColumnElement[bool]:
    return or_(SigningKey.retired_at.is_(None), SigningKey.retired_at > now - LONGEST_TOKEN)


def _newest(db: Session, issuer: str) -> SigningKey | None:
    return db.scalar(
        select(SigningKey)
        .where(SigningKey.issuer == issuer, SigningKey.retired_at.is_(None))
        .order_by(SigningKey.created_at.desc())
        .limit(1)
    )


def _make(db: Session, issuer: str) -> SigningKey:
    kid = str(uuid7())
    private = ECKey.generate_key("P-256", {"kid": kid}, private=True)
    row = SigningKey(
        kid=kid,
        issuer=issuer,
        private_encrypted=secrets.seal(private.as_pem(private=True).decode()),
        created_at=system_now(),
    )
    db.add(row)
    db.flush()
    return row


def _private(row: SigningKey) -> ECKey:
    return ECKey.import_key(secrets.unseal(row.private_encrypted), {"kid": row.kid})


def _public(row: SigningKey) -> ECKey:
    return ECKey.import_key(_private(row).as_pem(private=False), {"kid": row.kid})
