"""Passwords of staff: Argon2id, few at a time, and the same work for a person who does not exist."""

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from mvne_platform.access.errors import TooManyAttempts, WeakPassword

SHORTEST = 12
LONGEST = 1024
# OWASP Password Storage Cheat Sheet: Argon2id with 19 MiB, 2 passes, 1 lane.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Each verification holds 19 MiB and a core for about 80 ms: two at a time leave room for everything else.
_SLOTS = threading.BoundedSemaphore(2)
_PATIENCE_SECONDS = 5.0
# The hash of a password nobody has: refusing an unknown address takes as long as refusing a wrong password.
_NOBODY = _HASHER.hash("no one signs in with this")


def hashed(password: str) -> str:
    """The Argon2id hash to store; raises WeakPassword below 12 characters or above 1,024."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise WeakPassword(f"A password has {SHORTEST} to {LONGEST} characters; choose a longer phrase.")
    return _HASHER.hash(password)


def verified(stored: str | None, password: str) -> bool:
    """Whether `password` is the stored one; None stands for an unknown person and costs the same time.

    Blocks; call it off the request threads. Raises TooManyAttempts when no slot comes free in time.
    """
    if not _SLOTS.acquire(timeout=_PATIENCE_SECONDS):
        raise TooManyAttempts("Too many people are signing in at once. Try again in a few seconds.")
    try:
        _HASHER.verify(stored or _NOBODY, password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    finally:
        _SLOTS.release()
    return stored is not None
