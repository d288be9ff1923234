"""The record formats: one file each, and the registry of their readers."""

from mvne_platform.mediation.formats import asterisk, mvne_csv
from mvne_platform.mediation.formats.port import Fault, FileRejected, FormatSettings, Position, Reader, RecordFault, Row

FORMATS: dict[str, Reader] = {"asterisk": asterisk.read, "mvne-csv": mvne_csv.read}

__all__ = ["FORMATS", "Fault", "FileRejected", "FormatSettings", "Position", "Reader", "RecordFault", "Row"]
