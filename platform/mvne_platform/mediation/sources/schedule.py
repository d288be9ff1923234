"""When a source is pulled next, and whether its files are late: wall clock in, instant out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from mvne_platform.mediation.errors import BadSource

MOST_MINUTES = 7 * 24 * 60
_MOST_TIMES = 96
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
# A sandbox's clock leaps from timer to timer: what comes every five minutes would keep it from getting anywhere.
SANDBOX_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Schedule:
    """Every so many minutes, or at times of the day (brand's wall clock) on some weekdays (0 is Monday; none: all)."""

    every_minutes: int | None = None
    at: tuple[str, ...] = ()
    weekdays: tuple[int, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        if self.every_minutes is not None:
            return {"every_minutes": self.every_minutes}
        return {"at": list(self.at), "weekdays": list(self.weekdays)}


def read_schedule(values: Mapping[str, Any]) -> Schedule:
    """A schedule from `every_minutes`, or `at` and `weekdays`; raises BadSource."""
    every, at, weekdays = values.get("every_minutes"), values.get("at") or (), values.get("weekdays") or ()
    if (every is None) == (not at) or values.keys() - {"every_minutes", "at", "weekdays"}:
        raise _bad("A schedule has either `every_minutes`, or `at` with times such as 06:30.")
    if every is not None:
        if not isinstance(every, int) or isinstance(every, bool) or not 1 <= every <= MOST_MINUTES or weekdays:
            raise _bad(f"`every_minutes` is a whole number from 1 to {MOST_MINUTES}, and goes with no weekdays.")
        return Schedule(every_minutes=every)
    if len(at) > _MOST_TIMES or not all(isinstance(one, str) and _TIME.fullmatch(one) for one in at):
        raise _bad(
            f"`at` lists up to {_MOST_TIMES} times from 00:00 to 23:59, with two digits each for hour and minute."
        )
    if not all(isinstance(day, int) and not isinstance(day, bool) and 0 <= day <= 6 for day in weekdays):
        raise _bad("`weekdays` lists days from 0 (Monday) to 6 (Sunday).")
    return Schedule(at=tuple(sorted(set(at))), weekdays=tuple(sorted(set(weekdays))))


def _bad(message: str) -> BadSource:
    return BadSource(message, field=("schedule",))


def next_pull(schedule: Schedule, now: datetime, zone: str, *, sandbox: bool) -> datetime:
    """The first instant after `now` (UTC) at which the source is pulled.

    A time that a change of clocks skips counts as the same time an hour on; one that comes twice counts once.
    """
    if schedule.every_minutes is not None:
        minutes = max(schedule.every_minutes, SANDBOX_MINUTES) if sandbox else schedule.every_minutes
        return now + timedelta(minutes=minutes)
    local = now.astimezone(ZoneInfo(zone))
    days = (local.date() + timedelta(days=ahead) for ahead in range(9))
    instants = (
        datetime.combine(day, time.fromisoformat(at), ZoneInfo(zone)).astimezone(UTC)
        for day in days
        if not schedule.weekdays or day.weekday() in schedule.weekdays
        for at in schedule.at
    )
    return min(instant for instant in instants if instant > now)


def retry_at(now: datetime, failed: int) -> datetime:
    """When a pull that failed for the `failed`th time in a row is tried between its times: 1, 2, 4 … 60 minutes on."""
    return now + timedelta(minutes=min(60, 2 ** min(failed - 1, 6)))


def late_at(expected_minutes: int | None, last_file_at: datetime | None, since: datetime) -> datetime | None:
    """The first second at which `is_overdue` holds, unless a file comes; None where none is expected."""
    if expected_minutes is None:
        return None
    return (last_file_at or since) + timedelta(minutes=expected_minutes, seconds=1)


def is_overdue(expected_minutes: int | None, last_file_at: datetime | None, since: datetime, now: datetime) -> bool:
    """Whether a file should have come by now; `since` counts for a source that never had one."""
    if expected_minutes is None:
        return False
    return (last_file_at or since) + timedelta(minutes=expected_minutes) < now
