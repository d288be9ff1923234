"""The inbox: usage files dropped into `<data>/inbox/<brand>/<format>/` are received and moved away.

A file is taken once it has a final name (not starting with a dot, not ending in `.part`) and has stopped growing.
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import structlog

from mvne_platform import charging, mediation
from mvne_platform.kernel import DomainError
from mvne_platform.runtime import brand_work, settings
from mvne_platform.runtime.clock import system_now
from mvne_platform.runtime.tenancy import UnknownBrand
from mvne_platform.runtime.work import find_brand
from mvne_workers.apart import apart

log = structlog.get_logger()

SETTLED_SECONDS = 0.3


def scan_inbox() -> int:
    """Receive every settled file; answers how many."""
    received = 0
    for path in sorted(_settled(settings().data / "inbox")):
        with apart(path.parent.parent.name, "inbox"):
            received += _receive(path)
    return received


def _settled(inbox: Path) -> Iterator[Path]:
    for path in inbox.glob("*/*/*"):
        if path.name.startswith(".") or path.suffix == ".part" or not path.is_file():
            continue
        with suppress(FileNotFoundError):  # its sender took it back
            if system_now().timestamp() - path.stat().st_mtime > SETTLED_SECONDS:
                yield path


def _receive(path: Path) -> int:
    slug, file_format = path.parent.parent.name, path.parent.name
    before = _state(path)
    try:
        find_brand(slug)  # a folder may bear any name; a brand that does not exist has no role to work in
        with brand_work(slug) as ctx:
            file = mediation.receive_file(ctx, name=path.name, format=file_format, content_path=path)
            charging.start_load(ctx, file.id)
    except (UnknownBrand, DomainError) as error:
        log.warning("inbox_file_refused", brand=slug, file=path.name, reason=error.message)
        _set_aside(path, error)
        return 0
    if _state(path) != before:
        # Its sender writes on without having used another name: the whole file is taken when it rests again, and the
        # rows that both have are repeats.
        log.warning("inbox_file_still_grows", brand=slug, file=path.name)
        return 0
    path.unlink()
    return 1


def _state(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def _set_aside(path: Path, error: DomainError) -> None:
    """Keep a refused file, with the reason beside it, where it is not scanned again."""
    refused = path.parent / "refused"
    refused.mkdir(exist_ok=True)
    (refused / f"{path.name}.reason.txt").write_text(f"{error.code}: {error.message}\n")
    path.replace(refused / path.name)
