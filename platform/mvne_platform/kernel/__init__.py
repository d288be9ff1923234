"""Values every domain shares: money, quantities, time, ids, refusals, facts. Pure; no I/O."""

from mvne_platform.kernel.change import Change
from mvne_platform.kernel.errors import Category, DomainError, Forbidden, InvalidInput, NotFound
from mvne_platform.kernel.facts import Fact
from mvne_platform.kernel.ids import uuid7
from mvne_platform.kernel.money import MICROS, Money, minor_unit_micros, round_half_up, round_to_minor
from mvne_platform.kernel.periods import (
    Period,
    days_later,
    first_of_next_month,
    local_date,
    month_of,
    months_later,
    start_of_day,
)
from mvne_platform.kernel.quantity import Unit

__all__ = [
    "MICROS",
    "Category",
    "Change",
    "DomainError",
    "Fact",
    "Forbidden",
    "InvalidInput",
    "Money",
    "NotFound",
    "Period",
    "Unit",
    "days_later",
    "first_of_next_month",
    "local_date",
    "minor_unit_micros",
    "month_of",
    "months_later",
    "round_half_up",
    "round_to_minor",
    "start_of_day",
    "uuid7",
]
