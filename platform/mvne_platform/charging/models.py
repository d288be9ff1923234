"""Rated events: what each usage event cost and what paid for it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mvne_platform.runtime.models import BrandBase, Rights, primary_key


class RatedStatus(StrEnum):
    """How an identified usage event ended."""

    RATED = "rated"
    NOT_CHARGEABLE = "not_chargeable"
    BARRED = "barred"


class RatedEvent(BrandBase):
    """One usage event of a subscription with its price. Never changed; partitioned by month of `key`.

    `key` is a UUID whose first 40 bits are the start in Unix seconds and whose rest is a hash of the natural key:
    one index serves idempotence and the reading of a subscriber's usage. `charged` is in the service's unit.
    `amount_micros` = `accrued_micros` (billed later) + `debited_micros` (taken from money) + what a policy waived.
    """

    __tablename__ = "rated_event"
    __rights__ = Rights.APPEND
    __audited__ = False

    subscription_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[UUID] = mapped_column(primary_key=True)
    start: Mapped[datetime]
    service: Mapped[str]
    other_party: Mapped[str | None]
    visited_network: Mapped[str | None]
    quantity: Mapped[int]
    charged: Mapped[int]
    status: Mapped[RatedStatus]
    reason: Mapped[str | None]
    price_list_version_id: Mapped[UUID | None]
    rate_id: Mapped[UUID | None]
    zone: Mapped[str | None]
    band: Mapped[str | None]
    currency: Mapped[str]
    amount_micros: Mapped[int]
    accrued_micros: Mapped[int]
    debited_micros: Mapped[int]
    takes: Mapped[list[dict[str, Any]]]
    trace: Mapped[list[dict[str, Any]]]
    # First day (brand's zone) of the billing period in which the accrued amount is billed.
    bill_period: Mapped[date]
    file_id: Mapped[UUID]
    file_row: Mapped[int]

    __table_args__ = (
        Index("ix_rated_event_file", "file_id"),
        {"postgresql_partition_by": "RANGE (key)"},
    )


class UsageChunk(BrandBase):
    """Rows of a usage file that were rated in one transaction; a usage entry in the ledger names its chunk.

    `rows_from` and `rows_to` are the first and last line of the file, both included.
    """

    __tablename__ = "usage_chunk"
    __rights__ = Rights.APPEND
    __audited__ = False

    id: Mapped[UUID] = primary_key()
    file_id: Mapped[UUID] = mapped_column(ForeignKey("usage_file.id"))
    rows_from: Mapped[int]
    rows_to: Mapped[int]
    rated_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("file_id", "rows_from"),
        CheckConstraint("rows_from <= rows_to", name="rows"),
    )
