"""Making clients and staff, granting roles, signing in."""

import secrets as chance
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mvne_platform.access import passwords, permissions, queries, rules, tokens
from mvne_platform.access.errors import SignInRefused, StaffExists
from mvne_platform.access.models import ApiClient, Staff, StaffGrant
from mvne_platform.runtime import Context, secrets, settings
from mvne_platform.runtime.clock import system_now

STAFF_TOKEN = timedelta(hours=1)
CLIENT_SECRET = "api-client"  # noqa: S105  # names the purpose of the digest, not a secret


def create_client(
    ctx: Context, name: str, scopes: Sequence[str], *, token_lifetime: timedelta = timedelta(minutes=15)
) -> tuple[str, str]:
    """Make an API client of the brand; answers (client id, secret). The secret is shown here and never again."""
    ctx.require(permissions.STAFF_MANAGE)
    rules.check_scopes(scopes)
    client_id, secret = f"{ctx.brand.slug}-{chance.token_hex(8)}", chance.token_urlsafe(32)
    ctx.db.add(
        ApiClient(
            client_id=client_id,
            name=name,
            # 256 random bits cannot be guessed: a keyed digest is enough, and as quick as the token endpoint must be.
            secret_hash=secrets.digest(secret, purpose=CLIENT_SECRET).hex(),
            scopes=sorted(set(scopes)),
            token_seconds=int(token_lifetime.total_seconds()),
            created_at=system_now(),
        )
    )
    ctx.db.flush()
    return client_id, secret


def is_client_secret(client: ApiClient, secret: str) -> bool:
    """Whether `secret` is the client's, compared in constant time."""
    return chance.compare_digest(client.secret_hash, secrets.digest(secret, purpose=CLIENT_SECRET).hex())


def create_staff(db: Session, *, email: str, name: str, password: str) -> Staff:
    """Add a member of staff, without any grant; raises StaffExists, WeakPassword. Platform session of an edge."""
    if queries.staff_by_email(db, email) is not None:
        raise StaffExists(f"{email} already signs in here; grant roles to that account instead.", field=("email",))
    staff = Staff(
        email=email.strip().lower(), name=name, password_hash=passwords.hashed(password), created_at=system_now()
    )
    db.add(staff)
    db.flush()
    return staff


def grant(db: Session, staff_id: UUID, *, brand: str, role: str) -> None:
    """Give a role at one brand, or at all (`*`); again changes nothing. Raises UnknownRole. Platform session."""
    rules.check_role(role)
    row = insert(StaffGrant).values(staff_id=staff_id, brand=brand, role=role)
    db.execute(row.on_conflict_do_nothing())


def withdraw(db: Session, staff_id: UUID, *, brand: str, role: str) -> None:
    """Take a role back; it counts from the next request on. Platform session."""
    where = (StaffGrant.staff_id == staff_id, StaffGrant.brand == brand, StaffGrant.role == role)
    db.execute(delete(StaffGrant).where(*where))


def check_sign_in(found: queries.Credentials | None, password: str) -> UUID:
    """The staff id, if the password fits; raises SignInRefused. Slow on purpose, and needs no database."""
    fits = passwords.verified(found.password_hash if found else None, password)
    if found is None or not fits:
        raise SignInRefused("E-mail address and password do not belong together. Check both, or ask an administrator.")
    return found.staff_id


def staff_token(db: Session, staff_id: UUID, lifetime: timedelta = STAFF_TOKEN) -> str:
    """A token for the console; what it allows is read from the grants at each request. Platform session."""
    return tokens.issue(
        db,
        host=settings().console_host,
        audience=tokens.Audience.CONSOLE,
        subject=str(staff_id),
        lifetime=lifetime,
    )


def client_token(db: Session, client: ApiClient, host: str, scopes: tuple[str, ...]) -> str:
    """A token for the storefront on `host`. Platform session."""
    return tokens.issue(
        db,
        host=host,
        audience=tokens.Audience.STOREFRONT,
        subject=client.client_id,
        lifetime=timedelta(seconds=client.token_seconds),
        scopes=scopes,
    )
