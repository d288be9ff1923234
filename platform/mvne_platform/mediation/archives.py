"""Compressed usage files: gzip (RFC 1952) and zip, expanded once, within limits, before anything is stored.

What it is shows in the first bytes, not in the name. Each member of a zip is a usage file of its own.
"""

import errno
import gzip
import io
import shutil
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO
from uuid import uuid4

from mvne_platform.mediation.errors import BadArchive
from mvne_platform.mediation.storage import MAX_FILE_BYTES, folder_of
from mvne_platform.runtime import Brand

MAX_MEMBERS = 1_000
# Text of many equal rows is compressed to a hundredth; beyond that it is a trap. Small files may be anything.
MAX_RATIO = 200
RATIO_FREE_BYTES = 16 * 1024**2
# The directory of a zip with so many members and long names; a larger one would be held in memory whole.
MAX_DIRECTORY_BYTES = 4 * 1024**2
FOLDER_SUFFIX = ".unpack"
_PIECE = 1024 * 1024
_GZIP = b"\x1f\x8b"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OTHERS = (b"BZh", b"\xfd7zXZ\x00", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\x28\xb5\x2f\xfd")
# What the standard library raises over damaged archives; it promises none of them.
_BROKEN = (
    EOFError,
    IndexError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    ValueError,
    gzip.BadGzipFile,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class Member:
    """A usage file that came in an archive, or came as it is."""

    name: str
    path: Path


@contextmanager
def unpacked(brand: Brand, name: str, content: Path) -> Iterator[list[Member]]:
    """The usage files in `content`; a file that is no archive is its own only member. They are gone afterwards.

    Raises BadArchive for one that is damaged, encrypted, empty, nested, or larger than the limits once it is expanded.
    """
    with content.open("rb") as file:
        head = file.read(8)
    if not head.startswith((_GZIP, *_ZIP)):
        yield [Member(name, content)]
        return
    folder = folder_of(brand) / f".{uuid4().hex}{FOLDER_SUFFIX}"
    folder.mkdir(parents=True)
    try:
        yield _from_gzip(name, content, folder) if head.startswith(_GZIP) else _from_zip(name, content, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(slots=True)
class _Budget:
    """How much an archive may still expand to."""

    name: str
    left: int

    def take(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise _bad(self.name, f"expands to more than {MAX_RATIO} times its size or {MAX_FILE_BYTES} bytes")


def _budget(name: str, content: Path) -> _Budget:
    most = max(RATIO_FREE_BYTES, MAX_RATIO * content.stat().st_size)
    return _Budget(name, min(MAX_FILE_BYTES, most))


def _from_gzip(name: str, content: Path, folder: Path) -> list[Member]:
    path = folder / "0"
    with _sound(name), gzip.open(content, "rb") as source:
        _expand(source, path, _budget(name, content), name)
    return [Member(name.removesuffix(".gz").removesuffix(".GZ") or name, path)]


def _from_zip(name: str, content: Path, folder: Path) -> list[Member]:
    budget, found = _budget(name, content), []
    with _sound(name), _Bounded(name, content) as file, zipfile.ZipFile(file) as archive:
        for number, info in enumerate(_members(name, archive)):
            path = folder / str(number)
            with archive.open(info) as source:
                _expand(source, path, budget, f"{name}/{info.filename}")
            found.append(Member(PurePosixPath(info.filename.replace("\\", "/")).name, path))
    if not found:
        raise _bad(name, "holds no file")
    return found


class _Bounded(io.BufferedReader):
    """A zip as `zipfile` reads it: its directory in one piece, its members in small ones."""

    def __init__(self, name: str, path: Path) -> None:
        super().__init__(path.open("rb", buffering=0))
        self._name = name

    def read(self, size: int | None = -1, /) -> bytes:
        """At most MAX_DIRECTORY_BYTES at once; raises BadArchive for more."""
        wanted = MAX_DIRECTORY_BYTES if size is None or size < 0 else size
        if wanted > MAX_DIRECTORY_BYTES:
            raise _bad(self._name, f"has a directory of more than {MAX_DIRECTORY_BYTES} bytes")
        return super().read(wanted)


@contextmanager
def _sound(name: str) -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        raise _bad(name, f"is damaged ({error})") from error
    except OSError as error:
        # A place before the beginning of the file, that a damaged directory names; all else is the disk's trouble.
        if error.errno != errno.EINVAL:
            raise
        raise _bad(name, "is damaged (its directory leads out of it)") from error


def _members(name: str, archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    infos = [info for info in archive.infolist() if not info.is_dir() and not info.filename.startswith("__MACOSX/")]
    if len(infos) > MAX_MEMBERS:
        raise _bad(name, f"holds more than {MAX_MEMBERS} files")
    if any(info.flag_bits & 1 for info in infos):
        raise _bad(name, "is encrypted")
    # Other methods let the archive say how much memory reading it takes.
    if any(info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for info in infos):
        raise _bad(name, "is packed by another method than deflate")
    return infos


def _expand(source: gzip.GzipFile | IO[bytes], path: Path, budget: _Budget, name: str) -> None:
    with path.open("xb") as target:
        while piece := source.read(_PIECE):
            budget.take(len(piece))
            if target.tell() == 0 and piece.startswith((_GZIP, *_ZIP, *_OTHERS)):
                raise _bad(name, "is an archive within an archive")
            target.write(piece)


def _bad(name: str, what: str) -> BadArchive:
    return BadArchive(
        f"'{name[:200]}' {what}. Send the usage files themselves, or a sound archive.", field=("content",)
    )
