"""Made-up SIMs and numbers whose check digits are right."""

from mvne_platform import inventory
from mvne_platform.inventory import NumberRow, SimRow, luhn_holds
from mvne_platform.runtime import Context


def iccid(serial: int) -> str:
    """An ICCID of 19 digits of an issuer that does not exist."""
    body = f"894599{serial:012d}"
    return next(f"{body}{digit}" for digit in range(10) if luhn_holds(f"{body}{digit}"))


def sim_row(serial: int, kind: str = "physical") -> SimRow:
    """A SIM with the IMSI that belongs to its serial."""
    return SimRow(iccid(serial), f"238990{serial:09d}", puk="12345678", kind=kind, batch="B1")


def number_row(serial: int, group: str = "standard") -> NumberRow:
    """A Danish number."""
    return NumberRow(f"+4520{serial:06d}", group)


def fill(ctx: Context, sims: int, numbers: int, kind: str = "physical") -> None:
    """Put SIMs and numbers 1, 2, 3 … into stock."""
    inventory.add_sims(ctx, [sim_row(serial, kind) for serial in range(1, sims + 1)])
    inventory.add_numbers(ctx, [number_row(serial) for serial in range(1, numbers + 1)])
