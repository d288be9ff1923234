"""Who held an identifier when, and on which plan: what charging reads once for thousands of records. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mvne_platform.catalogue import OnlinePolicy, PaymentMode

USUAL_POLICY = OnlinePolicy()

Identifier = tuple[str, str]
"""Kind (a value of IdentifierKind) and value, such as ("msisdn", "+4520123456")."""


@dataclass(frozen=True, slots=True)
class PlanPeriod:
    """A plan during [valid_from, valid_to); `price_list` is the code of its usage rates.

    A plan that gets another list on a day has a period before that day and one from it on.
    """

    valid_from: datetime
    valid_to: datetime | None
    product_id: UUID
    offering_id: UUID
    price_list: str | None
    payment_mode: PaymentMode
    offline_debit: str
    online: OnlinePolicy = USUAL_POLICY


@dataclass(frozen=True, slots=True)
class GroupPeriod:
    """The line's customer in a customer group during [valid_from, valid_to)."""

    code: str
    valid_from: datetime
    valid_to: datetime | None


@dataclass(frozen=True, slots=True)
class LineDiscount:
    """Basis points off the usage of services and zones (none: all) while a product is installed."""

    code: str
    basis_points: int
    services: tuple[str, ...]
    zones: tuple[str, ...]
    valid_from: datetime
    valid_to: datetime | None


@dataclass(frozen=True, slots=True)
class Line:
    """A subscription with its plans, oldest first. The spend limit is in micros, as priced.

    `groups` are its customer's, the one that counts first in front; `discounts` come with its plans and add-ons.
    """

    subscription_id: UUID
    customer_id: UUID
    account_id: UUID
    spend_limit_micros: int | None
    plans: tuple[PlanPeriod, ...]
    groups: tuple[GroupPeriod, ...] = ()
    discounts: tuple[LineDiscount, ...] = ()

    def plan_at(self, instant: datetime) -> PlanPeriod | None:
        """The plan that held at an instant."""
        return next((plan for plan in self.plans if _holds(plan.valid_from, plan.valid_to, instant)), None)


@dataclass(frozen=True, slots=True)
class Tenure:
    """A line's hold on an identifier during [valid_from, valid_to)."""

    valid_from: datetime
    valid_to: datetime | None
    line: Line


@dataclass(frozen=True, slots=True)
class Timeline:
    """Every hold on the identifiers that were asked for."""

    tenures: Mapping[Identifier, tuple[Tenure, ...]]

    def holder(self, kind: str, value: str, at: datetime) -> Line | None:
        """The line that held the identifier at an instant; half-open, so a port's instant belongs to the new line."""
        tenure = self._tenure(kind, value, at)
        return tenure.line if tenure is not None else None

    def held_until(self, kind: str, value: str, at: datetime) -> datetime | None:
        """When that line's hold on the identifier ends; None while no end is known."""
        tenure = self._tenure(kind, value, at)
        return tenure.valid_to if tenure is not None else None

    @property
    def lines(self) -> dict[UUID, Line]:
        """Every line that held one of the identifiers, by subscription."""
        return {one.line.subscription_id: one.line for held in self.tenures.values() for one in held}

    def _tenure(self, kind: str, value: str, at: datetime) -> Tenure | None:
        held = self.tenures.get((kind, value), ())
        return next((one for one in held if _holds(one.valid_from, one.valid_to, at)), None)


def _holds(valid_from: datetime, valid_to: datetime | None, at: datetime) -> bool:
    return valid_from <= at and (valid_to is None or at < valid_to)
