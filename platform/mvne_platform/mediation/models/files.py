"""Usage files and the rows that were not rated."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from mvne_platform.mediation.models.sources import UsageSource
from mvne_platform.runtime.models import BrandBase, Rights, primary_key


class FileState(StrEnum):
    """Where a usage file stands."""

    RECEIVED = "received"
    LOADING = "loading"
    LOADED = "loaded"
    REJECTED = "rejected"
    DISCARDED = "discarded"


class ExceptionKind(StrEnum):
    """Why a row is not among the rated events."""

    DUPLICATE = "duplicate"
    FAILED = "failed"
    CORRELATED = "correlated"


class UsageFile(BrandBase):
    """A file as it arrived, by the SHA-256 of its bytes; counts say how each of its rows ended.

    `rows_done` rows in the first `bytes_done` bytes are accounted for; a load goes on from there.
    """

    __tablename__ = "usage_file"
    # Whether `receive_file` had these bytes before: of the call, not of the row.
    already = False

    id: Mapped[UUID] = primary_key()
    name: Mapped[str]
    format: Mapped[str]
    digest: Mapped[str] = mapped_column(unique=True)
    size_bytes: Mapped[int]
    stored_as: Mapped[str]
    state: Mapped[FileState] = mapped_column(default=FileState.RECEIVED)
    rejection: Mapped[str | None]
    # Why it lies in quarantine, for programs; `lenient` was released from there in spite of it.
    rejection_code: Mapped[str | None]
    lenient: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    source_id: Mapped[UUID | None] = mapped_column(ForeignKey(UsageSource.id), index=True)
    # What the source's pattern finds in the name: numbers count within a series (a day, say).
    series: Mapped[str | None]
    sequence: Mapped[int | None]
    rows_done: Mapped[int] = mapped_column(default=0)
    bytes_done: Mapped[int] = mapped_column(default=0)
    rows_total: Mapped[int | None]
    rated: Mapped[int] = mapped_column(default=0)
    not_chargeable: Mapped[int] = mapped_column(default=0)
    barred: Mapped[int] = mapped_column(default=0)
    duplicate: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    correlated: Mapped[int] = mapped_column(default=0)
    written_off: Mapped[int] = mapped_column(default=0)
    # Parts of calls whose event came, or will come, with another row: see models/parts.py.
    collected: Mapped[int] = mapped_column(default=0)
    received_at: Mapped[datetime]
    loaded_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(
            "rows_done = rated + not_chargeable + barred + duplicate + failed + correlated + written_off + collected",
            name="accounted",
        ),
        CheckConstraint(
            "least(rated, not_chargeable, barred, duplicate, failed, correlated, written_off, collected) >= 0",
            name="counts",
        ),
        CheckConstraint("rows_total IS NULL OR rows_total = rows_done", name="total"),
        CheckConstraint("(state = 'loaded') = (rows_total IS NOT NULL)", name="loaded"),
        CheckConstraint("state <> 'rejected' OR rejection IS NOT NULL", name="rejected"),
        CheckConstraint("(rejection IS NULL) = (rejection_code IS NULL)", name="rejection"),
        CheckConstraint("(series IS NULL) = (sequence IS NULL)", name="sequence"),
        Index(
            "ix_usage_file_sequence", "source_id", "series", "sequence", postgresql_where=text("sequence IS NOT NULL")
        ),
        Index(None, "state", "id"),
    )


class UsageException(BrandBase):
    """A row that was not rated when it came, with its reason and the record as received. Never changed.

    What was done about a failed one since stands in `failure_action`.
    """

    __tablename__ = "usage_exception"
    __rights__ = Rights.APPEND
    __audited__ = False

    id: Mapped[UUID] = primary_key()
    file_id: Mapped[UUID] = mapped_column(ForeignKey(UsageFile.id))
    row: Mapped[int]
    kind: Mapped[ExceptionKind]
    reason: Mapped[str]
    detail: Mapped[str]
    record: Mapped[str]
    # Of the event, where the row could be read.
    service: Mapped[str | None]
    start: Mapped[datetime | None]
    recorded_at: Mapped[datetime]

    __table_args__ = (
        Index(None, "file_id", "row", unique=True),
        Index(None, "kind", "reason", "id"),
    )


class FileDeed(StrEnum):
    """What was done about a file in quarantine."""

    REJECTED = "rejected"
    RETRIED = "retried"
    RELEASED = "released"
    DISCARDED = "discarded"


class UsageFileAction(BrandBase):
    """The history of a file's quarantine: how it came there, what was tried, by whom and why."""

    __tablename__ = "usage_file_action"
    __rights__ = Rights.APPEND
    __audited__ = False

    id: Mapped[UUID] = primary_key()
    file_id: Mapped[UUID] = mapped_column(ForeignKey(UsageFile.id))
    action: Mapped[FileDeed]
    format: Mapped[str]
    code: Mapped[str | None]
    why: Mapped[str]
    actor: Mapped[str]
    at: Mapped[datetime]

    __table_args__ = (Index(None, "file_id", "id"),)
