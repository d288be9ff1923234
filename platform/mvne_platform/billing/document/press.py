"""Sets a document in a process of its own, under limits, and stores it whole or not at all."""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from mvne_platform.runtime import OutsideUnavailable

HERE = Path(__file__).parent
WALL_SECONDS = 20
# Nobody answers there: a template that names a package of the network fails at once.
_NOWHERE = "http://127.0.0.1:9"
_PROXIES = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"), _NOWHERE)
# Each thread reserves address space, of which there is as much on a machine with many cores as on one with few.
_ENVIRONMENT = {**_PROXIES, "RAYON_NUM_THREADS": "2", "MALLOC_ARENA_MAX": "2"}


class DocumentFault(RuntimeError):
    """The template or its data cannot be set, or need more memory or time than one document may have."""


@dataclass(frozen=True, slots=True)
class Order:
    """A document to set: a template below `root`, beyond which it sees no file, and its data (JSON values).

    `issued_at` is the time the PDF carries, so that the same order gives the same bytes. PDF/A-3 for archives,
    PDF/UA-1 for readers who cannot see it (ISO 19005-3, ISO 14289-1).
    """

    root: str
    template: str
    data: dict[str, Any]
    issued_at: datetime
    standards: tuple[str, ...] = ("a-3a", "ua-1")


def press(order: Order, *, wall_seconds: float = WALL_SECONDS) -> bytes:
    """Set a document; raises DocumentFault, and OutsideUnavailable when the machine was too slow for it."""
    wanted = {**asdict(order), "issued_at": int(order.issued_at.timestamp())}
    with tempfile.TemporaryDirectory() as nothing:
        wanted["packages"] = nothing
        try:
            child = subprocess.run(
                [sys.executable, "-I", str(HERE / "child.py")],
                input=json.dumps(wanted).encode(),
                capture_output=True,
                timeout=wall_seconds,
                env=_ENVIRONMENT,
                cwd=nothing,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            raise OutsideUnavailable(f"The document was not set within {wall_seconds} seconds.") from late
    if child.returncode != 0:
        reason = child.stderr.decode(errors="replace").strip()[-1500:]
        raise DocumentFault(f"{order.template} (exit status {child.returncode}): {reason}")
    return child.stdout


def store(target: Path, content: bytes) -> str:
    """Put a document in its place, whole, replacing one of the same name; answers its SHA-256 in hex."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, unfinished = tempfile.mkstemp(dir=target.parent, prefix=".unfinished-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(unfinished).replace(target)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise
    return hashlib.sha256(content).hexdigest()
