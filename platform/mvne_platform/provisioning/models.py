"""Requests to network elements and every exchange made for them."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mvne_platform.runtime.models import BrandBase, Rights, primary_key


class NetworkOperation(StrEnum):
    """What the network is asked to do."""

    ACTIVATE = "activate"
    SUSPEND = "suspend"
    RESUME = "resume"
    TERMINATE = "terminate"


class RequestState(StrEnum):
    """Where a request stands; FAILED was refused, or waits for a person when nobody answered (`unreachable`)."""

    OPEN = "open"
    DONE = "done"
    FAILED = "failed"


class NetworkRequest(BrandBase):
    """One thing asked of the network for a subscription; its id makes repetition harmless."""

    __tablename__ = "network_request"
    __audit_ignores__ = ("attempts",)

    id: Mapped[UUID] = primary_key()
    subscription_id: Mapped[UUID] = mapped_column(ForeignKey("subscription.id"), index=True)
    cause_id: Mapped[UUID]
    adapter: Mapped[str]
    operation: Mapped[NetworkOperation]
    payload: Mapped[dict[str, Any]]
    state: Mapped[RequestState] = mapped_column(default=RequestState.OPEN)
    # Times in a row that no answer came.
    attempts: Mapped[int] = mapped_column(default=0)
    error_code: Mapped[str | None]
    error_message: Mapped[str | None]
    requested_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("cause_id", "operation", "subscription_id"), Index(None, "state", "id"))


class NetworkExchange(BrandBase):
    """One question and answer with a network element, as they went over the wire, secrets removed."""

    __tablename__ = "network_exchange"
    __rights__ = Rights.APPEND
    __audited__ = False

    id: Mapped[UUID] = primary_key()
    request_id: Mapped[UUID] = mapped_column(ForeignKey(NetworkRequest.id))
    sent: Mapped[dict[str, Any]]
    received: Mapped[dict[str, Any] | None]
    status: Mapped[str]
    at: Mapped[datetime]

    __table_args__ = (Index(None, "request_id", "id"),)
