"""A PBX's real day, lent to a demo brand: callers become its subscribers, dates move, the rest stays to the letter."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

# A field with its quotes, as Asterisk writes it: doubled quotes inside, no line breaks.
_FIELD = re.compile(r'(?:^|,)("(?:[^"]|"")*"|[^",]*)(?=,|$)')
_DATE_TIME = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}")

# Columns of Master.csv, https://docs.asterisk.org/Configuration/Reporting/Call-Detail-Records-CDR/
_COLUMNS = 18
_SRC, _START, _ANSWER, _END = 1, 9, 10, 11


@dataclass(frozen=True)
class Moved:
    """The new file, and how much of it belongs to subscribers."""

    text: str
    rows: int
    callers: int
    unmapped_callers: int


def move(source: str, callers: Mapping[str, str] | Sequence[str], first_day: date) -> Moved:
    """Shift all dates by whole days so that the first row starts on `first_day`, and give calls to subscribers.

    `callers` maps a caller to a number, or lists numbers, dealt to the callers by how often they call and again from
    the beginning when they run out. A caller that is not mapped keeps the old number.

    Raises ValueError, naming the line, for a row that is not Asterisk's.
    """
    rows = [_fields(number, line) for number, line in enumerate(source.splitlines(), 1) if line]
    if not rows:
        raise ValueError("the source holds no rows")
    frequency = Counter(_bare(row[_SRC]) for row in rows)
    numbers = callers if isinstance(callers, Mapping) else _deal(frequency, callers)
    shift = first_day - date.fromisoformat(_bare(rows[0][_START])[:10])
    moved = [",".join(_moved(row, numbers, shift)) for row in rows]
    unmapped = sum(caller not in numbers for caller in frequency)
    return Moved("\n".join(moved) + "\n", len(rows), len(frequency), unmapped)


def _fields(number: int, line: str) -> list[str]:
    fields = [found.group(1) for found in _FIELD.finditer(line)]
    if ",".join(fields) != line or len(fields) != _COLUMNS:
        raise ValueError(f"line {number}: not a row of Asterisk's Master.csv, which has {_COLUMNS} columns")
    if not _DATE_TIME.fullmatch(_bare(fields[_START])):
        raise ValueError(f"line {number}: the start {fields[_START]} is not a date and time")
    return fields


def _deal(frequency: Counter[str], numbers: Sequence[str]) -> dict[str, str]:
    # most_common keeps the order of first appearance among equals.
    ranked = [caller for caller, _ in frequency.most_common()]
    return {caller: numbers[place % len(numbers)] for place, caller in enumerate(ranked)}


def _moved(row: Sequence[str], numbers: Mapping[str, str], shift: timedelta) -> Iterator[str]:
    for column, field in enumerate(row):
        value = _bare(field)
        if column == _SRC:
            yield field.replace(value, numbers.get(value, value)) if value else field
        elif column in (_START, _ANSWER, _END) and _DATE_TIME.fullmatch(value):
            yield field.replace(value[:10], (date.fromisoformat(value[:10]) + shift).isoformat())
        else:
            yield field


def _bare(field: str) -> str:
    return field[1:-1] if field.startswith('"') else field
