"""Turns usage files of many formats into one kind of usage event, row by row, with a reason for each that fails."""

from mvne_platform.mediation.commands import Unrated, advance, receive_file, record_unrated
from mvne_platform.mediation.errors import BadFile, StoredFileMissing, UnknownFile, UnknownFormat
from mvne_platform.mediation.formats import FORMATS, Fault, FormatSettings, Position, Row
from mvne_platform.mediation.models import ExceptionKind, FileState, UsageException, UsageFile
from mvne_platform.mediation.queries import (
    UnratedRow,
    file_for_update,
    rows_of,
    unrated_reasons,
    unrated_rows,
    usage_file,
    usage_files,
)
from mvne_platform.mediation.rules import masked
from mvne_platform.mediation.usage import Identifier, UsageEvent, event_key, first_key, start_of

__all__ = [
    "FORMATS",
    "BadFile",
    "ExceptionKind",
    "Fault",
    "FileState",
    "FormatSettings",
    "Identifier",
    "Position",
    "Row",
    "StoredFileMissing",
    "UnknownFile",
    "UnknownFormat",
    "Unrated",
    "UnratedRow",
    "UsageEvent",
    "UsageException",
    "UsageFile",
    "advance",
    "event_key",
    "file_for_update",
    "first_key",
    "masked",
    "receive_file",
    "record_unrated",
    "rows_of",
    "start_of",
    "unrated_reasons",
    "unrated_rows",
    "usage_file",
    "usage_files",
]
