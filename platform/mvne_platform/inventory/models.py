"""SIMs and numbers, and the platform's directory of which brand holds an identifier."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mvne_platform.runtime.models import BrandBase, PlatformBase, Rights, primary_key


class ResourceState(StrEnum):
    """The stations of a SIM or number; QUARANTINE is a number's rest, which without an end waits for a person."""

    FREE = "free"
    RESERVED = "reserved"
    ASSIGNED = "assigned"
    QUARANTINE = "quarantine"
    RETIRED = "retired"


_HELD = "(state IN ('reserved', 'assigned')) = (reserved_for IS NOT NULL)"


class Sim(BrandBase):
    """A SIM card of the brand's stock."""

    __tablename__ = "sim"

    id: Mapped[UUID] = primary_key()
    iccid: Mapped[str] = mapped_column(unique=True)
    imsi: Mapped[str] = mapped_column(unique=True)
    puk_encrypted: Mapped[str | None]
    kind: Mapped[str] = mapped_column(default="physical")
    batch: Mapped[str]
    state: Mapped[ResourceState] = mapped_column(default=ResourceState.FREE)
    # The subscription it is reserved for or assigned to.
    reserved_for: Mapped[UUID | None]

    __table_args__ = (
        CheckConstraint("iccid ~ '^89[0-9]{17,18}$'", name="iccid"),
        CheckConstraint("imsi ~ '^[0-9]{14,15}$'", name="imsi"),
        CheckConstraint("kind IN ('physical', 'esim')", name="kind"),
        CheckConstraint(_HELD, name="holder"),
        Index("ix_sim_free", "kind", "iccid", postgresql_where=text("state = 'free'")),
        Index("ix_sim_holder", "reserved_for", postgresql_where=text("reserved_for IS NOT NULL")),
    )


class Number(BrandBase):
    """A telephone number (E.164 with +) of the brand's stock."""

    __tablename__ = "number"

    id: Mapped[UUID] = primary_key()
    msisdn: Mapped[str] = mapped_column(unique=True)
    group: Mapped[str] = mapped_column(default="standard")
    state: Mapped[ResourceState] = mapped_column(default=ResourceState.FREE)
    # The subscription it is reserved for or assigned to.
    reserved_for: Mapped[UUID | None]
    free_from: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("msisdn ~ '^\\+[1-9][0-9]{5,14}$'", name="msisdn"),
        CheckConstraint(_HELD, name="holder"),
        Index("ix_number_free", "group", "msisdn", postgresql_where=text("state = 'free'")),
        Index("ix_number_holder", "reserved_for", postgresql_where=text("reserved_for IS NOT NULL")),
    )


class DirectoryEntry(PlatformBase):
    """Which brand held a number or IMSI, and when: by it host files and charging find the brand."""

    __tablename__ = "directory_entry"
    __brand_rights__ = Rights.KEEP
    __row_security__ = True

    id: Mapped[UUID] = primary_key()
    brand_role: Mapped[str] = mapped_column(server_default=text("CURRENT_USER"))
    kind: Mapped[str]
    value: Mapped[str]
    during: Mapped[Any] = mapped_column(TSTZRANGE)

    __table_args__ = (
        CheckConstraint("kind IN ('msisdn', 'imsi', 'iccid', 'account')", name="kind"),
        ExcludeConstraint(("kind", "="), ("value", "="), ("during", "&&"), name="ex_directory_entry_one_holder"),
    )
