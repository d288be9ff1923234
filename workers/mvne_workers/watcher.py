"""The inbox: usage files dropped into `<data>/inbox/<brand>/<format>/` are received and moved away.

A file is taken once it has a final name (not starting with a dot, not ending in `.part`) and has stopped growing.
"""

from collections.abc import Iterator
from pathlib import Path

import structlog

from mvne_platform import charging, mediation
from mvne_platform.kernel import DomainError
from mvne_platform.runtime import brand_work, settings
from mvne_platform.runtime.clock import system_now
from mvne_platform.runtime.tenancy import UnknownBrand

log = structlog.get_logger()

SETTLED_SECONDS = 0.3


def scan_inbox() -> int:
    """Receive every settled file; answers how many."""
    return sum(_receive(path) for path in sorted(_settled(settings().data / "inbox")))


def _settled(inbox: Path) -> Iterator[Path]:
    for path in inbox.glob("*/*/*"):
        if path.name.startswith(".") or path.suffix == ".part" or not path.is_file():
            continue
        if system_now().timestamp() - path.stat().st_mtime > SETTLED_SECONDS:
            yield path


def _receive(path: Path) -> int:
    slug, file_format = path.parent.parent.name, path.parent.name
    try:
        with brand_work(slug) as ctx:
            file = mediation.receive_file(ctx, name=path.name, format=file_format, content_path=path)
            charging.start_load(ctx, file.id)
    except (UnknownBrand, DomainError) as error:
        log.warning("inbox_file_refused", brand=slug, file=path.name, reason=error.message)
        _set_aside(path, error)
        return 0
    path.unlink(missing_ok=True)
    return 1


def _set_aside(path: Path, error: DomainError) -> None:
    """Keep a refused file, with the reason beside it, where it is not scanned again."""
    refused = path.parent / "refused"
    refused.mkdir(exist_ok=True)
    (refused / f"{path.name}.reason.txt").write_text(f"{error.code}: {error.message}\n")
    path.replace(refused / path.name)
