"""What a way of fetching usage files is: three questions to the place where an operator leaves them.

None of them has a database. Whatever the other side answers is bounded: names, sizes, how many, how long.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from mvne_platform.mediation.source_settings import Pulled

LONGEST_NAME = 255
# Written by somebody who has not finished, or hidden on purpose.
_UNFINISHED = (".part", ".tmp", ".filepart", ".writing")


class Trouble(StrEnum):
    """Why a place could not be asked."""

    CANNOT_CONNECT = "CANNOT_CONNECT"
    HOST_KEY_DIFFERS = "HOST_KEY_DIFFERS"
    LOGIN_REFUSED = "LOGIN_REFUSED"
    FOLDER_MISSING = "FOLDER_MISSING"
    NOT_ALLOWED = "NOT_ALLOWED"
    TOO_SLOW = "TOO_SLOW"
    BROKE_OFF = "BROKE_OFF"
    BAD_SECRET = "BAD_SECRET"  # noqa: S105  # a reason, no secret
    TOO_MANY_FILES = "TOO_MANY_FILES"
    UNREADABLE_FILES = "UNREADABLE_FILES"


class SourceTrouble(Exception):
    """The place could not be asked; the text is for people and quotes nothing the other side said."""

    def __init__(self, code: Trouble, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Seen(NamedTuple):
    """A file as it lay there: the same three mean the same file."""

    name: str
    size_bytes: int
    modified_ns: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a brand's source is, and how one gets in."""

    brand: str
    settings: Pulled
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one pull takes on; what is left waits for the next one."""

    files: int = 200
    listed: int = 100_000
    total_bytes: int = 8 * 1024**3
    seconds: float = 240.0


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that was left where it is, and why."""

    seen: Seen
    code: str
    why: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one pull brought: whole files below the folder of parts, and whether more is waiting.

    `trouble` is what ended it before its end; what it had by then is good.
    """

    files: tuple[tuple[Seen, Path], ...] = ()
    refused: tuple[Refused, ...] = ()
    more: bool = False
    trouble: SourceTrouble | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """What a test of the connection saw: how many files are waiting that the source would take."""

    files: int
    first_names: tuple[str, ...]


class Deed(StrEnum):
    """What is done with a file that was taken, at the place it came from."""

    LEAVE = "leave"
    DELETE = "delete"
    MOVE = "move"


@dataclass(frozen=True, slots=True)
class Chore:
    """A file to be moved or deleted there, if it is still the same; `folder` is where it is moved to."""

    seen: Seen
    deed: Deed
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Fetcher:
    """One way of fetching. Each raises SourceTrouble; `tidy` answers what could not be done, by name."""

    fetch: Callable[[Place, Collection[Seen], Path, Limits], Fetched]
    look: Callable[[Place, Limits], Looked]
    tidy: Callable[[Place, Collection[Chore], Limits], dict[Seen, str]]


def left_behind(limits: Limits, *, cut: bool, unreadable: int) -> SourceTrouble | None:
    """What a pull that took what it could says of the rest: a listing that was cut off, files one may not read."""
    if cut:
        return SourceTrouble(
            Trouble.TOO_MANY_FILES,
            f"The folder holds more than {limits.listed} names, and the others were not looked at. Have what was taken "
            "deleted or moved (`after_pull`).",
        )
    if unreadable:
        return SourceTrouble(
            Trouble.UNREADABLE_FILES,
            f"{unreadable} of the files there may not be read; the others were taken. Have their permissions mended.",
        )
    return None


def is_wanted(name: str, pattern: str) -> bool:
    """Whether a name is a finished file's, harmless, and of the pattern (`*`, `?`, `[…]`; case counts)."""
    if not 0 < len(name) <= LONGEST_NAME or "/" in name or "\\" in name or not name.isprintable():
        return False
    return not name.startswith(".") and not name.lower().endswith(_UNFINISHED) and fnmatchcase(name, pattern)


def chosen(
    entries: Collection[Seen], known: Collection[Seen], settings: Pulled, limits: Limits
) -> tuple[list[Seen], list[Refused], bool]:
    """Those of the entries that a pull takes, by name; those it refuses unread; and whether more is waiting."""
    fresh = sorted(seen for seen in entries if seen not in known)
    refused = [_too_large(seen, settings) for seen in fresh if seen.size_bytes > settings.max_bytes]
    taken: list[Seen] = []
    total = 0
    for seen in fresh:
        if seen.size_bytes > settings.max_bytes:
            continue
        total += seen.size_bytes
        if len(taken) == limits.files or (taken and total > limits.total_bytes):
            return taken, refused, True
        taken.append(seen)
    return taken, refused, False


def _too_large(seen: Seen, settings: Pulled) -> Refused:
    why = (
        f"The file has {seen.size_bytes} bytes; this source takes up to {settings.max_bytes}. "
        "It was left where it is. Raise `max_bytes`, or have it sent in parts."
    )
    return Refused(seen, "TOO_LARGE", why)
