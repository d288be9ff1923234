"""Money as integer micros (1e-6 of the currency's main unit) with its currency."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from babel.numbers import get_currency_precision

MICROS = 1_000_000


@cache
def minor_unit_micros(currency: str) -> int:
    """Micros in the smallest unit an invoice shows: 10,000 for DKK and EUR (ISO 4217 exponents)."""
    return int(MICROS // 10 ** get_currency_precision(currency))


def round_half_up(numerator: int, denominator: int) -> int:
    """Divide integers, halves away from zero; `denominator` is positive."""
    quotient, rest = divmod(abs(numerator), denominator)
    quotient += 2 * rest >= denominator
    return quotient if numerator >= 0 else -quotient


def round_to_minor(micros: int, currency: str) -> int:
    """Round to the currency's minor unit, half up; the answer is in micros still."""
    step = minor_unit_micros(currency)
    return round_half_up(micros, step) * step


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount of one currency; adding two currencies is a bug and raises ValueError."""

    micros: int
    currency: str

    @classmethod
    def of(cls, amount: Decimal | str | int, currency: str) -> "Money":
        """Read a decimal amount; raises ValueError when it is finer than a micro or not a number."""
        micros = Decimal(amount) * MICROS
        if not micros.is_finite() or micros != micros.to_integral_value():
            raise ValueError(f"{amount} {currency} is finer than a millionth, or no number")
        return cls(int(micros), currency)

    @property
    def amount(self) -> Decimal:
        """The decimal amount with at least the currency's usual digits, never in exponent form."""
        value = Decimal(self.micros) / MICROS
        shown = value.quantize(Decimal(minor_unit_micros(self.currency)) / MICROS)
        return shown if shown == value else value.normalize()

    def __add__(self, other: "Money") -> "Money":
        return Money(self.micros + self._same(other).micros, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.micros - self._same(other).micros, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.micros, self.currency)

    def _same(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} cannot be added")
        return other

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"
