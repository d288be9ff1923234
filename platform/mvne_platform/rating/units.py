"""Steps 1 and 6: what an event counted, and that in whole increments."""

from mvne_platform.catalogue import TariffRate
from mvne_platform.kernel import Unit
from mvne_platform.mediation import UsageEvent
from mvne_platform.rating.rated import Outcome, Reason, Stopped

# Above a petabyte in one record the record is wrong; below it, every sum of the batch engine fits 64 bits.
MOST_UNITS = 10**15


def quantity_of(event: UsageEvent, unit: Unit) -> int:
    """What the record counted, in the service's unit; a call that was not answered may count nothing."""
    quantity = {Unit.SECOND: event.duration_s, Unit.BYTE: event.bytes, Unit.MESSAGE: event.count}[unit]
    if quantity is None and event.answered is False:
        return 0
    if quantity is None or not 0 <= quantity <= MOST_UNITS:
        told = "nothing" if quantity is None else str(quantity)
        raise Stopped(Outcome.FAILED, Reason.INVALID_QUANTITY, f"The record counts {told} where {unit}s are charged.")
    return quantity


def charged_units(quantity: int, rate: TariffRate) -> int:
    """0 stays 0; otherwise at least the first increment, above it in steps of the next."""
    if quantity == 0:
        return 0
    above = max(0, quantity - rate.first_increment)
    steps = -(-above // rate.next_increment)
    return rate.first_increment + steps * rate.next_increment
