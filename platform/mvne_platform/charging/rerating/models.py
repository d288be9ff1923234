"""Runs that rate the past again, what they changed per subscription, and the newer results of events."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from mvne_platform.charging.models import RatedStatus
from mvne_platform.runtime.models import BrandBase, Rights, primary_key


class Cause(StrEnum):
    """Why the past is rated again: somebody asked, or a record came after later ones had been rated."""

    REQUESTED = "requested"
    LATE_USAGE = "late_usage"


class RunState(StrEnum):
    """Where a run stands; its difference is complete from COMPUTED on, and in the books when BOOKED."""

    COMPUTING = "computing"
    COMPUTED = "computed"
    BOOKING = "booking"
    BOOKED = "booked"
    DISCARDED = "discarded"


class ChangeState(StrEnum):
    """Whether an account's difference is booked; STALE when, by now, another one would come out."""

    COMPUTED = "computed"
    BOOKED = "booked"
    STALE = "stale"


class ReratingRun(BrandBase):
    """Usage that began at `since` or later (UTC, until `until`) rated again with what holds now.

    Narrowed to a subscription, a plan (offering code) or a price list; nothing named stands for all of them.
    """

    __tablename__ = "rerating_run"

    id: Mapped[UUID] = primary_key()
    cause: Mapped[Cause]
    reason: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    subscription_id: Mapped[UUID | None] = mapped_column(ForeignKey("subscription.id"))
    plan: Mapped[str | None]
    price_list: Mapped[str | None]
    state: Mapped[RunState] = mapped_column(default=RunState.COMPUTING)
    shares: Mapped[int] = mapped_column(default=0)
    shares_done: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    computed_at: Mapped[datetime | None]
    booked_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("until IS NULL OR until > since", name="period"),
        CheckConstraint("shares_done <= shares", name="shares"),
    )


class ReratingChange(BrandBase):
    """What a run changes for one subscription; amounts in micros of the brand's currency, deltas are new - old.

    Accounts are rated again and booked as a whole. `failed` events could not be rated now and keep their result.
    `digest` is of the newer results: booking refuses when it would book something else than was shown.
    """

    __tablename__ = "rerating_change"
    __audited__ = False

    run_id: Mapped[UUID] = mapped_column(ForeignKey(ReratingRun.id), primary_key=True)
    subscription_id: Mapped[UUID] = mapped_column(ForeignKey("subscription.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("billing_account.id"))
    events: Mapped[int]
    changed: Mapped[int]
    failed: Mapped[int]
    before_micros: Mapped[int]
    after_micros: Mapped[int]
    accrued_delta_micros: Mapped[int]
    debited_delta_micros: Mapped[int]
    digest: Mapped[str]
    state: Mapped[ChangeState] = mapped_column(default=ChangeState.COMPUTED)

    __table_args__ = (Index(None, "run_id", "account_id"), Index(None, "subscription_id"))


class ReratedEvent(BrandBase):
    """The newer result of a rated event; the one with the highest id holds. Never changed.

    Columns mean what they mean in `rated_event`. The deltas are to the result before; what accrues more or less is
    billed in `bill_period`, the event's own or the first that was not billed yet.
    """

    __tablename__ = "rerated_event"
    __rights__ = Rights.APPEND
    __audited__ = False

    subscription_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = primary_key()
    run_id: Mapped[UUID] = mapped_column(ForeignKey(ReratingRun.id))
    charged: Mapped[int]
    status: Mapped[RatedStatus]
    reason: Mapped[str | None]
    itemised: Mapped[bool]
    price_list_version_id: Mapped[UUID | None]
    rate_id: Mapped[UUID | None]
    zone: Mapped[str | None]
    # Where the result before stood: on bills the whole amount moves to the newer zone.
    zone_before: Mapped[str | None]
    band: Mapped[str | None]
    amount_micros: Mapped[int]
    accrued_micros: Mapped[int]
    debited_micros: Mapped[int]
    wholesale_micros: Mapped[int | None]
    wholesale_rate_id: Mapped[UUID | None]
    bucket_ids: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid))
    bucket_units: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))
    trace: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))
    accrued_delta_micros: Mapped[int]
    debited_delta_micros: Mapped[int]
    bill_period: Mapped[date]

    __table_args__ = (Index(None, "subscription_id", "bill_period"),)
