"""SIM and number ranges of a manifest: `inventory/sims.csv` and `inventory/numbers.csv`, one range a line."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mvne_platform.inventory import NumberRow, SimRow, luhn_holds
from mvne_tenants.manifest.faults import Fault
from mvne_tenants.manifest.files import Files

SIMS, NUMBERS = "inventory/sims.csv", "inventory/numbers.csv"
SIM_COLUMNS = ["first_iccid", "first_imsi", "count", "kind", "batch"]
NUMBER_COLUMNS = ["first", "count", "group"]
MOST = 10_000  # of each kind; larger stocks are uploaded

_COUNT = re.compile(r"[1-9][0-9]{0,4}")
_CHECKS: dict[str, tuple[re.Pattern[str], str]] = {
    "first_iccid": (re.compile(r"89[0-9]{17,18}"), "19 or 20 digits that begin with 89"),
    "first_imsi": (re.compile(r"[0-9]{14,15}"), "14 or 15 digits"),
    "first": (re.compile(r"\+[1-9][0-9]{5,14}"), "+ and 6 to 15 digits"),
    "count": (_COUNT, f"a whole number from 1 to {MOST:,}"),
    "kind": (re.compile("physical|esim"), "physical or esim"),
    "group": (re.compile(r"[a-z][a-z0-9_]{0,29}"), "small letters, digits and underscores"),
    "batch": (re.compile(r"[ -~]{1,60}"), "1 to 60 plain characters"),
}


@dataclass(frozen=True, slots=True)
class Inventory:
    """The stock, range by range written out, and every fault."""

    sims: tuple[SimRow, ...]
    numbers: tuple[NumberRow, ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    """A range as its file states it; every field has the right form."""

    number: int
    values: dict[str, str]

    @property
    def count(self) -> int:
        return int(self.values["count"])


def read_inventory(files: Files) -> Inventory:
    """Read both files, as far as they are there."""
    faults: list[Fault] = []
    sims = [row for line in _lines(files, SIMS, SIM_COLUMNS, faults) for row in _sims(line, faults)]
    numbers = [row for line in _lines(files, NUMBERS, NUMBER_COLUMNS, faults) for row in _numbers(line)]
    faults += _excess(SIMS, [row.iccid for row in sims]) + _excess(NUMBERS, [row.msisdn for row in numbers])
    return Inventory(tuple(sims), tuple(numbers), tuple(faults))


def _lines(files: Files, path: str, columns: list[str], faults: list[Fault]) -> Iterator[_Line]:
    if path not in files.texts:
        return
    reader = csv.reader(io.StringIO(files.texts[path], newline=""))
    header = next(reader, [])
    if header != columns:
        cause = "The first line does not name the columns."
        faults.append(Fault(path, 1, "HEADER", cause, f"Begin with {','.join(columns)}."))
        return
    for fields in reader:
        if not any(fields):
            continue
        found = list(_field_faults(path, reader.line_num, columns, fields))
        faults += found
        if not found:
            yield _Line(reader.line_num, dict(zip(columns, fields, strict=True)))


def _field_faults(path: str, line: int, columns: list[str], fields: list[str]) -> Iterator[Fault]:
    if len(fields) != len(columns):
        cause = f"The line has {len(fields)} fields, and the header {len(columns)}."
        yield Fault(path, line, "FIELDS", cause, f"Give {', '.join(columns)}.")
        return
    for column, value in zip(columns, fields, strict=True):
        pattern, form = _CHECKS[column]
        if not pattern.fullmatch(value) or (column == "count" and int(value) > MOST):
            yield Fault(path, line, "FIELD", f"'{column}' is '{value}'.", f"Write {form}.")


def _sims(line: _Line, faults: list[Fault]) -> Iterator[SimRow]:
    first, imsi = line.values["first_iccid"], line.values["first_imsi"]
    if not luhn_holds(first):
        cause = f"The last digit of '{first}' is not its check digit."
        faults.append(Fault(SIMS, line.number, "CHECK_DIGIT", cause, f"It would be {_with_check_digit(first[:-1])}."))
        return
    for offset in range(line.count):
        yield SimRow(
            iccid=_with_check_digit(_plus(first[:-1], offset)),
            imsi=_plus(imsi, offset),
            kind=line.values["kind"],
            batch=line.values["batch"],
        )


def _numbers(line: _Line) -> Iterator[NumberRow]:
    for offset in range(line.count):
        yield NumberRow("+" + _plus(line.values["first"][1:], offset), line.values["group"])


def _plus(digits: str, offset: int) -> str:
    return str(int(digits) + offset).zfill(len(digits))


def _with_check_digit(body: str) -> str:
    """The ICCID of its digits without the last (ITU-T E.118: Luhn)."""
    return next(body + digit for digit in "0123456789" if luhn_holds(body + digit))


def _excess(path: str, identities: Sequence[str]) -> list[Fault]:
    faults: list[Fault] = []
    if len(identities) > MOST:
        cause = f"The ranges hold {len(identities):,} together, and {MOST:,} are allowed."
        faults.append(Fault(path, 1, "TOO_MANY", cause, "Upload the rest after onboarding."))
    if len(set(identities)) < len(identities):
        cause = "Two ranges overlap."
        faults.append(Fault(path, 1, "REPEATED", cause, "Begin each range after the end of the one before."))
    return faults
