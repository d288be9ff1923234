"""Holding rated events against what somebody worked out: only the columns that the expectation states."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mvne_cli.rating_files.answers import COLUMNS, EXPLANATION

KEY = "record_id"


class ExpectationFaulty(Exception):
    """The file with expectations cannot be read; the text names line and column."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that is not the expected one."""

    record_id: str
    column: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"record {self.record_id}: {self.column} is '{self.found}', expected '{self.expected}'"


def read_expectations(text: str) -> list[dict[str, str]]:
    """Rows of a CSV with `record_id` and any other columns of the answers. Raises ExpectationFaulty."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True, restkey="")
    header = list(reader.fieldnames or ())
    if KEY not in header:
        raise ExpectationFaulty(f"line 1: the header lacks {KEY}, by which records are found")
    unknown = [name for name in header if name not in (*COLUMNS, EXPLANATION)]
    if unknown:
        raise ExpectationFaulty(f"line 1: no answer has the column {', '.join(unknown)}")
    rows = []
    try:
        for row in reader:
            if "" in row or None in row.values():
                raise ExpectationFaulty(f"line {reader.line_num}: the line has not {len(header)} fields as the header")
            rows.append(row)
    except csv.Error as error:
        raise ExpectationFaulty(f"line {reader.line_num}: this is not CSV: {error}") from error
    return rows


def differences(expected: Sequence[Mapping[str, str]], found: Sequence[Mapping[str, str]]) -> Iterator[Difference]:
    """Where answers differ from expectations; several answers of one record id are taken in their order."""
    answers: dict[str, list[Mapping[str, str]]] = {}
    for answer in found:
        answers.setdefault(answer[KEY], []).append(answer)
    for row in expected:
        left = answers.get(row[KEY])
        if not left:
            yield Difference(row[KEY], KEY, row[KEY], "no such record")
            continue
        answer = left.pop(0)
        for column, value in row.items():
            if _plain(value) != _plain(answer[column]):
                yield Difference(row[KEY], column, value, answer[column])


def _plain(value: str) -> Any:
    """JSON by its content, everything else by its text."""
    if value[:1] not in ("[", "{"):
        return value.strip()
    try:
        return json.loads(value)
    except ValueError:
        return value
