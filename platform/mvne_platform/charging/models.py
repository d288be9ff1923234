"""Rated events: what each usage event cost and what paid for it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
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
    the primary key, the only index, serves idempotence and the reading of a subscriber's usage. `charged` is in the
    service's unit. `amount_micros` = `accrued_micros` (billed later) + `debited_micros` (taken from money) + what a
    policy waived. Each of `bucket_ids` gave as many units (money: micros) as stand at its place in `bucket_units`.
    `trace` is `rating.Trace.as_ints`. `wholesale_micros` is what the host operator charges (None: unknown, or no
    contract). An event came with a row of a file (`file_id`, `file_row`), or was charged online (`charge_id`).
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
    # What reference data said of the called number at the start.
    operator: Mapped[str | None]
    number_class: Mapped[str | None]
    quantity: Mapped[int]
    charged: Mapped[int]
    status: Mapped[RatedStatus]
    reason: Mapped[str | None]
    # False for numbers that no bill and no list of usage may show.
    itemised: Mapped[bool]
    price_list_version_id: Mapped[UUID | None]
    rate_id: Mapped[UUID | None]
    zone: Mapped[str | None]
    band: Mapped[str | None]
    currency: Mapped[str]
    amount_micros: Mapped[int]
    accrued_micros: Mapped[int]
    debited_micros: Mapped[int]
    wholesale_micros: Mapped[int | None]
    wholesale_rate_id: Mapped[UUID | None]
    bucket_ids: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid))
    bucket_units: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))
    trace: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))
    # First day (brand's zone) of the billing period in which the accrued amount is billed.
    bill_period: Mapped[date]
    # The sharing group the subscription was a member of at the start.
    group_id: Mapped[UUID | None]
    attributes: Mapped[dict[str, Any] | None]
    file_id: Mapped[UUID | None]
    file_row: Mapped[int | None]
    charge_id: Mapped[UUID | None]
    # The settlement that booked an online charge: ledger entries of usage name it as they name a file's chunk.
    settlement_id: Mapped[UUID | None]

    __table_args__ = (
        CheckConstraint(
            "num_nonnulls(file_id, charge_id) = 1 AND (file_id IS NULL) = (file_row IS NULL)"
            " AND (charge_id IS NULL) = (settlement_id IS NULL)",
            name="origin",
        ),
        {"postgresql_partition_by": "RANGE (key)"},
    )


class UsageChunk(BrandBase):
    """Rows of a usage file that were rated in one transaction; a usage entry in the ledger names its chunk.

    `rows_from` and `rows_to` are the first and last line of the file, both included; `rows` lists the lines of a chunk
    that rates some of them again. The rated events' keys are in [`first_key`, `last_key`]; both None: it has none.
    """

    __tablename__ = "usage_chunk"
    __rights__ = Rights.APPEND
    __audited__ = False

    id: Mapped[UUID] = primary_key()
    file_id: Mapped[UUID] = mapped_column(ForeignKey("usage_file.id"))
    rows_from: Mapped[int]
    rows_to: Mapped[int]
    rows: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))
    first_key: Mapped[UUID | None]
    last_key: Mapped[UUID | None]
    rated_at: Mapped[datetime]

    __table_args__ = (
        Index("uq_usage_chunk_rows", "file_id", "rows_from", unique=True, postgresql_where=text("rows IS NULL")),
        CheckConstraint("rows_from <= rows_to", name="rows"),
        CheckConstraint("(first_key IS NULL) = (last_key IS NULL)", name="keys"),
    )


class LateUsage(BrandBase):
    """A line to be rated again from `since` on: usage arrived after later usage of its charging group was rated."""

    __tablename__ = "late_usage"
    __rights__ = Rights.FULL
    __audited__ = False

    subscription_id: Mapped[UUID] = mapped_column(ForeignKey("subscription.id"), primary_key=True)
    since: Mapped[datetime]
