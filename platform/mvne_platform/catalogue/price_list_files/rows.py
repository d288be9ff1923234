"""Reading CSV with the place of every fault."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from mvne_platform.catalogue.amounts import parse_amount, parse_quantity
from mvne_platform.catalogue.faults import Fault
from mvne_platform.kernel import Unit

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(slots=True)
class Row:
    """A record with the line it begins on. A field that cannot be read becomes a fault and its stand-in value."""

    file: str
    line: int
    values: dict[str, str]
    faults: list[Fault] = field(repr=False)

    def fault(self, message: str, column: str = "") -> None:
        """Note what is wrong with this record, or with one field of it."""
        self.faults.append(Fault(self.file, self.line, f"'{column}': {message}" if column else message, column))

    def text(self, column: str, default: str = "") -> str:
        """The field without surrounding space, or `default` when it is empty or the column is absent."""
        return self.values.get(column, "").strip() or default

    def required(self, column: str) -> str:
        """The field, which must not be empty."""
        value = self.text(column)
        if not value:
            self.faults.append(Fault(self.file, self.line, f"'{column}' is empty", column))
        return value

    def words(self, column: str) -> tuple[str, ...]:
        """The field's words, separated by spaces."""
        return tuple(self.text(column).split())

    def amount(self, column: str) -> int | None:
        """An amount in micros, or None when the field is empty or cannot be read."""
        value = self.text(column)
        if not value:
            return None
        try:
            return parse_amount(value)
        except ValueError as error:
            self.fault(str(error), column)
            return None

    def choice(self, column: str, kind: type[Choice], default: Choice) -> Choice:
        """One of the words of `kind`, or `default` when the field is empty or holds another word."""
        value = self.text(column, default.value)
        if value not in {one.value for one in kind}:
            message = f"the {column} '{value}' is unknown; there are {', '.join(kind)}"
            self.faults.append(Fault(self.file, self.line, message, column))
            return default
        return kind(value)

    def quantity(self, column: str, unit: Unit | None) -> int:
        """A quantity of `unit`, which must be given."""
        value = self.required(column)
        try:
            return parse_quantity(value, unit) if value else 1
        except ValueError as error:
            self.fault(str(error), column)
            return 1


def read_rows(file: str, text: str, columns: Sequence[str], required: Sequence[str], faults: list[Fault]) -> list[Row]:
    """The records of a CSV text with a header (RFC 4180); empty lines are skipped, faults are added to `faults`."""
    rows: list[Row] = []
    header: list[str] | None = None
    for line, fields in _records(file, text, faults):
        if header is None:
            header = [name.strip() for name in fields]
            if not _header_is_sound(file, header, columns, required, faults):
                return []
        elif len(fields) != len(header):
            faults.append(Fault(file, line, f"the line has {len(fields)} fields, and the header {len(header)}"))
        else:
            rows.append(Row(file, line, dict(zip(header, fields, strict=True)), faults))
    if header is None:
        faults.append(Fault(file, 0, f"the file is empty; it begins with the line {','.join(columns)}"))
    return rows


def _records(file: str, text: str, faults: list[Fault]) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    first = 1
    try:
        for fields in reader:
            if any(value.strip() for value in fields):
                yield first, fields
            first = reader.line_num + 1
    except csv.Error as error:
        faults.append(Fault(file, first, f"this is not CSV: {error}"))


def _header_is_sound(
    file: str, header: list[str], columns: Sequence[str], required: Sequence[str], faults: list[Fault]
) -> bool:
    missing = [name for name in required if name not in header]
    unknown = [name for name in header if name not in columns]
    twice = sorted({name for name in header if header.count(name) > 1})
    if len(header) == 1 and ";" in header[0]:
        faults.append(Fault(file, 1, "columns are separated by commas, and this header has semicolons"))
        return False
    for names, what in ((missing, "lacks"), (unknown, "has the unknown"), (twice, "repeats")):
        if names:
            faults.append(Fault(file, 1, f"the header {what} {', '.join(names)}; columns are {','.join(columns)}"))
    return not (missing or unknown or twice)
