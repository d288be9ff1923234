"""How much room is left for the data."""

import errno
import shutil
from pathlib import Path

MEBIBYTE = 2**20
LEAST_TO_START_BYTES = 500 * MEBIBYTE
WARN_BELOW_BYTES = 200 * MEBIBYTE


def free_bytes(data: Path) -> int:
    """What is free where `data` lies, or will lie."""
    return shutil.disk_usage(next(place for place in (data, *data.parents) if place.exists())).free


def is_full(error: BaseException, data: Path) -> bool:
    """Whether a failure comes from a full disk: says so itself, or next to nothing is left."""
    causes = [error, error.__cause__, error.__context__]
    says_so = any(isinstance(one, OSError) and one.errno == errno.ENOSPC for one in causes)
    return says_so or "No space left on device" in str(error) or free_bytes(data) < 16 * MEBIBYTE
