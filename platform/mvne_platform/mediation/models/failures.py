"""What was done about rows that could not be rated."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from mvne_platform.mediation.models.files import UsageException
from mvne_platform.runtime.models import BrandBase, Rights, primary_key


class FailureDeed(StrEnum):
    """What happened to a failed row."""

    CORRECTED = "corrected"
    FAILED = "failed"
    RATED = "rated"
    WRITTEN_OFF = "written_off"


class BatchKind(StrEnum):
    """What is done to many failures at once."""

    RATE_AGAIN = "rate_again"
    WRITE_OFF = "write_off"


class BatchState(StrEnum):
    """Where a batch stands."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


class FailureBatch(BrandBase):
    """Many failures dealt with in the background; `cursor` is the last one looked at, `last` where it ends."""

    __tablename__ = "failure_batch"
    __audit_ignores__ = ("cursor", "looked_at", "closed")

    id: Mapped[UUID] = primary_key()
    kind: Mapped[BatchKind]
    selection: Mapped[dict[str, Any]]
    why: Mapped[str]
    state: Mapped[BatchState] = mapped_column(default=BatchState.RUNNING)
    total: Mapped[int]
    looked_at: Mapped[int] = mapped_column(default=0)
    closed: Mapped[int] = mapped_column(default=0)
    cursor: Mapped[UUID | None]
    last: Mapped[UUID | None]
    actor: Mapped[str]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("closed <= looked_at AND looked_at <= total", name="progress"),
        CheckConstraint("(state = 'running') = (finished_at IS NULL)", name="finished"),
    )


class FailureAction(BrandBase):
    """One step of a failed row's history; the latest says how it stands.

    CORRECTED keeps the new `record` and `why`; FAILED the newest `reason` and `detail`; RATED in `reason` how the row
    ended (rated, not_chargeable, barred, duplicate, correlated, collected); WRITTEN_OFF `why`.
    """

    __tablename__ = "failure_action"
    __rights__ = Rights.APPEND
    __audited__ = False

    id: Mapped[UUID] = primary_key()
    exception_id: Mapped[UUID] = mapped_column(ForeignKey(UsageException.id))
    action: Mapped[FailureDeed]
    reason: Mapped[str | None]
    detail: Mapped[str | None]
    why: Mapped[str | None]
    record: Mapped[str | None]
    batch_id: Mapped[UUID | None] = mapped_column(ForeignKey(FailureBatch.id))
    actor: Mapped[str]
    at: Mapped[datetime]

    __table_args__ = (
        Index(None, "exception_id", "id"),
        CheckConstraint("(action = 'corrected') = (record IS NOT NULL)", name="record"),
        CheckConstraint("action IN ('rated', 'failed') OR why IS NOT NULL", name="why"),
        CheckConstraint("action NOT IN ('rated', 'failed') OR reason IS NOT NULL", name="reason"),
    )
