"""Bounded reading of text files with one record per line.

A record never spans lines, so that an unclosed quote costs one row and not the rest of the file.
"""

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from mvne_platform.mediation.formats.port import Fault, Position, RecordFault, Row
from mvne_platform.mediation.usage import UsageEvent

MAX_ROW_BYTES = 4096
_BOM = b"\xef\xbb\xbf"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its end; `content` is cut at MAX_ROW_BYTES, `end` is the byte after the whole line."""

    content: bytes
    end: int
    too_long: bool


def lines(path: Path, offset: int, limit: int = MAX_ROW_BYTES) -> Iterator[Line]:
    """The lines of a file from the byte `offset` on; a byte order mark at the beginning is dropped.

    A line is cut at `limit` bytes.
    """
    with path.open("rb") as file:
        yield from lines_of(file, offset, limit)


def lines_of(file: BinaryIO, offset: int = 0, limit: int = MAX_ROW_BYTES) -> Iterator[Line]:
    """The same of a file that is open."""
    file.seek(offset)
    while piece := file.readline(limit + 2):
        content = piece.rstrip(b"\r\n")
        too_long = len(content) > limit
        while piece and not piece.endswith(b"\n"):
            piece = file.readline(limit)
        if offset == 0:
            content, offset = content.removeprefix(_BOM), -1
        yield Line(content[:limit], file.tell(), too_long)


def rows(path: Path, start: Position, header_lines: int, parse: Callable[[list[str]], UsageEvent]) -> Iterator[Row]:
    """Parse each line after the header; a line that cannot be read or parsed answers its fault."""
    source = lines(path, start.offset)
    if start.offset == 0:
        for _ in range(header_lines):
            next(source, None)
    for number, line in enumerate(source, start.rows + header_lines + 1):
        yield answered(number, line, lambda one: parse(split(one)))


def answered(number: int, line: Line, parse: Callable[[Line], UsageEvent], encoding: str = "utf-8") -> Row:
    """The row of a line: its event, or its fault."""
    try:
        outcome: UsageEvent | Fault = parse(line)
    except RecordFault as fault:
        outcome = Fault(fault.reason, fault.detail)
    return Row(number, line.end, printable(line.content, encoding), outcome)


def split(line: Line) -> list[str]:
    """The columns of a line; raises RecordFault for one that is too long, empty, misquoted or not plain UTF-8 text."""
    text = text_of(line)
    if '"' not in text:
        return text.split(",")
    try:
        return next(csv.reader([text], strict=True))
    except csv.Error as error:
        raise RecordFault("quoting", f"The quotes of this row do not match ({error}).") from error


def text_of(line: Line, encoding: str = "utf-8", allowed: str = "") -> str:
    """The text of a line; raises RecordFault for one that is too long, empty or not plain text.

    `allowed` is a control character that may stand in it: a tab between columns.
    """
    check_length(line)
    try:
        text = line.content.decode(encoding)
    except UnicodeDecodeError as error:
        raise RecordFault("encoding", f"Byte {error.start + 1} of this row is not {encoding.upper()}.") from error
    if _CONTROL.search(text.replace(allowed, "") if allowed else text):
        raise RecordFault("control_character", "This row holds a control character.")
    if not text.strip():
        raise RecordFault("empty_row", "This row is empty.")
    return text


def check_length(line: Line) -> None:
    """Raise RecordFault for a line that was cut."""
    if line.too_long:
        raise RecordFault("row_too_long", f"This row is longer than {len(line.content)} bytes.")


def printable(content: bytes, encoding: str = "utf-8") -> str:
    """A record as it is shown and stored: what is no text is spelled out (PostgreSQL takes no NUL), but for tabs."""
    text = content.decode(encoding, "backslashreplace")
    return _CONTROL.sub(lambda found: found[0] if found[0] == "\t" else f"\\x{ord(found[0]):02x}", text)
