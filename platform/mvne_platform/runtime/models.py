"""Bases of all tables, and the tables of the runtime itself."""

import enum
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Enum,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    MetaData,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from mvne_platform.kernel import uuid7

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# Text with a CHECK, never a native enum: a native type differs per schema and breaks prepared statements.
TEXT_ENUM = Enum(
    enum.Enum,
    native_enum=False,
    create_constraint=True,
    validate_strings=True,
    length=40,
    values_callable=lambda members: [member.value for member in members],
)

COLUMN_TYPES: dict[Any, Any] = {
    bytes: LargeBinary,
    datetime: DateTime(timezone=True),
    dict[str, Any]: JSONB,
    dict[str, str]: JSONB,
    enum.Enum: TEXT_ENUM,
    int: BigInteger,
    list[dict[str, Any]]: JSONB,
    list[str]: ARRAY(Text),
    str: Text,
    UUID: Uuid,
}


class Rights(enum.StrEnum):
    """What the application's role may do with the rows of a table."""

    READ = "select"
    APPEND = "select, insert"
    KEEP = "select, insert, update"
    FULL = "select, insert, update, delete"


class BrandBase(DeclarativeBase):
    """Tables in each brand's schema, found through the search path; never schema-qualified."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = COLUMN_TYPES
    __rights__: ClassVar[Rights] = Rights.KEEP
    # Where rows may be updated: the only columns that may be; none stands for all.
    __updates__: ClassVar[tuple[str, ...]] = ()
    __audited__: ClassVar[bool] = True
    # Columns whose change alone is not worth an audit row.
    __audit_ignores__: ClassVar[tuple[str, ...]] = ()
    # What a revision executes once the new tables are there: expressions of `migrations.ddl`.
    __ddl__: ClassVar[tuple[str, ...]] = ()


class PlatformBase(DeclarativeBase):
    """Tables of the schema `platform`, shared by all brands."""

    metadata = MetaData(naming_convention=NAMING, schema="platform")
    type_annotation_map = COLUMN_TYPES
    # What the edges (role mvne_platform) and what a brand's session (role mvne_brand) may do.
    __rights__: ClassVar[Rights] = Rights.KEEP
    __brand_rights__: ClassVar[Rights | None] = None
    # Row security for brands: rows whose `brand_role` is the session's role.
    __row_security__: ClassVar[bool] = False
    __audited__: ClassVar[bool] = False
    __audit_ignores__: ClassVar[tuple[str, ...]] = ()


def primary_key() -> Any:
    """A uuid7 primary key made by the application."""
    return mapped_column(primary_key=True, default=uuid7)


class FactRow(BrandBase):
    """The durable log of what happened in a brand."""

    __tablename__ = "fact"
    __rights__ = Rights.APPEND
    __audited__ = False

    id: Mapped[UUID] = primary_key()
    kind: Mapped[str]
    subject_id: Mapped[UUID]
    payload: Mapped[dict[str, Any]]
    actor: Mapped[str]
    request_id: Mapped[str]
    occurred_at: Mapped[datetime]

    __table_args__ = (Index(None, "subject_id", "id"), Index(None, "kind", "id"))


class FactPosition(BrandBase):
    """Where a fact stands in the brand's order; given after commit, so that no cursor skips one."""

    __tablename__ = "fact_position"
    __rights__ = Rights.APPEND
    __audited__ = False

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    fact_id: Mapped[UUID] = mapped_column(ForeignKey("fact.id"), unique=True)


class Outbox(BrandBase):
    """Facts committed and not yet positioned; the relay empties it."""

    __tablename__ = "outbox"
    __rights__ = Rights.FULL
    __audited__ = False

    fact_id: Mapped[UUID] = mapped_column(ForeignKey("fact.id"), primary_key=True)


class _Promise:
    """The columns of promised work: what, for whom, how often it was tried, and who is at it."""

    id: Mapped[UUID] = primary_key()
    name: Mapped[str]
    queue: Mapped[str]
    arguments: Mapped[dict[str, Any]]
    actor: Mapped[str]
    request_id: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    relayed_at: Mapped[datetime | None]
    leased_until: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    last_error: Mapped[str | None]


class JobRow(_Promise, BrandBase):
    """Work promised in a committed transaction; deleted in the transaction that does it."""

    __tablename__ = "job"
    __rights__ = Rights.FULL
    __audited__ = False

    __table_args__ = (Index("ix_job_not_relayed", "id", postgresql_where=text("relayed_at IS NULL")),)


class AuditRow(BrandBase):
    """One changed row: who, what, before and after. Written by triggers only."""

    __tablename__ = "audit"
    __rights__ = Rights.READ
    __audited__ = False

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    table_name: Mapped[str]
    row_id: Mapped[str]
    operation: Mapped[str]
    actor: Mapped[str]
    request_id: Mapped[str]
    at: Mapped[datetime]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]

    __table_args__ = (
        CheckConstraint("operation IN ('INSERT', 'UPDATE', 'DELETE')", name="operation"),
        Index(None, "table_name", "row_id", "id"),
        Index(None, "actor", "id"),
    )


class IdempotencyRow(BrandBase):
    """The first answer to a request, kept so that a repetition gets the same one."""

    __tablename__ = "idempotency"
    __rights__ = Rights.FULL
    __audited__ = False

    client: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    body_digest: Mapped[bytes]
    result: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]


class BrandRow(PlatformBase):
    """The registry of brands."""

    __tablename__ = "brand"
    __audited__ = True
    __audit_ignores__ = ("clock_at", "clock_target")
    __brand_rights__ = Rights.READ
    __row_security__ = True

    slug: Mapped[str] = mapped_column(primary_key=True)
    brand_role: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    state: Mapped[str]
    country: Mapped[str]
    currency: Mapped[str]
    time_zone: Mapped[str]
    languages: Mapped[list[str]]
    profile: Mapped[dict[str, Any]]
    manifest_digest: Mapped[str]
    clock_at: Mapped[datetime | None]
    clock_target: Mapped[datetime | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        CheckConstraint("state IN ('sandbox', 'live', 'suspended', 'closing', 'closed')", name="state"),
        CheckConstraint("slug ~ '^[a-z][a-z0-9]{1,29}$'", name="slug"),
    )


class HostRow(PlatformBase):
    """Which brand answers on a host name."""

    __tablename__ = "host"
    __rights__ = Rights.FULL
    __audited__ = True

    host: Mapped[str] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(ForeignKey(BrandRow.slug))


class Doorbell(PlatformBase):
    """Rung in each transaction that promised work; tells the relay at which brand to look."""

    __tablename__ = "doorbell"
    __rights__ = Rights.FULL
    __brand_rights__ = Rights.APPEND
    __row_security__ = True

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    brand_role: Mapped[str] = mapped_column(server_default=text("CURRENT_USER"))


class TimerRow(PlatformBase):
    """Work due at an instant of the brand's clock."""

    __tablename__ = "timer"
    __rights__ = Rights.FULL
    __brand_rights__ = Rights.FULL
    __row_security__ = True

    id: Mapped[UUID] = primary_key()
    brand_role: Mapped[str] = mapped_column(server_default=text("CURRENT_USER"))
    due_at: Mapped[datetime]
    job: Mapped[str]
    queue: Mapped[str]
    arguments: Mapped[dict[str, Any]]

    __table_args__ = (Index(None, "due_at"), Index(None, "brand_role", "due_at"))


class PlatformJobRow(_Promise, PlatformBase):
    """Work of the platform itself (onboarding a brand, which has no schema yet)."""

    __tablename__ = "job"
    __rights__ = Rights.FULL


class PlatformAuditRow(PlatformBase):
    """What was changed in the platform's own tables, and by whom. Written by triggers only."""

    __tablename__ = "audit"
    __rights__ = Rights.READ

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    table_name: Mapped[str]
    row_id: Mapped[str]
    operation: Mapped[str]
    actor: Mapped[str]
    request_id: Mapped[str]
    at: Mapped[datetime]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
