"""The inbox: usage files dropped into `<data>/inbox/<brand>/<source or format>/` are received and moved away.

The folder's name is the code of a source of the brand of kind `upload`, or else a format.

A file is taken once it has a final name (not starting with a dot, not ending in `.part`) and has stopped growing.
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import structlog

from mvne_platform import charging, mediation
from mvne_platform.kernel import DomainError
from mvne_platform.mediation import sources
from mvne_platform.mediation.sources import SourceKind
from mvne_platform.runtime import Context, brand_work, settings
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
        if path.name.startswith(".") or path.suffix == ".part" or path.is_symlink() or not path.is_file():
            continue
        with suppress(FileNotFoundError):  # its sender took it back
            if system_now().timestamp() - path.stat().st_mtime > SETTLED_SECONDS:
                yield path


def _receive(path: Path) -> int:
    slug = path.parent.parent.name
    before = _state(path)
    try:
        find_brand(slug)  # a folder may bear any name; a brand that does not exist has no role to work in
        with brand_work(slug) as ctx:
            _take(ctx, path)
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


def _take(ctx: Context, path: Path) -> None:
    folder = path.parent.name
    uploads = {source.code for source in sources.usage_sources(ctx) if source.kind is SourceKind.UPLOAD}
    if folder in uploads:
        sources.take_files(ctx, folder, name=path.name, content_path=path)
        return
    for file in mediation.receive_files(ctx, name=path.name, format=folder, content_path=path):
        charging.start_load(ctx, file.id)


def _state(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def _set_aside(path: Path, error: DomainError) -> None:
    """Keep a refused file, with the reason beside it, where it is not scanned again."""
    refused = path.parent / "refused"
    refused.mkdir(exist_ok=True)
    (refused / f"{path.name}.reason.txt").write_text(f"{error.code}: {error.message}\n")
    path.replace(refused / path.name)
