"""What is wrong with something drafted, and where."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a part of a draft; `subject` is the path to it, such as ("rate", "dk", "voice_out", "*")."""

    subject: tuple[str, ...]
    message: str

    def __str__(self) -> str:
        return f"{'/'.join(self.subject)}: {self.message}"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a file; lines count from 1, 0 stands for the file as a whole, no column for the whole line."""

    file: str
    line: int
    message: str
    column: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}" if self.line else f"{self.file}: {self.message}"


class Severity(StrEnum):
    """Whether a finding keeps a draft from being published, or only deserves a look."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """What the consistency check says of a part of a draft; `subject` is the path to it."""

    severity: Severity
    subject: tuple[str, ...]
    message: str

    def __str__(self) -> str:
        return f"{self.severity} {'/'.join(self.subject)}: {self.message}"


@dataclass(frozen=True, slots=True)
class PlacedFinding:
    """A finding of the check, and the line it is about (line 0: the file as a whole)."""

    severity: Severity
    subject: tuple[str, ...]
    place: Fault

    def __str__(self) -> str:
        return f"{self.severity} {self.place}"
