"""Usage files and the rows that could not be rated."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from mvne_platform.runtime.models import BrandBase, Rights, primary_key


class FileState(StrEnum):
    """Where a usage file stands."""

    RECEIVED = "received"
    LOADING = "loading"
    LOADED = "loaded"
    REJECTED = "rejected"


class ExceptionKind(StrEnum):
    """Why a row is not among the rated events."""

    DUPLICATE = "duplicate"
    FAILED = "failed"


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
    rows_done: Mapped[int] = mapped_column(default=0)
    bytes_done: Mapped[int] = mapped_column(default=0)
    rows_total: Mapped[int | None]
    rated: Mapped[int] = mapped_column(default=0)
    not_chargeable: Mapped[int] = mapped_column(default=0)
    barred: Mapped[int] = mapped_column(default=0)
    duplicate: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    received_at: Mapped[datetime]
    loaded_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("rows_done = rated + not_chargeable + barred + duplicate + failed", name="accounted"),
        CheckConstraint("rows_total IS NULL OR rows_total = rows_done", name="total"),
        CheckConstraint("(state = 'loaded') = (rows_total IS NOT NULL)", name="loaded"),
        CheckConstraint("(state = 'rejected') = (rejection IS NOT NULL)", name="rejected"),
    )


class UsageException(BrandBase):
    """A row that was a duplicate or could not be rated, with its reason and the record as received."""

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
    recorded_at: Mapped[datetime]

    __table_args__ = (
        Index(None, "file_id", "row", unique=True),
        Index(None, "kind", "reason", "id"),
    )
