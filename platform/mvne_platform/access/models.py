"""Staff with their grants, API clients, signing keys."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from mvne_platform.runtime.models import BrandBase, PlatformBase, Rights, primary_key

EVERY_BRAND = "*"


class Staff(PlatformBase):
    """A person who works for the MVNE or for a brand."""

    __tablename__ = "staff"
    __audited__ = True

    id: Mapped[UUID] = primary_key()
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("email = lower(email)", name="email"),)


class StaffGrant(PlatformBase):
    """A role of a member of staff at one brand; `*` stands for every brand and the platform itself."""

    __tablename__ = "staff_grant"
    __audited__ = True
    __rights__ = Rights.FULL

    staff_id: Mapped[UUID] = mapped_column(ForeignKey(Staff.id), primary_key=True)
    brand: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)


class SigningKey(PlatformBase):
    """An issuer's ES256 key; the private half is encrypted with the installation's secret."""

    __tablename__ = "signing_key"
    __audited__ = True

    kid: Mapped[str] = mapped_column(primary_key=True)
    issuer: Mapped[str] = mapped_column(index=True)
    private_encrypted: Mapped[str]
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class RevokedToken(PlatformBase):
    """A token that is refused although it has not expired."""

    __tablename__ = "revoked_token"
    __rights__ = Rights.FULL

    jti: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime]


class ApiClient(BrandBase):
    """A webshop or legacy system that signs in with client credentials (RFC 6749 §4.4)."""

    __tablename__ = "api_client"

    id: Mapped[UUID] = primary_key()
    client_id: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    secret_hash: Mapped[str]
    scopes: Mapped[list[str]]
    token_seconds: Mapped[int] = mapped_column(default=900)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
