"""Amounts and quantities as people write them, in files and manifests."""

import re
from decimal import Decimal

from mvne_platform.kernel import Money, Unit

# More digits than that are no slip of the pen any more, and more than decimal arithmetic keeps.
_DIGITS = r"[0-9]{1,16}(?:\.[0-9]{1,12})?"
_AMOUNT = re.compile(_DIGITS)
_QUANTITY = re.compile(rf"({_DIGITS}) ?([A-Za-z]*)")
SCALES = {
    "": (None, 1),
    "s": (Unit.SECOND, 1),
    "min": (Unit.SECOND, 60),
    "h": (Unit.SECOND, 3600),
    "B": (Unit.BYTE, 1),
    "kB": (Unit.BYTE, 10**3),
    "MB": (Unit.BYTE, 10**6),
    "GB": (Unit.BYTE, 10**9),
    "KiB": (Unit.BYTE, 2**10),
    "MiB": (Unit.BYTE, 2**20),
    "GiB": (Unit.BYTE, 2**30),
}


def parse_amount(text: str) -> int:
    """A decimal amount of the main unit, as micros; raises ValueError saying what is wrong with it."""
    if not _AMOUNT.fullmatch(text):
        hint = "; the decimal sign is a point" if "," in text else ""
        raise ValueError(f"'{text}' is no amount such as 0.79{hint}")
    try:
        return Money.of(text, "XXX").micros
    except ValueError:
        raise ValueError(f"{text} is finer than a millionth") from None


def parse_quantity(text: str, unit: Unit | None) -> int:
    """A whole number of units, with a suffix if wanted: 60, 1min, 10GB, 1MiB; raises ValueError."""
    match = _QUANTITY.fullmatch(text)
    scale = SCALES.get(match[2]) if match else None
    if match is None or scale is None:
        raise ValueError(f"'{text}' is no quantity such as 60, 1min, 10GB or 1MiB")
    if unit is not None and scale[0] not in (None, unit):
        raise ValueError(f"'{text}' does not count {unit}s")
    quantity = Decimal(match[1]) * scale[1]
    if quantity != quantity.to_integral_value():
        raise ValueError(f"'{text}' is no whole number of {scale[0] or 'unit'}s")
    return int(quantity)


def parse_percent(text: str) -> int:
    """A percentage with at most two decimals, as basis points; raises ValueError."""
    points = Decimal(text) * 100 if _AMOUNT.fullmatch(text) else None
    if points is None or points != points.to_integral_value():
        raise ValueError(f"'{text}' is no percentage such as 10 or 12.5, with two decimals at most")
    return int(points)


def written_amount(micros: int) -> str:
    """Micros as a decimal amount that `parse_amount` reads back: at least two decimals, no more than it needs."""
    whole, fraction = divmod(micros, 10**6)
    digits = f"{fraction:06}".rstrip("0").ljust(2, "0")
    return f"{whole}.{digits}"


_WRITTEN = {
    Unit.SECOND: (("h", 3600), ("min", 60)),
    Unit.BYTE: (("GB", 10**9), ("MB", 10**6), ("GiB", 2**30), ("MiB", 2**20), ("kB", 10**3), ("KiB", 2**10)),
}


def written_quantity(quantity: int, unit: Unit) -> str:
    """A quantity in the largest unit that divides it, such as 1min, 10GB or 90; `parse_quantity` reads it back."""
    for suffix, scale in _WRITTEN.get(unit, ()):
        if quantity and quantity % scale == 0:
            return f"{quantity // scale}{suffix}"
    return str(quantity)
