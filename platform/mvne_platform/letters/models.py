"""Templates and the letters made from them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mvne_platform.runtime.models import BrandBase, Rights, primary_key


class Channel(StrEnum):
    """How a letter travels."""

    EMAIL = "email"
    SMS = "sms"


class LetterState(StrEnum):
    """Where a letter stands."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


class LetterTemplate(BrandBase):
    """A text of the brand for one occasion, language and channel; Jinja in a sandbox."""

    __tablename__ = "letter_template"
    __rights__ = Rights.FULL

    id: Mapped[UUID] = primary_key()
    code: Mapped[str]
    language: Mapped[str]
    channel: Mapped[Channel]
    subject: Mapped[str | None]
    body: Mapped[str]

    __table_args__ = (UniqueConstraint("code", "language", "channel"),)


class Letter(BrandBase):
    """A letter to a customer as it was sent."""

    __tablename__ = "letter"

    id: Mapped[UUID] = primary_key()
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"))
    code: Mapped[str]
    occasion_id: Mapped[UUID]
    channel: Mapped[Channel]
    recipient: Mapped[str]
    subject: Mapped[str | None]
    body: Mapped[str]
    state: Mapped[LetterState] = mapped_column(default=LetterState.QUEUED)
    error: Mapped[str | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("code", "occasion_id", "channel"), Index(None, "customer_id", "id"))
