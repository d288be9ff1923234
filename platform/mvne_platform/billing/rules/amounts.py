"""From exact line amounts to an invoice's net, tax and gross: the one place where billing rounds.

Lines are rounded to the currency's minor unit, half up; the invoice's net is the sum of its lines' nets; tax is
computed once per rate on the sum of that rate's nets, half up (EN 16931: BR-CO-10, BR-CO-13, BR-CO-17). Where prices
include tax, the rounded prices are kept to the minor unit and the tax is taken out of their sum per rate.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from mvne_platform.kernel import MICROS, minor_unit_micros, round_half_up, round_to_minor


@dataclass(frozen=True, slots=True, order=True)
class Tax:
    """A rate in millionths (25 % = 250,000) with its class and the label an invoice shows."""

    tax_class: str
    rate_millionths: int
    label: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class PricedLine:
    """An exact amount in micros, without tax or with it as the brand prices, and its tax."""

    exact_micros: int
    tax: Tax


@dataclass(frozen=True, slots=True)
class TaxPart:
    """What an invoice states per rate, in micros rounded to the minor unit: the sum of nets and the tax on it."""

    tax: Tax
    base_micros: int
    tax_micros: int


@dataclass(frozen=True, slots=True)
class InvoiceAmounts:
    """The rounded amounts of an invoice in micros; `line_nets` in the order of the lines."""

    line_nets: tuple[int, ...]
    taxes: tuple[TaxPart, ...]

    @property
    def net_micros(self) -> int:
        """The sum of the lines' nets."""
        return sum(self.line_nets)

    @property
    def tax_micros(self) -> int:
        """The sum of the taxes per rate."""
        return sum(part.tax_micros for part in self.taxes)

    @property
    def gross_micros(self) -> int:
        """What is owed."""
        return self.net_micros + self.tax_micros


def invoice_amounts(lines: Sequence[PricedLine], currency: str, *, prices_include_tax: bool) -> InvoiceAmounts:
    """Round lines and tax for an invoice in `currency`."""
    return (gross_priced if prices_include_tax else net_priced)(lines, currency)


def net_priced(lines: Sequence[PricedLine], currency: str) -> InvoiceAmounts:
    """Prices without tax: each line's net is its rounded price, tax is added per rate."""

    def split(exact: Sequence[int], rate: int) -> tuple[list[int], int]:
        nets = [round_to_minor(micros, currency) for micros in exact]
        return nets, _rounded_share(sum(nets), rate, MICROS, currency)

    return _per_rate(lines, split)


def gross_priced(lines: Sequence[PricedLine], currency: str) -> InvoiceAmounts:
    """Prices with tax: the sum of the rounded prices is what is owed, to the minor unit.

    Per rate the tax is gross x rate / (1 + rate), half up, and the net is the rest; the nets of the lines are rounded
    so that they sum to it (largest remainder first). The tax may therefore differ by one minor unit from net x rate
    rounded: with 25 % there is no net whose gross is 0.02, and the price that was promised stands.
    """

    def split(exact: Sequence[int], rate: int) -> tuple[list[int], int]:
        prices = [round_to_minor(micros, currency) for micros in exact]
        tax = _rounded_share(sum(prices), rate, MICROS + rate, currency)
        return _nets_within(prices, sum(prices) - tax, rate, minor_unit_micros(currency)), tax

    return _per_rate(lines, split)


def _per_rate(
    lines: Sequence[PricedLine], split: Callable[[Sequence[int], int], tuple[list[int], int]]
) -> InvoiceAmounts:
    nets: dict[int, int] = {}
    parts: list[TaxPart] = []
    for tax in sorted({line.tax for line in lines}):
        positions = [at for at, line in enumerate(lines) if line.tax == tax]
        group_nets, tax_micros = split([lines[at].exact_micros for at in positions], tax.rate_millionths)
        nets.update(zip(positions, group_nets, strict=True))
        parts.append(TaxPart(tax, sum(group_nets), tax_micros))
    return InvoiceAmounts(tuple(nets[at] for at in range(len(lines))), tuple(parts))


def _rounded_share(amount_micros: int, numerator: int, denominator: int, currency: str) -> int:
    """`amount x numerator / denominator`, rounded once, straight to the minor unit."""
    step = minor_unit_micros(currency)
    return round_half_up(amount_micros * numerator, denominator * step) * step


def _nets_within(prices: Sequence[int], net_micros: int, rate: int, step: int) -> list[int]:
    """Nets in whole minor units, each next to its price / (1 + rate), that sum to `net_micros`."""
    shares = [divmod(price * MICROS, (MICROS + rate) * step) for price in prices]
    missing = net_micros // step - sum(units for units, _ in shares)
    largest_first = sorted(range(len(shares)), key=lambda at: (-shares[at][1], at))
    lifted = frozenset(largest_first[:missing])
    return [(units + (at in lifted)) * step for at, (units, _) in enumerate(shares)]
