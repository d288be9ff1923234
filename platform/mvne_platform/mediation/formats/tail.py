"""Where the records of a file end, and what its header and trailer say of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from mvne_platform.mediation.formats.cutting import LIMITS, split
from mvne_platform.mediation.formats.description import Description, Mark
from mvne_platform.mediation.formats.lines import Line, lines, text_of
from mvne_platform.mediation.formats.port import TRAILER, FileRejected, RecordFault

_PIECE = 64 * 1024
_COUNTED = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Marks:
    """What a file says of itself: its number in the operator's sequence, and how many records it has."""

    sequence: int | None = None
    records: int | None = None


def body_end(path: Path, footer_rows: int) -> int:
    """The byte after the last record: where the trailer begins. Empty lines at the end are not counted."""
    size = path.stat().st_size
    if footer_rows == 0:
        return size
    begin = size
    for _ in range(footer_rows):
        begin = _last_line(path, begin)
    return begin


def marks(path: Path, description: Description) -> Marks:
    """The numbers of the header and trailer; raises FileRejected for one that is no number."""
    return Marks(_mark(path, description, description.sequence), _mark(path, description, description.declared_records))


def number_said(path: Path, description: Description | None) -> int | None:
    """The number that a file gives itself in the operator's sequence, whatever else may be wrong with it."""
    try:
        return None if description is None else _mark(path, description, description.sequence)
    except FileRejected:
        return None


def check_records(path: Path, description: Description) -> None:
    """Raise FileRejected (TRAILER) unless the file has as many records as it says; its rows can be read even so."""
    declared = marks(path, description).records
    if declared is None:
        return
    found = max(0, _line_count(path, body_end(path, description.footer_rows)) - description.header_rows)
    if found != declared:
        raise FileRejected(
            f"The file says that it has {declared} records, and has {found}. Ask for it again.", "TRAILER"
        )


def _mark(path: Path, description: Description, mark: Mark | None) -> int | None:
    if mark is None:
        return None
    offset = 0 if mark.place == "header" else body_end(path, description.footer_rows)
    line = next(islice(lines(path, offset, LIMITS[description.kind]), mark.row - 1, None), None)
    if line is None:
        raise FileRejected(f"The file has no {mark.place} row {mark.row}.", TRAILER)
    try:
        text = _cell(description, mark, line)
    except RecordFault as fault:
        raise FileRejected(f"Row {mark.row} of the {mark.place} cannot be read: {fault.detail}", TRAILER) from fault
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise FileRejected(f"'{text[:40]}' in row {mark.row} of the {mark.place} is no number.", TRAILER)
    return int(text)


def _cell(description: Description, mark: Mark, line: Line) -> str:
    if mark.column is not None:
        cells = split(description, line)
        return cells[mark.column - 1] if mark.column <= len(cells) else ""
    begin = (mark.start or 1) - 1
    allowed = description.delimiter if description.kind == "delimited" else ""
    return text_of(line, description.encoding, allowed)[begin : begin + (mark.length or 0)].strip()


def _last_line(path: Path, end: int) -> int:
    """Where the last line that is not empty begins, of those before the byte `end`."""
    filled = False
    for offset, piece in _backwards(path, end):
        before = piece if filled else piece.rstrip(b"\r\n")
        filled = filled or bool(before)
        place = before.rfind(b"\n")
        if place >= 0:
            return offset + place + 1
    return 0


def _backwards(path: Path, end: int) -> Iterator[tuple[int, bytes]]:
    with path.open("rb") as file:
        while end > 0:
            begin = max(0, end - _PIECE)
            file.seek(begin)
            yield begin, file.read(end - begin)
            end = begin


def _line_count(path: Path, end: int) -> int:
    """Lines that begin before the byte `end`."""
    count, left, last = 0, end, b"\n"
    with path.open("rb") as file:
        while left > 0 and (piece := file.read(min(_COUNTED, left))):
            count += piece.count(b"\n")
            left -= len(piece)
            last = piece[-1:]
    return count if last == b"\n" else count + 1
