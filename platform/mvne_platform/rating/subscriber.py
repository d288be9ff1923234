"""Whose an event is, as rating needs to know it."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from mvne_platform.catalogue import OfflineDebit, PaymentMode


@dataclass(frozen=True, slots=True)
class Cover:
    """For what buckets and discounts must be good: a subscription's use of a service in a zone (its code).

    `at` is the event's start, however long the event lasts.
    """

    subscription_id: UUID
    service: str
    zone: str
    at: datetime


@dataclass(frozen=True, slots=True)
class UsageDiscount:
    """Basis points off the usage of services and zones (none listed: all) during [valid_from, valid_to)."""

    code: str
    basis_points: int
    services: frozenset[str]
    zones: frozenset[str]
    valid_from: datetime
    valid_to: datetime | None

    def reduces(self, cover: Cover) -> bool:
        """Whether the discount is good for this use."""
        if self.services and cover.service not in self.services:
            return False
        if self.zones and cover.zone not in self.zones:
            return False
        return self.valid_from <= cover.at and (self.valid_to is None or cover.at < self.valid_to)


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
