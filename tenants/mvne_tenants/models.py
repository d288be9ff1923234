"""Manifests handed in, and what became of them."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from mvne_platform.runtime.models import PlatformBase, primary_key


class ApplicationState(StrEnum):
    """Where the application of a manifest stands."""

    REQUESTED = "requested"
    RUNNING = "running"
    APPLIED = "applied"
    FAILED = "failed"


class BrandApplication(PlatformBase):
    """A manifest handed in to be applied: its texts by path, who asked, what changed or why it was refused."""

    __tablename__ = "brand_application"
    __audited__ = False  # it is a record of its own; the changes it makes are audited where they happen

    id: Mapped[UUID] = primary_key()
    slug: Mapped[str]
    digest: Mapped[str]
    files: Mapped[dict[str, str]]
    state: Mapped[ApplicationState] = mapped_column(default=ApplicationState.REQUESTED)
    # The last step whose transaction has ended; work taken up again begins anew, as every step may be repeated.
    step: Mapped[str | None]
    faults: Mapped[list[dict[str, Any]] | None]
    changes: Mapped[list[dict[str, Any]] | None]
    error: Mapped[str | None]
    # Credentials of API clients made by this application, until they are collected.
    credentials_encrypted: Mapped[str | None]
    requested_by: Mapped[str]
    requested_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    __table_args__ = (Index(None, "slug", "id"),)
