"""The batch kernel is compiled once for all test processes, and kept between runs."""

import fcntl
import os
from pathlib import Path

import pytest

_FOLDER = Path(__file__).resolve().parents[2] / "var" / "cache" / "numba"

_FOLDER.mkdir(parents=True, exist_ok=True)
os.environ.setdefault("NUMBA_CACHE_DIR", str(_FOLDER))  # before anybody imports numba


@pytest.fixture(scope="session")
def warm_kernel() -> None:
    """Whoever comes first compiles; the others wait, and load what it has left."""
    from mvne_platform.rating import kernel  # noqa: PLC0415  # brings numba, which most test processes need not have

    with (_FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kernel.warm()
