"""`make reset`: throw away what `make run` has made, so that the next run begins anew."""

import fcntl
import os
import shutil
import sys
from pathlib import Path

from mvne_cli.embedded import EmbeddedPostgres

VAR = Path(__file__).resolve().parents[1] / "var"
# `mvne up` holds a lock on this file for as long as it runs.
RUNNING = "up.lock"
# What is not the demo's: caches, tests' folders, measurements.
KEPT = {"bench.json", "cache", "environment.lock", "plan", "test", "tmp"}


def main() -> int:
    """Refuse while the demo runs; else end a database it may have left behind, and remove its files."""
    if not VAR.exists():
        return 0
    if is_running(VAR / RUNNING):
        print("`make run` is still running; stop it first (Ctrl-C in its terminal).", file=sys.stderr)
        return 1
    EmbeddedPostgres(VAR / "postgres").stop(adopted=True)
    for path in sorted(VAR.iterdir()):
        if path.name not in KEPT:
            remove(path)
    print("The demo's data are gone; `make run` begins anew.")
    return 0


def is_running(lock: Path) -> bool:
    """Whether somebody holds the lock."""
    if not lock.exists():
        return False
    handle = os.open(lock, os.O_RDWR)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def remove(path: Path) -> None:
    """Remove a file or a folder."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


if __name__ == "__main__":
    sys.exit(main())
