"""Who is known, and what they were granted."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from mvne_platform.access import rules
from mvne_platform.access.models import ApiClient, Staff, StaffGrant
from mvne_platform.runtime import Actor, ActorKind


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A member of staff with every grant as (brand, role); brand `*` stands for all."""

    id: UUID
    email: str
    name: str
    grants: tuple[tuple[str, str], ...]

    def actor(self, brand: str | None) -> Actor:
        """The member as an actor at one brand, or (None) at the platform itself."""
        return Actor(ActorKind.STAFF, str(self.id), rules.permissions_at(self.grants, brand))


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a sign-in is checked against."""

    staff_id: UUID
    password_hash: str


def staff_member(db: Session, staff_id: UUID) -> StaffMember | None:
    """An active member of staff with grants, in one statement; None when unknown or inactive. Platform session."""
    rows = db.execute(
        select(Staff.email, Staff.name, StaffGrant.brand, StaffGrant.role)
        .outerjoin(StaffGrant)
        .where(Staff.id == staff_id, Staff.active)
    ).all()
    if not rows:
        return None
    grants = tuple((row.brand, row.role) for row in rows if row.brand is not None)
    return StaffMember(staff_id, rows[0].email, rows[0].name, grants)


def credentials(db: Session, email: str) -> Credentials | None:
    """What the active member with this e-mail address signs in with. Platform session."""
    row = db.execute(
        select(Staff.id, Staff.password_hash).where(Staff.email == email.strip().lower(), Staff.active)
    ).one_or_none()
    return Credentials(row.id, row.password_hash) if row else None


def staff_by_email(db: Session, email: str) -> Staff | None:
    """A member of staff by e-mail address, active or not. Platform session."""
    return db.scalar(select(Staff).where(Staff.email == email.strip().lower()))


def active_client(db: Session, client_id: str) -> ApiClient | None:
    """An active API client of the session's brand."""
    return db.scalar(select(ApiClient).where(ApiClient.client_id == client_id, ApiClient.active))
