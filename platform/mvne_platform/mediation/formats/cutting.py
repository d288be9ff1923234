"""Cutting the lines of described formats into columns."""

import csv
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import orjson

from mvne_platform.mediation.formats.description import Description, FixedColumn, Ref
from mvne_platform.mediation.formats.lines import MAX_ROW_BYTES, Line, check_length, lines, text_of
from mvne_platform.mediation.formats.port import FileRejected, RecordFault

MAX_JSON_BYTES = 64 * 1024

# The text of one column; raises KeyError for a column that the record does not have.
Record = Callable[[Ref], str]
# Raises RecordFault for a line that is no record.
Cut = Callable[[Line], Record]


def delimited(description: Description, path: Path) -> Cut:
    """Columns between delimiters, by name and by place. Raises FileRejected for a header that lacks a column."""
    names = _names(description, path)

    def cut(line: Line) -> Record:
        cells = split(description, line)
        if names and len(cells) != len(names):
            raise RecordFault("column_count", f"This row has {len(cells)} columns instead of {len(names)}.")
        found: dict[Ref, str] = {**dict(zip(names, cells, strict=False)), **dict(enumerate(cells, 1))}
        return found.__getitem__

    return cut


def fixed_width(description: Description, _path: Path) -> Cut:
    """Columns by their characters. A line that ends before a column has nothing in it; within one it is a fault."""
    columns = [one for one in description.columns if isinstance(one, FixedColumn)]
    shortest, whole = min(one.start for one in columns), [one for one in columns if not one.ragged]

    def cut(line: Line) -> Record:
        text = text_of(line, description.encoding)
        if len(text) < shortest:
            raise RecordFault("column_count", f"This row ends before its first column, with {len(text)} characters.")
        broken = next((one for one in whole if one.start <= len(text) < one.start - 1 + one.length), None)
        if broken is not None:
            raise RecordFault(
                "column_count", f"This row ends within the column '{broken.name}', with {len(text)} characters."
            )
        found: dict[Ref, str] = {one.name: text[one.start - 1 : one.start - 1 + one.length].strip() for one in columns}
        return found.__getitem__

    return cut


def json_lines(_description: Description, _path: Path) -> Cut:
    """The members of one JSON object (RFC 8259) per line, by dotted path: `call.legs.0.number`."""

    def cut(line: Line) -> Record:
        found = document(line)
        return lambda path: _at(found, str(path))

    return cut


CUTTERS: dict[str, Callable[[Description, Path], Cut]] = {
    "delimited": delimited,
    "fixed-width": fixed_width,
    "json-lines": json_lines,
}
LIMITS = {"delimited": MAX_ROW_BYTES, "fixed-width": MAX_ROW_BYTES, "json-lines": MAX_JSON_BYTES}


def split(description: Description, line: Line) -> list[str]:
    """The cells of a delimited line."""
    text = text_of(line, description.encoding, description.delimiter)
    if not description.quote or description.quote not in text:
        return [cell.strip() for cell in text.split(description.delimiter)]
    try:
        cells = next(csv.reader([text], strict=True, delimiter=description.delimiter, quotechar=description.quote))
    except csv.Error as error:
        raise RecordFault("quoting", f"The quotes of this row do not match ({error}).") from error
    return [cell.strip() for cell in cells]


def document(line: Line) -> object:
    """The JSON object of a line."""
    check_length(line)
    if not line.content.strip():
        raise RecordFault("empty_row", "This row is empty.")
    try:
        found: object = orjson.loads(line.content)
    except orjson.JSONDecodeError as error:
        raise RecordFault("bad_json", f"This row is no JSON ({error}).") from error
    if not isinstance(found, dict):
        raise RecordFault("bad_json", "This row is no JSON object.")
    return found


def _names(description: Description, path: Path) -> tuple[str, ...]:
    if description.columns != "header":
        return description.names()
    line = next(islice(lines(path, 0), description.header_rows - 1, None), None)
    if line is None:
        raise FileRejected(f"The file has no row {description.header_rows}, which names the columns.")
    try:
        names = tuple(split(description, line))
    except RecordFault as fault:
        raise FileRejected(f"Row {description.header_rows} does not name the columns: {fault.detail}") from fault
    missing = sorted({ref for _, ref in description.refs() if isinstance(ref, str) and ref not in names})
    if missing:
        raise FileRejected(f"The header lacks {', '.join(missing)}; it reads {', '.join(names)[:200]}.")
    return names


def _at(found: object, path: str) -> str:
    """The text at a dotted path; what is not there is empty."""
    for step in path.split("."):
        found = _member(found, step)
    return _plain(found, path)


def _member(found: object, step: str) -> object:
    if isinstance(found, dict):
        return found.get(step)
    if isinstance(found, list) and step.isdecimal() and int(step) < len(found):
        return found[int(step)]
    return None


def _plain(found: object, path: str) -> str:
    if found is None:
        return ""
    if isinstance(found, bool):
        return "true" if found else "false"
    if isinstance(found, str):
        text = found.strip()
        if not text.isprintable():
            raise RecordFault("control_character", f"'{path}' holds a control character.")
        return text
    if isinstance(found, int | float):
        return str(found)
    raise RecordFault("bad_json", f"'{path}' is no plain value.")
