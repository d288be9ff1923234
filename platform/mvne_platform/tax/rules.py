"""The arithmetic of tax, in integer micros; no amount is rounded to a minor unit here (the invoice does that)."""

from dataclasses import dataclass
from datetime import date

from mvne_platform.kernel import MICROS, round_half_up


@dataclass(frozen=True, slots=True)
class Rate:
    """A tax rate in millionths (25 % = 250,000) and what the invoice calls it."""

    rate_millionths: int
    label: str


@dataclass(frozen=True, slots=True)
class RateDraft:
    """A rate as a manifest states it: in force from the day `valid_from` (calendar date of the brand's zone)."""

    country: str
    tax_class: str
    valid_from: date
    rate_millionths: int
    label: str


@dataclass(frozen=True, slots=True)
class Taxed:
    """One amount in its three parts, in micros; `net_micros + tax_micros == gross_micros` always."""

    net_micros: int
    tax_micros: int
    gross_micros: int


def tax_of(net_micros: int, rate: Rate) -> int:
    """The tax on a net amount: half-up to the micro, halves away from zero (credits are negative)."""
    return round_half_up(net_micros * rate.rate_millionths, MICROS)


def net_of(gross_micros: int, rate: Rate) -> int:
    """The net part of an amount that includes tax: gross ÷ (1 + rate), half-up to the micro."""
    return round_half_up(gross_micros * MICROS, MICROS + rate.rate_millionths)


def taxed(amount_micros: int, rate: Rate, *, includes_tax: bool) -> Taxed:
    """Split a price, which contains tax or not as the brand's profile says; the third part is the sum or the rest."""
    if includes_tax:
        net = net_of(amount_micros, rate)
        return Taxed(net, amount_micros - net, amount_micros)
    tax = tax_of(amount_micros, rate)
    return Taxed(amount_micros, tax, amount_micros + tax)
