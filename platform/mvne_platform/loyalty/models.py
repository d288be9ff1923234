"""Programme, members, points and what they are redeemed for."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mvne_platform.kernel import Unit
from mvne_platform.runtime.models import BrandBase, Rights, primary_key


class AccrualTrigger(StrEnum):
    """What earns points."""

    TOP_UP = "top_up"
    BILL = "bill"
    TENURE = "tenure"


class PointsReason(StrEnum):
    """Why points moved."""

    ACCRUAL = "accrual"
    REDEMPTION = "redemption"


class Programme(BrandBase):
    """The brand's loyalty programme; names are by language."""

    __tablename__ = "programme"

    id: Mapped[UUID] = primary_key()
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[dict[str, str]]


class AccrualRule(BrandBase):
    """Points per trigger: `points` for each full `per_micros` of money, or at each of the `months` of service.

    Months are `[{"month": 1}, …]`. A rule with neither money nor months rests: it explains what it once gave.
    """

    __tablename__ = "accrual_rule"

    id: Mapped[UUID] = primary_key()
    programme_id: Mapped[UUID] = mapped_column(ForeignKey(Programme.id))
    code: Mapped[str] = mapped_column(unique=True)
    trigger: Mapped[AccrualTrigger]
    points: Mapped[int]
    per_micros: Mapped[int | None]
    months: Mapped[list[dict[str, Any]] | None]

    __table_args__ = (CheckConstraint("points > 0", name="points"),)


class Member(BrandBase):
    """A customer in the programme; `points` is the sum of the member's ledger."""

    __tablename__ = "member"

    id: Mapped[UUID] = primary_key()
    programme_id: Mapped[UUID] = mapped_column(ForeignKey(Programme.id))
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), unique=True)
    points: Mapped[int] = mapped_column(default=0)
    enrolled_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("points >= 0", name="points"),)


class PointsEntry(BrandBase):
    """One movement of a member's points; never changed, never deleted."""

    __tablename__ = "points_entry"
    __rights__ = Rights.APPEND
    __audited__ = False

    id: Mapped[UUID] = primary_key()
    member_id: Mapped[UUID] = mapped_column(ForeignKey(Member.id))
    delta: Mapped[int]
    reason: Mapped[PointsReason]
    rule_id: Mapped[UUID]
    cause_id: Mapped[UUID]
    occurred_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("rule_id", "cause_id"), Index(None, "member_id", "id"))


class Reward(BrandBase):
    """Something points buy: an allowance, valid for some days."""

    __tablename__ = "reward"

    id: Mapped[UUID] = primary_key()
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[dict[str, str]]
    points: Mapped[int]
    unit: Mapped[Unit]
    quantity: Mapped[int]
    services: Mapped[list[str]]
    zones: Mapped[list[str]]
    valid_days: Mapped[int]
    hidden: Mapped[bool] = mapped_column(default=False)


class Redemption(BrandBase):
    """Points exchanged for a reward on one subscription."""

    __tablename__ = "redemption"

    id: Mapped[UUID] = primary_key()
    member_id: Mapped[UUID] = mapped_column(ForeignKey(Member.id), index=True)
    reward_id: Mapped[UUID] = mapped_column(ForeignKey(Reward.id))
    subscription_id: Mapped[UUID] = mapped_column(ForeignKey("subscription.id"))
    bucket_id: Mapped[UUID] = mapped_column(ForeignKey("bucket.id"))
    points: Mapped[int]
    redeemed_at: Mapped[datetime]
