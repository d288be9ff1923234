"""Spans of time, and where a brand's days and months begin."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Period:
    """A half-open span [start, end) of aware instants in UTC."""

    start: datetime
    end: datetime

    def __contains__(self, instant: datetime) -> bool:
        return self.start <= instant < self.end


def local_date(instant: datetime, zone: str) -> date:
    """The calendar date on the wall in `zone` (IANA name)."""
    return instant.astimezone(ZoneInfo(zone)).date()


def start_of_day(day: date, zone: str) -> datetime:
    """Midnight of `day` in `zone`, as UTC; daylight saving respected."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def first_of_next_month(day: date) -> date:
    """The first day of the month after `day`'s."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def days_later(instant: datetime, days: int, zone: str) -> datetime:
    """The same wall-clock time in `zone` some calendar days later, in UTC; 23- and 25-hour days respected."""
    return (instant.astimezone(ZoneInfo(zone)) + timedelta(days=days)).astimezone(UTC)


def months_later(instant: datetime, months: int, zone: str) -> datetime:
    """The same day and wall-clock time of a later month in `zone`, as UTC; 31 January + 1 is the last of February."""
    local = instant.astimezone(ZoneInfo(zone))
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    day = min(local.day, monthrange(year, month + 1)[1])
    return local.replace(year=year, month=month + 1, day=day).astimezone(UTC)


def month_of(instant: datetime, zone: str) -> Period:
    """The calendar month of `zone` that holds `instant`."""
    first = local_date(instant, zone).replace(day=1)
    return Period(start_of_day(first, zone), start_of_day(first_of_next_month(first), zone))
