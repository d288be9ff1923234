"""Who held an identifier when, and on which plan: what charging reads once for thousands of records. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mvne_platform.catalogue import PaymentMode

Identifier = tuple[str, str]
"""Kind (a value of IdentifierKind) and value, such as ("msisdn", "+4520123456")."""


@dataclass(frozen=True, slots=True)
class PlanPeriod:
    """A plan during [valid_from, valid_to); `price_list` is the code of its usage rates."""

    valid_from: datetime
    valid_to: datetime | None
    product_id: UUID
    offering_id: UUID
    price_list: str | None
    payment_mode: PaymentMode
    offline_debit: str


@dataclass(frozen=True, slots=True)
class Line:
    """A subscription with its plans, oldest first. The spend limit is in micros, as priced."""

    subscription_id: UUID
    customer_id: UUID
    account_id: UUID
    spend_limit_micros: int | None
    plans: tuple[PlanPeriod, ...]

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
        held = self.tenures.get((kind, value), ())
        return next((one.line for one in held if _holds(one.valid_from, one.valid_to, at)), None)

    @property
    def lines(self) -> dict[UUID, Line]:
        """Every line that held one of the identifiers, by subscription."""
        return {one.line.subscription_id: one.line for held in self.tenures.values() for one in held}


def _holds(valid_from: datetime, valid_to: datetime | None, at: datetime) -> bool:
    return valid_from <= at and (valid_to is None or at < valid_to)
