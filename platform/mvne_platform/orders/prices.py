"""The price lines of a quote: what is promised, with its tax. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from mvne_platform.catalogue import OfferingView, PriceKind
from mvne_platform.kernel import Money
from mvne_platform.tax import Rate, Taxed, taxed

PROMISED_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceLine:
    """One price of one offering of a quote.

    `amount` is the price as the catalogue has it, with tax or without as `includes_tax` says. `period_days` is None for
    a one-time price and for one per calendar month. Net, tax and gross are exact to the micro: only an invoice rounds.
    """

    offering_id: UUID
    offering_code: str
    name: Mapping[str, str]
    kind: PriceKind
    amount: Money
    includes_tax: bool
    tax_class: str
    tax_label: str
    tax_rate_millionths: int
    period_days: int | None

    @property
    def net(self) -> Money:
        """The amount without tax."""
        return Money(self._parts.net_micros, self.amount.currency)

    @property
    def tax(self) -> Money:
        """The tax on it."""
        return Money(self._parts.tax_micros, self.amount.currency)

    @property
    def gross(self) -> Money:
        """The amount with tax."""
        return Money(self._parts.gross_micros, self.amount.currency)

    @property
    def _parts(self) -> Taxed:
        rate = Rate(self.tax_rate_millionths, self.tax_label)
        return taxed(self.amount.micros, rate, includes_tax=self.includes_tax)

    def to_json(self) -> dict[str, Any]:
        """As it is stored with the quote and the order."""
        return {
            "offering_id": str(self.offering_id),
            "offering_code": self.offering_code,
            "name": dict(self.name),
            "kind": self.kind.value,
            "amount_micros": self.amount.micros,
            "currency": self.amount.currency,
            "includes_tax": self.includes_tax,
            "tax_class": self.tax_class,
            "tax_label": self.tax_label,
            "tax_rate_millionths": self.tax_rate_millionths,
            "period_days": self.period_days,
        }


def from_json(lines: Iterable[Mapping[str, Any]]) -> tuple[PriceLine, ...]:
    """What `to_json` made."""
    return tuple(
        PriceLine(
            offering_id=UUID(line["offering_id"]),
            offering_code=line["offering_code"],
            name=line["name"],
            kind=PriceKind(line["kind"]),
            amount=Money(line["amount_micros"], line["currency"]),
            includes_tax=line["includes_tax"],
            tax_class=line["tax_class"],
            tax_label=line["tax_label"],
            tax_rate_millionths=line["tax_rate_millionths"],
            period_days=line["period_days"],
        )
        for line in lines
    )


def price_lines(
    offerings: Iterable[OfferingView], rates: Mapping[str, Rate], *, includes_tax: bool
) -> Iterator[PriceLine]:
    """Every price of the offerings, in their order, with the tax rate of its class."""
    for view in offerings:
        for price in view.prices:
            rate = rates[price.tax_class]
            yield PriceLine(
                offering_id=view.offering.id,
                offering_code=view.offering.code,
                name=view.offering.name,
                kind=price.kind,
                amount=Money(price.amount_micros, price.currency),
                includes_tax=includes_tax,
                tax_class=price.tax_class,
                tax_label=rate.label,
                tax_rate_millionths=rate.rate_millionths,
                period_days=price.period_days,
            )
