"""Files on their way: written beside the data folder's other things, and gone on with after a break.

A part's name is made from what was seen, so that a broken pull finds what it had, and never mixes two files.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from mvne_platform.mediation.adapters.port import Seen
from mvne_platform.runtime.clock import system_now

PIECE = 1024 * 1024
_ABANDONED_SECONDS = 7 * 86_400


class Part:
    """A file that is being written; never longer than it was seen to be."""

    def __init__(self, folder: Path, seen: Seen) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.seen = seen
        identity = "\x1f".join(map(str, seen))
        self.path = folder / f"{hashlib.sha256(identity.encode()).hexdigest()}.part"

    @property
    def missing(self) -> int:
        """How many bytes are to come."""
        return self.seen.size_bytes - self.length

    @property
    def length(self) -> int:
        """How many bytes are there; one that has more than it may is begun anew."""
        with suppress(FileNotFoundError):
            length = self.path.stat().st_size
            if length <= self.seen.size_bytes:
                return length
            self.discard()
        return 0

    def append(self, piece: bytes) -> None:
        """Add bytes at the end; what is beyond the seen size is cut off."""
        room = self.missing
        with self.path.open("ab") as file:
            file.write(piece[:room])

    def finish(self) -> None:
        """Make it durable: it may be the only copy once the other side's is deleted."""
        with self.path.open("ab") as file:
            os.fsync(file.fileno())

    def discard(self) -> None:
        """Begin anew next time."""
        self.path.unlink(missing_ok=True)


def steps(part: Part) -> Iterator[tuple[int, int]]:
    """The pieces that are missing, as offset and length; `append` each before the next is asked for."""
    while part.missing:
        yield part.length, min(PIECE, part.missing)


def sweep(folder: Path) -> None:
    """Remove what pulls that never ended left behind."""
    oldest = system_now().timestamp() - _ABANDONED_SECONDS
    for path in folder.glob("*.part"):
        with suppress(FileNotFoundError):  # another process may sweep too
            if path.stat().st_mtime < oldest:
                path.unlink()
