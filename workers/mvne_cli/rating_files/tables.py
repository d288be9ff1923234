"""CSV tables of a tariff folder: each row is held against a form, and every fault names file, line and column."""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, ValidationInfo
from pydantic_core import ErrorDetails

from mvne_platform.catalogue import Fault
from mvne_platform.kernel import start_of_day

_DAY_LENGTH = len("2026-01-31")


def _words(value: object) -> object:
    return frozenset(value.split()) if isinstance(value, str) else value


def _instant(value: object, info: ValidationInfo) -> object:
    """Midnight of a day in the tariff's time zone, or an instant with its offset (RFC 3339)."""
    if not isinstance(value, str):
        return value
    try:
        if len(value) == _DAY_LENGTH:
            return start_of_day(date.fromisoformat(value), (info.context or {})["time_zone"])
        instant = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(f"'{value}' is neither a day (2026-01-31) nor a time with offset (RFC 3339)") from None
    if instant.tzinfo is None:
        raise ValueError(f"'{value}' says no offset; write for example {value}Z")
    return instant


Words = Annotated[frozenset[str], BeforeValidator(_words)]
Instant = Annotated[datetime, BeforeValidator(_instant)]


class Record(BaseModel):
    """One row of a table, on `line` of its file; an empty field is one that is not there."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)

    line: int = Field(exclude=True)


RecordType = TypeVar("RecordType", bound=Record)


def read_table(file: str, text: str, form: type[RecordType], time_zone: str, faults: list[Fault]) -> list[RecordType]:
    """The records of a CSV text with a header (RFC 4180), columns in any order; what is wrong is added to `faults`."""
    records: list[RecordType] = []
    known = columns_of(form)
    header: list[str] | None = None
    for line, fields in _lines(file, text, faults):
        if header is None:
            header = fields
            if unknown := [name for name in header if name not in known] or len(set(header)) < len(header):
                told = (
                    f"the header has {', '.join(unknown)}"
                    if isinstance(unknown, list)
                    else "the header repeats a column"
                )
                faults.append(Fault(file, line, f"{told}; columns are {','.join(known)}"))
                return []
        elif len(fields) != len(header):
            faults.append(Fault(file, line, f"the line has {len(fields)} fields, and the header {len(header)}"))
        else:
            records += _record(file, line, dict(zip(header, fields, strict=True)), form, time_zone, faults)
    if header is None:
        faults.append(Fault(file, 0, f"the file is empty; it begins with the line {','.join(known)}"))
    return records


def columns_of(form: type[Record]) -> list[str]:
    """The columns a table of this form may have, in their usual order."""
    return [field.alias or name for name, field in form.model_fields.items() if name != "line"]


def _lines(file: str, text: str, faults: list[Fault]) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    first = 1
    try:
        for fields in reader:
            if any(value.strip() for value in fields):
                yield first, [value.strip() for value in fields]
            first = reader.line_num + 1
    except csv.Error as error:
        faults.append(Fault(file, first, f"this is not CSV: {error}"))


def _record(
    file: str, line: int, values: dict[str, str], form: type[RecordType], time_zone: str, faults: list[Fault]
) -> list[RecordType]:
    given: dict[str, Any] = {name: value for name, value in values.items() if value}
    try:
        return [form.model_validate(given | {"line": line}, context={"time_zone": time_zone})]
    except ValidationError as error:
        faults += [Fault(file, line, _told(detail)) for detail in error.errors(include_url=False)]
        return []


def _told(detail: ErrorDetails) -> str:
    column = ".".join(map(str, detail["loc"][:1]))
    expected = detail.get("ctx", {}).get("expected")
    if detail["type"] == "missing":
        return f"'{column}' is empty"
    if expected:
        return f"'{column}': '{detail['input']}' is not {expected}"
    message = detail["msg"].removeprefix("Value error, ")
    return f"'{column}': {message}" if column else message
