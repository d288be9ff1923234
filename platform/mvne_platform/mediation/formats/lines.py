"""Bounded reading of text files with one record per line.

A record never spans lines, so that an unclosed quote costs one row and not the rest of the file.
"""

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

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


def lines(path: Path, offset: int) -> Iterator[Line]:
    """The lines of a file from the byte `offset` on; a byte order mark at the beginning is dropped."""
    with path.open("rb") as file:
        file.seek(offset)
        while piece := file.readline(MAX_ROW_BYTES + 2):
            content = piece.rstrip(b"\r\n")
            too_long = len(content) > MAX_ROW_BYTES
            while piece and not piece.endswith(b"\n"):
                piece = file.readline(MAX_ROW_BYTES)
            if offset == 0:
                content, offset = content.removeprefix(_BOM), -1
            yield Line(content[:MAX_ROW_BYTES], file.tell(), too_long)


def rows(path: Path, start: Position, header_lines: int, parse: Callable[[list[str]], UsageEvent]) -> Iterator[Row]:
    """Parse each line after the header; a line that cannot be read or parsed answers its fault."""
    source = lines(path, start.offset)
    if start.offset == 0:
        for _ in range(header_lines):
            next(source, None)
    for number, line in enumerate(source, start.rows + header_lines + 1):
        raw = _printable(line.content)
        try:
            outcome: UsageEvent | Fault = parse(split(line))
        except RecordFault as fault:
            outcome = Fault(fault.reason, fault.detail)
        yield Row(number, line.end, raw, outcome)


def split(line: Line) -> list[str]:
    """The columns of a line; raises RecordFault for one that is too long, empty, misquoted or not plain UTF-8 text."""
    text = _text(line)
    if '"' not in text:
        return text.split(",")
    try:
        return next(csv.reader([text], strict=True))
    except csv.Error as error:
        raise RecordFault("quoting", f"The quotes of this row do not match ({error}).") from error


def _text(line: Line) -> str:
    if line.too_long:
        raise RecordFault("row_too_long", f"This row is longer than {MAX_ROW_BYTES} bytes.")
    try:
        text = line.content.decode()
    except UnicodeDecodeError as error:
        raise RecordFault("encoding", f"Byte {error.start + 1} of this row is not UTF-8.") from error
    if _CONTROL.search(text):
        raise RecordFault("control_character", "This row holds a control character.")
    if not text.strip():
        raise RecordFault("empty_row", "This row is empty.")
    return text


def _printable(content: bytes) -> str:
    text = content.decode("utf-8", "backslashreplace")
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)
