"""Whose an event is, as rating needs to know it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from mvne_platform.catalogue import OfflineDebit, PaymentMode


@dataclass(frozen=True, slots=True)
class Subscriber:
    """The subscription an event belongs to, as it was at the event's start.

    `spend_limit_micros` bounds what a hybrid plan accrues in one billing period (None: no bound);
    `period` is the first day, in the brand's zone, of the billing period in which what the event accrues is billed.
    """

    subscription_id: UUID
    payment_mode: PaymentMode
    offline_debit: OfflineDebit
    spend_limit_micros: int | None
    period: date
