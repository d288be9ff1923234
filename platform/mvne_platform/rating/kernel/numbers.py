"""Called numbers as whole numbers that sort like their digits: 45 before 450 before 4512 before 46."""

from collections.abc import Iterable

import numpy as np

from mvne_platform.catalogue import Service
from mvne_platform.rating.kernel.columns import NONE, Int64s
from mvne_platform.rating.kernel.tables import DIGITS, LENGTHS

_FIRST_SHORT_CODE = -2
_SERVICES = {service.value: 1 << place for place, service in enumerate(Service)}
ALL_SERVICES = (1 << len(_SERVICES)) - 1


def pack_number(digits: str) -> int:
    """Digits of E.164 (without +), flush left in 17 places, then how many there are; what follows another sign is cut.

    A number begins with a prefix exactly if it sorts from the prefix on, and before the next prefix as long.
    """
    kept = digits[:DIGITS]
    length = next((place for place, sign in enumerate(kept) if sign not in "0123456789"), len(kept))
    return int(kept[:length].ljust(DIGITS, "0")) * LENGTHS + length


def unpack_number(packed: int) -> str:
    """The digits of a packed number."""
    flush, length = divmod(packed, LENGTHS)
    return str(flush).zfill(DIGITS)[:length]


def pack_numbers(digits: Int64s, lengths: Int64s) -> Int64s:
    """The same for columns: numbers read as integers, and how many digits each has (17 at most, leading zeros too)."""
    places = (10 ** np.arange(DIGITS + 1, dtype=np.int64))[DIGITS - lengths]
    return np.asarray(digits * places * LENGTHS + lengths, np.int64)


def number_column(numbers: Iterable[str | None]) -> tuple[Int64s, tuple[str, ...]]:
    """`EventColumns.number` and its `short_codes`."""
    codes: dict[str, int] = {}
    packed = [_number(number, codes) for number in numbers]
    return np.array(packed, np.int64), tuple(codes)


def _number(number: str | None, codes: dict[str, int]) -> int:
    if not number:
        return NONE
    if number.startswith("+"):
        return pack_number(number[1:])
    return _FIRST_SHORT_CODE - codes.setdefault(number, len(codes))


def service_mask(services: Iterable[str]) -> int:
    """A set of services as columns write it; the empty set stands for all of them, unknown ones are left out."""
    listed = list(services)
    return sum(_SERVICES.get(service, 0) for service in set(listed)) if listed else ALL_SERVICES
