"""Turns usage files of many formats into one kind of usage event, row by row, with a reason for each that fails."""

from mvne_platform.mediation import archives, numbers
from mvne_platform.mediation.commands import Unrated, advance, receive_file, receive_files, record_unrated
from mvne_platform.mediation.described_formats import describe_format, described_formats, format_names, settings_of
from mvne_platform.mediation.errors import BadFile, StoredFileMissing, UnknownFile, UnknownFormat
from mvne_platform.mediation.events import FailureBatchAdvanced, UsageFileQuarantined, UsageFileReady, UsageSequenceGap
from mvne_platform.mediation.failure_log import OpenFailure, Settled, failures_for_update, settle_failures
from mvne_platform.mediation.formats import FORMATS, Description, Fault, FileRejected, FormatSettings, Position, Row
from mvne_platform.mediation.models import (
    ExceptionKind,
    FileState,
    UsageException,
    UsageFile,
    UsageFileAction,
    UsageFormat,
)
from mvne_platform.mediation.numbers import NumberData, NumberFacts, number_data
from mvne_platform.mediation.parts import (
    Collected,
    Overdue,
    call_of,
    collect_parts,
    joined,
    joined_event,
    next_overdue,
    overdue_parts,
    settle_part,
)
from mvne_platform.mediation.quarantine import (
    FileFault,
    discard_file,
    quarantine_file,
    quarantine_history,
    release_file,
    retry_file,
)
from mvne_platform.mediation.queries import (
    UnratedRow,
    file_for_update,
    rows_of,
    unrated_reasons,
    unrated_rows,
    usage_file,
    usage_files,
)
from mvne_platform.mediation.report import file_to_report, write_report
from mvne_platform.mediation.rules import masked
from mvne_platform.mediation.storage import MAX_FILE_BYTES, path_of
from mvne_platform.mediation.usage import Identifier, UsageEvent, event_key, first_key, start_of

__all__ = [
    "FORMATS",
    "MAX_FILE_BYTES",
    "BadFile",
    "Collected",
    "Description",
    "ExceptionKind",
    "FailureBatchAdvanced",
    "Fault",
    "FileFault",
    "FileRejected",
    "FileState",
    "FormatSettings",
    "Identifier",
    "NumberData",
    "NumberFacts",
    "OpenFailure",
    "Overdue",
    "Position",
    "Row",
    "Settled",
    "StoredFileMissing",
    "UnknownFile",
    "UnknownFormat",
    "Unrated",
    "UnratedRow",
    "UsageEvent",
    "UsageException",
    "UsageFile",
    "UsageFileAction",
    "UsageFileQuarantined",
    "UsageFileReady",
    "UsageFormat",
    "UsageSequenceGap",
    "advance",
    "archives",
    "call_of",
    "collect_parts",
    "describe_format",
    "described_formats",
    "discard_file",
    "event_key",
    "failures_for_update",
    "file_for_update",
    "file_to_report",
    "first_key",
    "format_names",
    "joined",
    "joined_event",
    "masked",
    "next_overdue",
    "number_data",
    "numbers",
    "overdue_parts",
    "path_of",
    "quarantine_file",
    "quarantine_history",
    "receive_file",
    "receive_files",
    "record_unrated",
    "release_file",
    "retry_file",
    "rows_of",
    "settings_of",
    "settle_failures",
    "settle_part",
    "start_of",
    "unrated_reasons",
    "unrated_rows",
    "usage_file",
    "usage_files",
    "write_report",
]
