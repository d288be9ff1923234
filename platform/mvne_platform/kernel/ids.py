"""Identifiers that sort by the time they were made."""

import os
import threading
import time
from uuid import UUID

_VERSION_7 = 0x7 << 76
_VARIANT = 0b10 << 62
_RANDOM_BITS = 74
_lock = threading.Lock()
_last = 0


def uuid7() -> UUID:
    """Make a UUID of version 7 (RFC 9562 §5.7): 48 bits of Unix milliseconds, then random bits.

    What one process makes rises strictly: where the random bits of the same millisecond would not, the one before is
    counted up (§6.2, method 2).
    """
    global _last  # noqa: PLW0603  # the one before, of this process
    random = int.from_bytes(os.urandom(10)) & ((1 << _RANDOM_BITS) - 1)
    with _lock:
        _last = max(_last + 1, (time.time_ns() // 1_000_000) << _RANDOM_BITS | random)
        made = _last
    milliseconds, random = made >> _RANDOM_BITS, made & ((1 << _RANDOM_BITS) - 1)
    high, low = random >> 62, random & 0x3FFF_FFFF_FFFF_FFFF
    return UUID(int=milliseconds << 80 | _VERSION_7 | high << 64 | _VARIANT | low)
