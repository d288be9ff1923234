"""Where usage files come from, and what was seen there."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from mvne_platform.runtime.models import BrandBase, Rights, primary_key


class SourceKind(StrEnum):
    """How files come: the platform fetches them (directory, sftp), or they are handed to it (upload, push)."""

    DIRECTORY = "directory"
    SFTP = "sftp"
    UPLOAD = "upload"
    PUSH = "push"


class ItemState(StrEnum):
    """What became of a file seen at a source; one that was refused may be wanted again."""

    TAKEN = "taken"
    REFUSED = "refused"
    WANTED = "wanted"


class UsageSource(BrandBase):
    """One operator's files for the brand: how they come, how they are read, when they are due.

    `settings` hold no secret. `schedule` is `{"every_minutes": 15}` or `{"at": ["06:00"], "weekdays": [0]}` (the
    brand's wall clock, 0 is Monday); timers of an older `schedule_number` do nothing.
    """

    __tablename__ = "usage_source"
    # What a pull notes about itself is shown, and no change of the source.
    __audit_ignores__ = (
        "pull_number",
        "pull_until",
        "next_pull_at",
        "pulled_at",
        "pull_error_code",
        "pull_error",
        "pulls_failed",
        "last_file_at",
        "test",
        "schedule_number",
    )

    id: Mapped[UUID] = primary_key()
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    operator: Mapped[str]
    kind: Mapped[SourceKind]
    format: Mapped[str]
    settings: Mapped[dict[str, Any]]
    secret_encrypted: Mapped[str | None]
    schedule: Mapped[dict[str, Any] | None]
    expected_minutes: Mapped[int | None]
    sequence_pattern: Mapped[str | None]
    paused: Mapped[bool] = mapped_column(default=False)
    schedule_number: Mapped[int] = mapped_column(default=1)
    # The pull that is under way, and until when (platform time) no other begins.
    pull_number: Mapped[int | None]
    pull_until: Mapped[datetime | None]
    next_pull_at: Mapped[datetime | None]
    pulled_at: Mapped[datetime | None]
    pull_error_code: Mapped[str | None]
    pull_error: Mapped[str | None]
    pulls_failed: Mapped[int] = mapped_column(default=0)
    last_file_at: Mapped[datetime | None]
    # How the last test of the connection ended: `at`, `code` and `message` of a trouble, `files`, `names`.
    test: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("code ~ '^[a-z][a-z0-9_-]{0,39}$'", name="code"),
        CheckConstraint("(pull_error IS NULL) = (pull_error_code IS NULL)", name="pull_error"),
        CheckConstraint("expected_minutes > 0", name="expected"),
    )


class UsageItem(BrandBase):
    """A file as it was seen at a source: by name, size and time of change it is dealt with once.

    `tidy_pending` until it has been moved or deleted there, where the source asks for that.
    """

    __tablename__ = "usage_item"
    __audited__ = False

    id: Mapped[UUID] = primary_key()
    source_id: Mapped[UUID] = mapped_column(ForeignKey(UsageSource.id))
    name: Mapped[str]
    size_bytes: Mapped[int]
    modified_ns: Mapped[int]
    state: Mapped[ItemState]
    code: Mapped[str | None]
    why: Mapped[str | None]
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("usage_file.id"))
    seen_at: Mapped[datetime]
    tidy_pending: Mapped[bool] = mapped_column(default=False)
    tidy_error: Mapped[str | None]

    __table_args__ = (
        UniqueConstraint("source_id", "name", "size_bytes", "modified_ns"),
        CheckConstraint("(state = 'refused') = (code IS NOT NULL)", name="refused"),
        Index("ix_usage_item_refused", "source_id", "id", postgresql_where=text("state = 'refused'")),
        Index("ix_usage_item_to_tidy", "source_id", "id", postgresql_where=text("tidy_pending")),
    )


class UsageGapWaiver(BrandBase):
    """Numbers of a source that will never come, and why: they are no longer shown as missing."""

    __tablename__ = "usage_gap_waiver"
    __rights__ = Rights.APPEND

    id: Mapped[UUID] = primary_key()
    source_id: Mapped[UUID] = mapped_column(ForeignKey(UsageSource.id))
    series: Mapped[str]
    first: Mapped[int]
    last: Mapped[int]
    why: Mapped[str]
    at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("first <= last", name="range"),
        Index(None, "source_id", "series"),
    )
