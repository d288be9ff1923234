"""Whose an event is, as rating needs to know it."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from mvne_platform.catalogue import OfflineDebit, PaymentMode


@dataclass(frozen=True, slots=True)
class UsageDiscount:
    """Basis points off the usage of services and zones (none listed: all) during [valid_from, valid_to)."""

    code: str
    basis_points: int
    services: frozenset[str]
    zones: frozenset[str]
    valid_from: datetime
    valid_to: datetime | None


@dataclass(frozen=True, slots=True)
class Subscriber:
    """The subscription an event belongs to, as it was at the event's start.

    `spend_limit_micros` bounds what a hybrid plan accrues in one billing period (None: no bound);
    `period` is the first day, in the brand's zone, of the billing period in which what the event accrues is billed.
    `group_id` is the sharing group whose buckets it may use too; the charging group is that group, or the subscription.
    """

    subscription_id: UUID
    payment_mode: PaymentMode
    offline_debit: OfflineDebit
    spend_limit_micros: int | None
    period: date
    group_id: UUID | None = None
    discounts: tuple[UsageDiscount, ...] = ()

    @property
    def charging_group(self) -> UUID:
        """Events of one charging group are rated one after the other, from one purse."""
        return self.group_id or self.subscription_id
