"""Spans of time, and where a brand's days and months begin."""

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


def month_of(instant: datetime, zone: str) -> Period:
    """The calendar month of `zone` that holds `instant`."""
    first = local_date(instant, zone).replace(day=1)
    return Period(start_of_day(first, zone), start_of_day(first_of_next_month(first), zone))
