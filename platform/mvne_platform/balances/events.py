"""What happened to balances."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from mvne_platform.balances.models import Reason
from mvne_platform.kernel import Fact, Unit


class LimitAction(StrEnum):
    """What the network is to do with a line whose limit is reached."""

    CUT_OFF = "cut_off"
    THROTTLE = "throttle"


@dataclass(frozen=True, slots=True)
class BalanceToppedUp(Fact):
    """Money came in; `amount_micros` of `currency`, for the occasion `reason_id`."""

    subscription_id: UUID
    amount_micros: int
    currency: str
    reason: Reason
    reason_id: UUID


@dataclass(frozen=True, slots=True)
class AllowanceThresholdReached(Fact):
    """Usage has reached `percent` of an allowance: `used` of `granted`, in `unit`, until `valid_to` (None: no end).

    The subscription is the owner's when the allowance is a sharing group's. Of several thresholds passed at once only
    the highest is told.
    """

    subscription_id: UUID
    group_id: UUID | None
    code: str
    percent: int
    unit: Unit
    granted: int
    used: int
    valid_to: datetime | None


@dataclass(frozen=True, slots=True)
class SpendThresholdReached(Fact):
    """Usage has accrued `percent` of what the subscription may spend in the billing period; micros of `currency`."""

    subscription_id: UUID
    percent: int
    limit_micros: int
    spent_micros: int
    currency: str
    period_start: datetime


@dataclass(frozen=True, slots=True)
class UsageLimitReached(Fact):
    """By its plan's policy the line is to be cut off or throttled; `code` is the allowance, or `spend`."""

    subscription_id: UUID
    code: str
    action: LimitAction


@dataclass(frozen=True, slots=True)
class SharingBegan(Fact):
    """A subscription joined a sharing group."""

    subscription_id: UUID
    group_id: UUID


@dataclass(frozen=True, slots=True)
class SharingEnded(Fact):
    """A subscription left a sharing group."""

    subscription_id: UUID
    group_id: UUID
