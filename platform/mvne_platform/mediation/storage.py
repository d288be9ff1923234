"""Where usage files lie: by the digest of their bytes, below the brand's folder of the data folder."""

import hashlib
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from mvne_platform.mediation.errors import BadFile, StoredFileMissing
from mvne_platform.runtime import Brand, settings
from mvne_platform.runtime.clock import system_now

MAX_FILE_BYTES = 4 * 1024**3
_PIECE = 1024 * 1024
_ABANDONED = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in its place; `name` is relative to the data folder, `digest` the SHA-256 of its bytes in hex."""

    name: str
    digest: str
    size_bytes: int


def store(brand: Brand, content: Path) -> Stored:
    """Copy a file to its place, whole or not at all; the same bytes have the same place.

    Raises BadFile above MAX_FILE_BYTES, OSError when the disk will not take it.
    """
    target_folder = folder_of(brand)
    target_folder.mkdir(parents=True, exist_ok=True)
    _sweep(target_folder)
    partial = target_folder / f".{uuid4().hex}.part"
    try:
        digest, size = _copy(content, partial)
        partial.replace(target_folder / digest)
    finally:
        partial.unlink(missing_ok=True)
    _sync_folder(target_folder)
    return Stored(str(_folder(brand) / digest), digest, size)


def folder_of(brand: Brand) -> Path:
    """Where a brand's usage files lie."""
    return settings().data / _folder(brand)


def _folder(brand: Brand) -> Path:
    return Path("usage") / brand.slug


def path_of(stored_as: str) -> Path:
    """Where a stored file lies; raises StoredFileMissing."""
    path = settings().data / stored_as
    if not path.is_file():
        raise StoredFileMissing(
            f"The stored usage file {stored_as} is gone; receive the same file again to restore it."
        )
    return path


def _copy(content: Path, partial: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with content.open("rb") as source, partial.open("xb") as target:
        while piece := source.read(_PIECE):
            size += len(piece)
            if size > MAX_FILE_BYTES:
                raise BadFile(f"The file is larger than {MAX_FILE_BYTES} bytes; send it in parts.", field=("content",))
            digest.update(piece)
            target.write(piece)
        target.flush()
        os.fsync(target.fileno())
    return digest.hexdigest(), size


def _sweep(folder: Path) -> None:
    """Remove what copies and expansions that were killed left behind."""
    oldest = (system_now() - _ABANDONED).timestamp()
    for abandoned in (*folder.glob(".*.part"), *folder.glob(".*.unpack")):
        with suppress(FileNotFoundError):  # another process may sweep too
            if abandoned.stat().st_mtime >= oldest:
                continue
            if abandoned.is_dir():
                shutil.rmtree(abandoned, ignore_errors=True)
            else:
                abandoned.unlink()


def _sync_folder(folder: Path) -> None:
    """A rename is durable once its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
