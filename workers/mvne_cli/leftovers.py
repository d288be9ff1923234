"""Which processes the last `mvne up` had: whoever still lives when the next one starts is ended first.

A killed `mvne up` takes its processes with it, but they may need some seconds to finish what they do, and hold ports.
A process id alone proves nothing, so it is kept with the start time of its process and the machine's boot.
"""

import json
import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path

from mvne_cli.embedded.processes import started_ticks

PATIENCE_SECONDS = 12.0


def remember(file: Path, pids: Mapping[str, int]) -> None:
    """Write down what runs now, by name."""
    alive = {name: [pid, started_ticks(pid)] for name, pid in pids.items()}
    draft = file.with_suffix(".part")
    draft.write_text(json.dumps({"boot": _boot(), "processes": alive}), encoding="utf-8")
    draft.replace(file)


def end(file: Path, patience_seconds: float = PATIENCE_SECONDS) -> list[str]:
    """End whoever is left: politely, then for good. Answers the names of those that still lived."""
    left = _left(file)
    for pid, _ in left.values():
        _send(pid, signal.SIGTERM)
    deadline = time.monotonic() + patience_seconds
    while living := [pid for pid, ticks in left.values() if started_ticks(pid) == ticks]:
        for pid in living if time.monotonic() > deadline else ():
            _send(pid, signal.SIGKILL)
        time.sleep(0.05)
    file.unlink(missing_ok=True)
    return sorted(left)


def _left(file: Path) -> dict[str, tuple[int, int]]:
    try:
        written = json.loads(file.read_text(encoding="utf-8"))
        if written["boot"] != _boot():
            return {}
        found = {name: (int(pid), int(ticks)) for name, (pid, ticks) in written["processes"].items() if ticks}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}  # nothing was written, or not to the end
    return {name: (pid, ticks) for name, (pid, ticks) in found.items() if started_ticks(pid) == ticks}


def _send(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8").strip()
