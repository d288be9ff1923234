"""Days, months and renewals by the brand's calendar."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mvne_platform.kernel import Period, days_later, first_of_next_month, months_later, start_of_day


@dataclass(frozen=True, slots=True)
class Days:
    """A half-open span [start, end) of calendar dates."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"{self.start} to {self.end} holds no day")

    def __len__(self) -> int:
        return (self.end - self.start).days

    @property
    def last(self) -> date:
        """The last day of the span, as people write it."""
        return self.end - timedelta(days=1)

    def instants(self, zone: str) -> Period:
        """The span from midnight to midnight in `zone`."""
        return Period(start_of_day(self.start, zone), start_of_day(self.end, zone))


def month_days(day: date) -> Days:
    """The calendar month that holds `day`."""
    return Days(day.replace(day=1), first_of_next_month(day))


def month_from(day: date) -> Days:
    """From `day` to the end of its month: the first period of a line that starts on `day`."""
    return Days(day, first_of_next_month(day))


def add_months(first: date, months: int) -> date:
    """The first day of the month `months` after (or before) the one that `first` begins."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)


def renewal_period(start: datetime, period_days: int | None, zone: str) -> Period:
    """What one prepaid renewal pays for: `period_days` calendar days, or a month when the price names no days."""
    end = months_later(start, 1, zone) if period_days is None else days_later(start, period_days, zone)
    return Period(start, end)


def retry_at(due: datetime, attempt: int, retry_days: Sequence[int], zone: str) -> datetime | None:
    """When a renewal that was due at `due` is tried again after its failed `attempt` (0 is the first), or None.

    `retry_days` count calendar days from `due`; None means: no more tries, the plan lapses.
    """
    if attempt >= len(retry_days):
        return None
    return days_later(due, retry_days[attempt], zone)
