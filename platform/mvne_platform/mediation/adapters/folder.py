"""Fetching from a directory of this machine, below the brand's own folder and never outside of it.

Every step goes through open directories without following links, so that nothing can be exchanged under our hands.
"""

import os
import stat
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import cast

from mvne_platform.mediation.adapters.parts import Part, steps, sweep
from mvne_platform.mediation.adapters.port import (
    Chore,
    Deed,
    Fetched,
    Limits,
    Looked,
    Place,
    Seen,
    SourceTrouble,
    Trouble,
    chosen,
    is_wanted,
    left_behind,
)
from mvne_platform.mediation.source_settings import Folder
from mvne_platform.runtime import settings
from mvne_platform.runtime.clock import system_now

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# A pipe that nobody writes into would keep us for ever.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
SHOWN_NAMES = 10


def base(brand: str) -> Path:
    """The folder below which a brand's sources lie."""
    return settings().usage_folders / brand


def fetch(place: Place, known: Collection[Seen], into: Path, limits: Limits) -> Fetched:
    """Copy what has come to rest; a file that changes meanwhile is left for the next time."""
    end = time.monotonic() + limits.seconds
    sweep(into)
    unreadable = 0
    with _opened(place) as folder:
        entries, cut = _entries(folder, place, limits)
        wanted, refused, more = chosen(entries, known, place.settings, limits)
        files: list[tuple[Seen, Path]] = []
        for seen in wanted:
            if time.monotonic() > end:
                return Fetched(tuple(files), tuple(refused), more=True)
            part = Part(into, seen)
            try:
                copied = _copied(folder, part, end)
            except PermissionError:
                unreadable += 1
                continue
            if copied:
                files.append((seen, part.path))
    return Fetched(tuple(files), tuple(refused), more, left_behind(limits, cut=cut, unreadable=unreadable))


def look(place: Place, limits: Limits) -> Looked:
    """See what is waiting."""
    with _opened(place) as folder:
        entries, _ = _entries(folder, place, limits)
    names = sorted(seen.name for seen in entries)
    return Looked(len(names), tuple(names[:SHOWN_NAMES]))


def tidy(place: Place, chores: Collection[Chore], _limits: Limits) -> dict[Seen, str]:
    """Delete or move files that are still as they were seen; one that has changed since is a new one and stays."""
    problems: dict[Seen, str] = {}
    with _opened(place) as folder:
        for chore in chores:
            try:
                _do(folder, place, chore)
            except OSError as error:
                problems[chore.seen] = f"It could not be {_PAST[chore.deed]}: {os.strerror(error.errno or 0)}."
    return problems


_PAST = {Deed.LEAVE: "left", Deed.DELETE: "deleted", Deed.MOVE: "moved"}


def _do(folder: int, place: Place, chore: Chore) -> None:
    if _seen(folder, chore.seen.name) != chore.seen:
        return
    if chore.deed is Deed.DELETE:
        os.unlink(chore.seen.name, dir_fd=folder)
    if chore.deed is not Deed.MOVE:
        return
    with _walked(place.brand, chore.folder, make=True) as target:
        name = chore.seen.name
        if _seen(target, name) is not None:
            name = f"{name}.{chore.seen.modified_ns}"
        os.rename(chore.seen.name, name, src_dir_fd=folder, dst_dir_fd=target)


@contextmanager
def _opened(place: Place) -> Iterator[int]:
    try:
        with _walked(place.brand, cast("Folder", place.settings).folder, make=False) as folder:
            yield folder
    except FileNotFoundError as error:
        raise SourceTrouble(Trouble.FOLDER_MISSING, "The folder is not there; make it, or correct its name.") from error
    except PermissionError as error:
        raise SourceTrouble(Trouble.NOT_ALLOWED, "The platform may not read the folder.") from error
    except NotADirectoryError as error:
        raise SourceTrouble(
            Trouble.FOLDER_MISSING, "A part of the path is a file or a link; a source is a folder itself."
        ) from error


@contextmanager
def _walked(brand: str, path: str, *, make: bool) -> Iterator[int]:
    """The folder `path` below the brand's, opened step by step; links are no steps."""
    start = base(brand)
    start.mkdir(parents=True, exist_ok=True)
    folder = os.open(start, _DIRECTORY)
    try:
        for step in PurePosixPath(path).parts:
            if make:
                _make(step, folder)
            inner = os.open(step, _DIRECTORY, dir_fd=folder)
            os.close(folder)
            folder = inner
        yield folder
    finally:
        os.close(folder)


def _make(step: str, folder: int) -> None:
    try:
        os.mkdir(step, dir_fd=folder)
    except FileExistsError:
        return


def _entries(folder: int, place: Place, limits: Limits) -> tuple[list[Seen], bool]:
    """What lies there and has come to rest, and whether there is more than was looked at."""
    rested = (system_now().timestamp() - place.settings.settle_seconds) * 1e9
    found: list[Seen] = []
    with os.scandir(folder) as listing:
        for number, entry in enumerate(listing):
            if number == limits.listed:
                return found, True
            if not is_wanted(entry.name, place.settings.pattern):
                continue
            seen = _seen(folder, entry.name)
            if seen is not None and seen.modified_ns <= rested:
                found.append(seen)
    return found, False


def _seen(folder: int, name: str) -> Seen | None:
    """A regular file of this name as it is now; None for anything else."""
    try:
        state = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None
    return Seen(name, state.st_size, state.st_mtime_ns) if stat.S_ISREG(state.st_mode) else None


def _copied(folder: int, part: Part, end: float) -> bool:
    """Copy the rest of a file; False if it changed meanwhile, or time ran out. Raises PermissionError."""
    seen = part.seen
    try:
        source = os.open(seen.name, _FILE, dir_fd=folder)
    except PermissionError:
        raise
    except OSError:  # taken back, or made a link, since it was listed
        return False
    try:
        state = os.fstat(source)
        if not stat.S_ISREG(state.st_mode) or (state.st_size, state.st_mtime_ns) != seen[1:]:
            return False
        for offset, length in steps(part):
            piece = os.pread(source, length, offset)
            if not piece or time.monotonic() > end:
                return False
            part.append(piece)
        state = os.fstat(source)
    finally:
        os.close(source)
    if (state.st_size, state.st_mtime_ns) != seen[1:]:
        part.discard()
        return False
    part.finish()
    return True
