"""What a record format is: a reader that turns a file into rows, one answer for each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mvne_platform.mediation.formats.description import Description
from mvne_platform.mediation.usage import UsageEvent


@dataclass(frozen=True, slots=True)
class FormatSettings:
    """What a format cannot know by itself: the country of its national numbers, the zone of its local times.

    `short_codes` are dialled as they are, however long. A format that is described as data has a `description`, and
    the name under which the brand has it, `format`.
    """

    country: str
    zone: str
    description: Description | None = None
    short_codes: frozenset[str] = frozenset()
    format: str = ""


@dataclass(frozen=True, slots=True)
class Position:
    """Where reading goes on: after `rows` rows, which end at byte `offset`."""

    rows: int = 0
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row is no usage event: a stable reason code, and a sentence for people."""

    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its line in the file (the first is 1), the byte after it, the text as received, what it says."""

    number: int
    end: int
    raw: str
    outcome: UsageEvent | Fault


class RecordFault(Exception):
    """Raised while one row is parsed; the reader answers it as that row's Fault and goes on."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


WRONG_FORMAT, TRAILER = "WRONG_FORMAT", "TRAILER"


class FileRejected(Exception):
    """The file as a whole is not of this format; the text names the cause and the way out.

    `code` is stable: WRONG_FORMAT, or TRAILER where the rows can be read but are not those that the file promises.
    """

    def __init__(self, text: str, code: str = WRONG_FORMAT) -> None:
        super().__init__(text)
        self.code = code


# Reads rows lazily from a position on, in the order of the file, with memory for one row at a time.
# Raises FileRejected when it is called, not later, on a file that is not of the format.
Reader = Callable[[Path, FormatSettings, Position], Iterator[Row]]
