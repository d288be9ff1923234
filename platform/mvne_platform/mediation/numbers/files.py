"""Reading files of number data: UTF-8, commas, a header; one entry per line, one answer per line.

`number,last,operator,valid_from,valid_to` and `code,class,name,valid_from,valid_to,source`; see
docs/reference/usage-files.md.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial
from typing import BinaryIO
from zoneinfo import ZoneInfo

from mvne_platform.catalogue import NumberClass
from mvne_platform.mediation.formats import Fault, RecordFault, fields
from mvne_platform.mediation.formats.lines import Line, lines_of, split
from mvne_platform.mediation.models import NumberDataKind
from mvne_platform.mediation.numbers.errors import BadNumberData

HEADERS = {
    NumberDataKind.PORTABILITY: ("number", "last", "operator", "valid_from", "valid_to"),
    NumberDataKind.SHORT_CODES: ("code", "class", "name", "valid_from", "valid_to", "source"),
}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_OPERATOR = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_CODE = re.compile(r"\+[1-9][0-9]{1,14}\*?|[0-9*#]{1,15}")
_CLASSES = {"": None} | {number_class.value: number_class for number_class in NumberClass}


@dataclass(frozen=True, slots=True)
class Ported:
    """Digits `first` to `last` of E.164 belong to `operator`; None: from `valid_from` on they are ported no more."""

    first: int
    last: int
    operator: str | None
    valid_from: datetime
    valid_to: datetime | None


@dataclass(frozen=True, slots=True)
class Coded:
    """What a code, or each number that begins with it (`prefix`), stands for; `name` None ends it."""

    code: str
    prefix: bool
    number_class: NumberClass | None
    name: str | None
    source: str
    valid_from: datetime
    valid_to: datetime | None


@dataclass(frozen=True, slots=True)
class Answer:
    """One line of the file, and what it says."""

    line: int
    outcome: Ported | Coded | Fault


def read(kind: NumberDataKind, content: BinaryIO, zone: str) -> Iterator[Answer]:
    """The lines after the header; days begin at midnight in `zone` (IANA name). Raises BadNumberData when called."""
    header = HEADERS[kind]
    first = next(lines_of(content), None)
    found = first.content.decode("utf-8", "replace") if first else ""
    if found != ",".join(header):
        raise BadNumberData(
            f"The first line of a file of {kind.replace('_', ' ')} must read {','.join(header)}; "
            f"this one {f'reads {found[:120]}' if found else 'is empty'}.",
            field=("content",),
        )
    return _answers(content, header, partial(_ENTRIES[kind], ZoneInfo(zone)))


def _answers(
    content: BinaryIO, header: tuple[str, ...], entry: Callable[[dict[str, str]], Ported | Coded]
) -> Iterator[Answer]:
    for number, line in enumerate(lines_of(content), 1):
        if number == 1:
            continue
        try:
            outcome: Ported | Coded | Fault = entry(_row(line, header))
        except RecordFault as fault:
            outcome = Fault(fault.reason, fault.detail)
        yield Answer(number, outcome)


def _row(line: Line, header: tuple[str, ...]) -> dict[str, str]:
    columns = split(line)
    if len(columns) != len(header):
        raise RecordFault("column_count", f"This row has {len(columns)} columns instead of {len(header)}.")
    return dict(zip(header, columns, strict=True))


def _ported(zone: ZoneInfo, row: dict[str, str]) -> Ported:
    what = "a number in international form (+ and 6 to 15 digits)"
    first = fields.matching(fields.text(row["number"], "number", 16), "number", fields.E164, what)
    last = fields.matching(row["last"] or first, "last", fields.E164, what)
    if len(first) != len(last) or last < first:
        raise RecordFault("bad_last", f"'{last}' does not end a range that begins with '{first}'.")
    operator = row["operator"]
    if operator:
        fields.matching(operator, "operator", _OPERATOR, "an operator's code (letters, digits, dots, dashes)")
    begin, end = _span(row, zone)
    return Ported(int(first[1:]), int(last[1:]), operator or None, begin, end)


def _coded(zone: ZoneInfo, row: dict[str, str]) -> Coded:
    code = fields.matching(fields.text(row["code"], "code", 17), "code", _CODE, "a code as dialled, or +digits*")
    # An asterisk is a digit of codes as dialled (*100); only a number in international form ends in one to mean more.
    prefix = code.startswith("+") and code.endswith("*")
    if row["class"] not in _CLASSES:
        raise RecordFault(
            "bad_class", f"'{row['class'][:40]}' is none of {', '.join(filter(None, _CLASSES))} or empty."
        )
    begin, end = _span(row, zone)
    return Coded(
        code.removesuffix("*") if prefix else code,
        prefix,
        _CLASSES[row["class"]],
        fields.at_most(row["name"], "name", 100) or None,
        fields.at_most(row["source"], "source", 300),
        begin,
        end,
    )


_ENTRIES: dict[NumberDataKind, Callable[[ZoneInfo, dict[str, str]], Ported | Coded]] = {
    NumberDataKind.PORTABILITY: _ported,
    NumberDataKind.SHORT_CODES: _coded,
}


def _span(row: dict[str, str], zone: ZoneInfo) -> tuple[datetime, datetime | None]:
    begin = _instant(fields.text(row["valid_from"], "valid_from", 40), "valid_from", zone)
    end = _instant(row["valid_to"], "valid_to", zone) if row["valid_to"] else None
    if end is not None and end <= begin:
        raise RecordFault("bad_valid_to", "The column 'valid_to' is not after 'valid_from'.")
    return begin, end


def _instant(value: str, column: str, zone: ZoneInfo) -> datetime:
    if not _DAY.fullmatch(value):
        return fields.instant(value, column)
    try:
        return datetime.combine(date.fromisoformat(value), time(), zone)
    except ValueError as error:
        raise RecordFault(f"bad_{column}", f"'{value}' in the column '{column}' is no day of the calendar.") from error
