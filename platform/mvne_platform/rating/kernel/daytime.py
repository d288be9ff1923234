"""Step 5 in machine code: the brand's clock, the time band at an instant, and when the next one may begin.

`record` is the address of a price list's record in the book `t`, `version` that of a version's.
"""

from mvne_platform.rating.kernel import tables as at
from mvne_platform.rating.kernel.arrays import Row
from mvne_platform.rating.kernel.clocks import CYCLE_S, TABLE_END
from mvne_platform.rating.kernel.compiled import compiled
from mvne_platform.rating.kernel.finding import last_not_above

_DAY_S = 24 * 60 * 60
_DAY_MINUTES = 24 * 60
_WEEK_DAYS = 7
# 1970-01-01 was a Thursday; Monday is 0.
_FIRST_WEEKDAY = 3


@compiled
def _cycles_before(instant: int) -> int:
    """Seconds in whole cycles of the calendar by which an instant lies after the clock's table."""
    return (instant - TABLE_END + CYCLE_S) // CYCLE_S * CYCLE_S if instant >= TABLE_END else 0


@compiled
def _clock_row(instant: int, record: int, t: Row) -> int:
    """The address of the clock's change that holds at an instant."""
    first, end = t[record + at.TARIFF_CLOCK], t[record + at.TARIFF_CLOCK + 1]
    return last_not_above(t, first, end, instant - _cycles_before(instant))


@compiled
def _offset(row: int, record: int, t: Row) -> int:
    """The offset from UTC, in seconds, that a change of the clock brings."""
    return t[row + t[record + at.TARIFF_CLOCK + 1] - t[record + at.TARIFF_CLOCK]]


@compiled
def offset_at(instant: int, record: int, t: Row) -> int:
    """How far the brand's clock is from UTC at an instant, in seconds."""
    return _offset(_clock_row(instant, record, t), record, t)


@compiled
def week_minute(local: int, record: int, t: Row) -> int:
    """Minutes since Monday 00:00 of a wall clock's seconds (1970-01-01 00:00 is 0); holidays have other hours."""
    day = local // _DAY_S
    weekday = (day + _FIRST_WEEKDAY) % _WEEK_DAYS
    holiday = t[record + at.TARIFF_HOLIDAYS] + day - t[record + at.TARIFF_FIRST_HOLIDAY]
    if t[record + at.TARIFF_HOLIDAYS] <= holiday < t[record + at.TARIFF_HOLIDAYS + 1] and t[holiday] >= 0:
        weekday = t[holiday]
    return weekday * _DAY_MINUTES + local % _DAY_S // 60


@compiled
def minute_at(instant: int, record: int, t: Row) -> int:
    """The minute of the week on the brand's clock at an instant."""
    return week_minute(instant + offset_at(instant, record, t), record, t)


@compiled
def span_at(minute: int, version: int, t: Row) -> int:
    """The address of the span of the version's bands that holds a minute of the week."""
    return last_not_above(t, t[version + at.VERSION_SPANS], t[version + at.VERSION_SPANS + 1], minute)


@compiled
def band_of(span: int, version: int, t: Row) -> int:
    """A span's band, by its place in the version."""
    return t[span + t[version + at.VERSION_SPANS + 1] - t[version + at.VERSION_SPANS]]


@compiled
def next_look(instant: int, version: int, record: int, t: Row) -> int:
    """The next instant at which another band may begin: a span's end, midnight (a holiday), or summer time."""
    row = _clock_row(instant, record, t)
    offset = _offset(row, record, t)
    local = instant + offset
    minute = week_minute(local, record, t)
    following = span_at(minute, version, t) + 1
    soonest = (local // _DAY_S + 1) * _DAY_S
    if following < t[version + at.VERSION_SPANS + 1]:
        # In the hours that this day has, whatever weekday's they are.
        soonest = min(soonest, local - local % 60 + (t[following] - minute) * 60)
    soonest -= offset
    if row + 1 < t[record + at.TARIFF_CLOCK + 1]:
        soonest = min(soonest, t[row + 1] + _cycles_before(instant))
    return soonest
