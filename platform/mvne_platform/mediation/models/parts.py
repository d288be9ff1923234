"""Partial records: the parts of calls that a switch wrote in several records."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from mvne_platform.mediation.models.files import UsageFile
from mvne_platform.runtime.models import BrandBase, Rights, primary_key


class CallState(StrEnum):
    """Whether more parts are waited for."""

    OPEN = "open"
    JOINED = "joined"


class PartialCall(BrandBase):
    """A call of several records, known by `call` (format, service, subscriber and the switch's own id).

    JOINED as soon as all parts are there, or at `due_at` with those that are; `key` is its event's.
    """

    __tablename__ = "partial_call"
    __audited__ = False

    id: Mapped[UUID] = primary_key()
    call: Mapped[str] = mapped_column(unique=True)
    state: Mapped[CallState] = mapped_column(default=CallState.OPEN)
    due_at: Mapped[datetime]
    joined_at: Mapped[datetime | None]
    key: Mapped[UUID | None]

    __table_args__ = (
        CheckConstraint("(state = 'joined') = (joined_at IS NOT NULL)", name="joined"),
        CheckConstraint("(joined_at IS NULL) = (key IS NULL)", name="key"),
        Index("ix_partial_call_open", "due_at", "id", postgresql_where=text("state = 'open'")),
    )


class PartialRecord(BrandBase):
    """One part of a call: the row that brought it, and its event as JSON."""

    __tablename__ = "partial_record"
    __rights__ = Rights.APPEND
    __audited__ = False

    id: Mapped[UUID] = primary_key()
    call_id: Mapped[UUID] = mapped_column(ForeignKey(PartialCall.id))
    number: Mapped[int]
    last: Mapped[bool]
    file_id: Mapped[UUID] = mapped_column(ForeignKey(UsageFile.id))
    row: Mapped[int]
    record: Mapped[str]
    event: Mapped[dict[str, Any]]

    __table_args__ = (UniqueConstraint("call_id", "number"), UniqueConstraint("file_id", "row"))
