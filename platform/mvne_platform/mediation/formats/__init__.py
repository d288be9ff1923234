"""The record formats: one file each, and the registries of their readers."""

from collections.abc import Callable, Sequence
from pathlib import Path

from mvne_platform.mediation.formats import asterisk, described, freeswitch, mvne_csv
from mvne_platform.mediation.formats.description import Description, read_description
from mvne_platform.mediation.formats.lines import Line, answered
from mvne_platform.mediation.formats.port import Fault, FileRejected, FormatSettings, Position, Reader, RecordFault, Row
from mvne_platform.mediation.formats.tail import Marks, check_records, marks
from mvne_platform.mediation.usage import UsageEvent

FORMATS: dict[str, Reader] = {"asterisk": asterisk.read, "freeswitch": freeswitch.read, "mvne-csv": mvne_csv.read}

_PARSERS: dict[str, Callable[[Path, FormatSettings], Callable[[Line], UsageEvent]]] = {
    "asterisk": asterisk.parser,
    "freeswitch": freeswitch.parser,
    "mvne-csv": mvne_csv.parser,
}


def reader_of(name: str, settings: FormatSettings) -> Reader:
    """The reader of a format; a brand's own one is described in `settings`."""
    return described.read if settings.description is not None else FORMATS[name]


def parse_records(name: str, path: Path, settings: FormatSettings, records: Sequence[str]) -> list[UsageEvent | Fault]:
    """What single records say, one answer each; `path` is the file they come from. Raises FileRejected for that file.

    A record is its text as a row shows it, corrected perhaps.
    """
    if settings.description is not None:
        parse, encoding = described.parser(path, settings), settings.description.encoding
    else:
        parse, encoding = _PARSERS[name](path, settings), "utf-8"
    lines = (record.encode(encoding, "replace") for record in records)
    return [answered(0, Line(line, 0, too_long=False), parse, encoding).outcome for line in lines]


def examine(name: str, path: Path, settings: FormatSettings) -> None:
    """Raise FileRejected for a file that is not of the format, or has not the records it says it has (TRAILER)."""
    reader_of(name, settings)(path, settings, Position())
    if settings.description is not None:
        check_records(path, settings.description)


def marks_of(path: Path, settings: FormatSettings) -> Marks:
    """What a file's header and trailer say of it; raises FileRejected (TRAILER)."""
    return Marks() if settings.description is None else marks(path, settings.description)


__all__ = [
    "FORMATS",
    "Description",
    "Fault",
    "FileRejected",
    "FormatSettings",
    "Marks",
    "Position",
    "Reader",
    "RecordFault",
    "Row",
    "examine",
    "marks_of",
    "parse_records",
    "read_description",
    "reader_of",
]
