"""Voucher codes people can read to each other: no look-alikes, no words, and a slip of the pen is noticed.

Fifteen random characters of an alphabet of 23 (67 bits) and a check character. The check is a weighted sum modulo 23,
a prime: any one wrong character, and any two that changed places, give another sum.
"""

import secrets

# Without vowels there are no words; of 0/O/D/Q, 1/I/L, 2/Z, 5/S, 8/B and U/V one of each is left at most.
ALPHABET = "34679BCDFGHJKMNPRSTVWXZ"
LENGTH = 16
GROUP = 4

_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_SEPARATORS = str.maketrans("", "", " -\t\n._")


def new_code() -> str:
    """A new code, in groups of four."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return grouped(body + _check_character(body))


def grouped(code: str) -> str:
    """A bare code in groups of four."""
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def bare(entered: str) -> str | None:
    """The code without what people put between its characters; None when it cannot be one."""
    code = entered.upper().translate(_SEPARATORS)
    if len(code) != LENGTH or any(character not in _VALUE for character in code):
        return None
    return code if _weighted_sum(code) == 0 else None


def _check_character(body: str) -> str:
    # The last position has the weight LENGTH; its character makes the whole sum zero.
    missing = -_weighted_sum(body) * pow(LENGTH, -1, len(ALPHABET))
    return ALPHABET[missing % len(ALPHABET)]


def _weighted_sum(code: str) -> int:
    return sum(weight * _VALUE[character] for weight, character in enumerate(code, start=1)) % len(ALPHABET)
