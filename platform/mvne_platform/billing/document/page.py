"""What stands on an invoice: texts only, formatted in the customer's language, for the template to place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from babel.numbers import format_percent

from mvne_platform import catalogue, party
from mvne_platform.billing.models import Invoice, InvoiceLine, InvoiceTax
from mvne_platform.billing.wording import Wording
from mvne_platform.kernel import MICROS, local_date, round_to_minor
from mvne_platform.runtime import Brand


@dataclass(frozen=True, slots=True)
class Head:
    """What a block of lines is about: a subscription's number, as people write it, and its plan."""

    title: str
    subtitle: str


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who is billed: name and postal address line by line, and the numbers of customer and account."""

    lines: tuple[str, ...]
    customer_number: str
    account_number: str

    @classmethod
    def of(cls, customer: party.Customer, account: party.BillingAccount, address: party.Address | None) -> "Buyer":
        """From the customer's data; without an address the name stands alone."""
        name = f"{customer.given_name} {customer.family_name}"
        names = [customer.organization, name] if customer.organization else [name]
        postal = [*address.lines, f"{address.postal_code} {address.city}"] if address else []
        return cls((*names, *postal), customer.number, account.number)


def invoice_page(
    brand: Brand,
    invoice: Invoice,
    lines: Sequence[InvoiceLine],
    taxes: Sequence[InvoiceTax],
    heads: Mapping[UUID, Head],
    buyer: Buyer,
    words: Wording,
) -> dict[str, Any]:
    """The data of `invoice.typ`. Lines show what the brand's prices show, with tax or without; so do their sums."""
    page = _Page(brand, invoice, words, bool(brand.profile["prices_include_tax"]))
    legal, look = brand.profile["legal"], brand.profile["look"]
    return {
        "language": words.language,
        "brand": brand.name,
        "look": {"primary": look["primary"], "accent": look["accent"], "logo": look.get("logo") or ""},
        "seller": {key: legal[key] for key in ("name", "address", "vat_id", "registration", "email")},
        "buyer": list(buyer.lines),
        "words": words.words,
        "facts": page.facts(buyer),
        "invoice": {"number": invoice.number, "due": words.day(invoice.due_on)},
        "amount_head": words.words["amount_gross" if page.with_tax else "amount_net"],
        "groups": page.groups(lines, heads),
        "sums": page.sums(taxes),
        "total": words.money(invoice.gross_micros, invoice.currency),
        "note": words.words["prices_with_tax" if page.with_tax else "prices_without_tax"].format(
            currency=invoice.currency
        ),
    }


@dataclass(frozen=True, slots=True)
class _Page:
    brand: Brand
    invoice: Invoice
    words: Wording
    with_tax: bool

    def facts(self, buyer: Buyer) -> list[tuple[str, str]]:
        words, invoice = self.words, self.invoice
        issued = local_date(invoice.issued_at, self.brand.time_zone)
        return [
            (words.words["number"], invoice.number),
            (words.words["issued"], words.day(issued)),
            (words.words["period"], words.days(invoice.period_start, invoice.period_end - timedelta(days=1))),
            (words.words["customer"], buyer.customer_number),
            (words.words["account"], buyer.account_number),
        ]

    def groups(self, lines: Sequence[InvoiceLine], heads: Mapping[UUID, Head]) -> list[dict[str, Any]]:
        by_line: dict[UUID, list[InvoiceLine]] = {}
        for line in lines:
            by_line.setdefault(line.subscription_id, []).append(line)
        return [
            {
                "title": heads[subscription_id].title,
                "subtitle": heads[subscription_id].subtitle,
                "total": self.amount(sum(self.shown_micros(line) for line in group)),
                "lines": [self.line(line) for line in group],
            }
            for subscription_id, group in by_line.items()
        ]

    def line(self, line: InvoiceLine) -> dict[str, str]:
        unit = catalogue.UNITS[catalogue.Service(line.service)] if line.service else None
        return {
            "number": str(line.line_number),
            "description": line.description,
            "period": self.words.days(line.period_start, line.period_end - timedelta(days=1)),
            "events": self.words.count(line.events) if unit else "",
            "quantity": self.words.quantity(line.quantity, unit) if unit else "",
            "amount": self.amount(self.shown_micros(line)),
        }

    def sums(self, taxes: Sequence[InvoiceTax]) -> list[tuple[str, str]]:
        net = (self.words.words["net_total"], self.amount(self.invoice.net_micros))
        return [net, *((self.tax_label(tax), self.amount(tax.tax_micros)) for tax in taxes)]

    def tax_label(self, tax: InvoiceTax) -> str:
        rate = format_percent(
            Decimal(tax.rate_millionths) / MICROS, locale=self.words.locale, decimal_quantization=False
        )
        label = tax.label if "%" in tax.label else f"{tax.label} {rate}"
        return self.words.words["tax"].format(label=label, base=self.amount(tax.base_micros))

    def shown_micros(self, line: InvoiceLine) -> int:
        return round_to_minor(line.exact_micros, self.invoice.currency) if self.with_tax else line.net_micros

    def amount(self, micros: int) -> str:
        return self.words.amount(micros, self.invoice.currency)
