"""Steps 5 and 7: whole increments, and what the units that no allowance covers cost."""

from dataclasses import dataclass

from mvne_platform.catalogue import TariffRate
from mvne_platform.kernel import Unit, round_half_up
from mvne_platform.mediation import UsageEvent
from mvne_platform.rating.rated import Outcome, Reason, Stopped, TraceStep


def quantity_of(event: UsageEvent, unit: Unit) -> int:
    """What the record counted, in the service's unit; a call that was not answered may count nothing."""
    quantity = {Unit.SECOND: event.duration_s, Unit.BYTE: event.bytes, Unit.MESSAGE: event.count}[unit]
    if quantity is None and event.answered is False:
        return 0
    if quantity is None or quantity < 0:
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


def units_trace(quantity: int, charged: int, rate: TariffRate) -> TraceStep:
    """The step as it is kept with the rated event."""
    return {
        "step": "units",
        "quantity": quantity,
        "first": rate.first_increment,
        "next": rate.next_increment,
        "charged": charged,
    }


@dataclass(frozen=True, slots=True)
class Price:
    """What the uncovered units cost, in micros."""

    uncovered: int
    fee_micros: int
    usage_micros: int
    amount_micros: int

    def as_trace(self, rate: TariffRate) -> TraceStep:
        """The step as it is kept with the rated event: every number of the sum."""
        return {
            "step": "money",
            "rate_id": str(rate.id),
            "units": self.uncovered,
            "price_micros": rate.price_micros,
            "per": rate.per,
            "usage_micros": self.usage_micros,
            "fee_micros": self.fee_micros,
            "minimum_micros": rate.minimum_micros,
            "maximum_micros": rate.maximum_micros,
            "amount_micros": self.amount_micros,
        }


def price_of(uncovered: int, rate: TariffRate) -> Price:
    """Connection fee + units × price ÷ interval, half-up to the micro once, then raised or capped.

    An event that allowances cover whole costs nothing: no fee, no minimum. One covered in part pays the whole fee.
    """
    if uncovered == 0:
        return Price(0, 0, 0, 0)
    usage = round_half_up(uncovered * rate.price_micros, rate.per)
    amount = max(rate.connection_fee_micros + usage, rate.minimum_micros or 0)
    if rate.maximum_micros is not None:
        amount = min(amount, rate.maximum_micros)
    return Price(uncovered, rate.connection_fee_micros, usage, amount)
