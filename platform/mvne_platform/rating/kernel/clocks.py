"""The brand's clock as tables: when its offset from UTC changes, and which days have another weekday's hours."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np

from mvne_platform.rating.kernel.columns import Int8s, Int64s, day_number

_DAY_S = 24 * 60 * 60
_WEEK_S = 7 * _DAY_S
_FAR_AHEAD = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp())
# The Gregorian calendar, weekdays included, repeats after 400 years, and so do the rules of the last centuries of a
# zone: what is after the table's end is looked up whole cycles earlier.
CYCLE_S = 146_097 * _DAY_S
TABLE_END = int(datetime(2500, 1, 1, tzinfo=UTC).timestamp())
_BEFORE_ALL = np.iinfo(np.int64).min


@lru_cache(maxsize=64)
def clock_table(time_zone: str) -> tuple[Int64s, Int64s]:
    """Instants (Unix seconds) from which an offset from UTC (seconds) holds, from 1970 to 2500; the first holds before.

    The zone is asked for every day (far ahead, where only its rule speaks, every week) and, where two answers differ,
    for the second: no zone changes twice in between.
    """
    zone = ZoneInfo(time_zone)
    asked = [*range(0, _FAR_AHEAD, _DAY_S), *range(_FAR_AHEAD, TABLE_END + _WEEK_S, _WEEK_S)]
    changes, offsets = [int(_BEFORE_ALL)], [_offset(0, zone)]
    for before, second in pairwise(asked):
        offset = _offset(second, zone)
        if offset != offsets[-1]:
            changes.append(_change_between(before, second, offset, zone))
            offsets.append(offset)
    return np.array(changes, np.int64), np.array(offsets, np.int64)


def _offset(second: int, zone: ZoneInfo) -> int:
    offset = datetime.fromtimestamp(second, zone).utcoffset() or timedelta()
    return int(offset.total_seconds())


def _change_between(low: int, high: int, offset: int, zone: ZoneInfo) -> int:
    """The first second after `low` that has the offset of `high`."""
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _offset(middle, zone) == offset else (middle, high)
    return high


def holiday_table(holidays: Mapping[date, int]) -> tuple[int, Int8s]:
    """The day number of the first holiday, and from there on, by day, the weekday whose hours it has, or -1."""
    if not holidays:
        return 0, np.empty(0, np.int8)
    first = day_number(min(holidays))
    table = np.full(day_number(max(holidays)) - first + 1, -1, np.int8)
    for day, weekday in holidays.items():
        table[day_number(day) - first] = weekday
    return first, table
