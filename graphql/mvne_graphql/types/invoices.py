"""Invoices with lines and taxes."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import Enum
from typing import Self
from uuid import UUID

import strawberry

from mvne_graphql.context import Info
from mvne_graphql.fields import resolved
from mvne_graphql.money import Money, TaxedMoney
from mvne_graphql.relay import Node, global_id
from mvne_graphql.scalars import BigInt
from mvne_graphql.types.catalogue import Service
from mvne_platform import billing
from mvne_platform.runtime import Context


@strawberry.enum(description="What an invoice line is for.")
class ChargeKind(Enum):
    """As in billing."""

    RECURRING = strawberry.enum_value("recurring", description="A plan or add-on for a period.")
    ONE_TIME = strawberry.enum_value("one_time", description="Something charged once.")
    USAGE = strawberry.enum_value("usage", description="Usage beyond the allowances.")


@strawberry.type(description="A numbered line of an invoice.")
class InvoiceLine:
    """A usage line's exact amount is the sum of its events; `net` is that amount rounded."""

    number: int = strawberry.field(description="The line's number on the invoice.")
    kind: ChargeKind = strawberry.field(description="What it is for.")
    description: str = strawberry.field(description="What it says on the invoice.")
    service: Service | None = strawberry.field(description="The service of a usage line.")
    zone: str | None = strawberry.field(description="The zone of a usage line.")
    period_start: date = strawberry.field(description="The first day it is for.")
    period_end: date = strawberry.field(description="The day after the last it is for.")
    events: BigInt = strawberry.field(description="How many usage events it sums.")
    exact: Money = strawberry.field(description="The unrounded amount.")
    net: Money = strawberry.field(description="The amount without tax, rounded to the currency's smallest unit.")
    tax_class: str = strawberry.field(description="The class of goods that decides the tax rate.")


@strawberry.type(description="The tax of one rate on an invoice.")
class InvoiceTax:
    """Rounded once per rate."""

    label: str = strawberry.field(description="What the tax is called.")
    rate_millionths: int = strawberry.field(description="The rate in millionths: 250000 is 25 %.")
    base: Money = strawberry.field(description="The amount the tax is of.")
    tax: Money = strawberry.field(description="The tax.")


@strawberry.type(description="An invoice as it was issued.")
class Invoice(Node):
    """Never changed."""

    number: str = strawberry.field(description="The number; numbers of a legal entity have no gaps.")
    account_id: strawberry.ID = strawberry.field(description="The billing account it is for.")
    period_start: date = strawberry.field(description="The first day it bills usage of.")
    period_end: date = strawberry.field(description="The day after the last.")
    issued_at: datetime = strawberry.field(description="When it was issued.")
    due_on: date = strawberry.field(description="Until when it is to be paid.")
    total: TaxedMoney = strawberry.field(description="What is to be paid.")
    document_path: str | None = strawberry.field(
        description="Where on this host the PDF is, for a GET with the same token; null until it has been made."
    )
    row: strawberry.Private[billing.Invoice]

    @resolved("The numbered lines.", size=10)
    async def lines(self, info: Info) -> list[InvoiceLine]:
        """Loaded for many invoices at once."""
        return [_line(line, self.row.currency) for line in await info.context.load(load_lines, self.row.id)]

    @resolved("The tax per rate.", size=2)
    async def taxes(self, info: Info) -> list[InvoiceTax]:
        """Loaded for many invoices at once."""
        return [_tax(tax, self.row.currency) for tax in await info.context.load(load_taxes, self.row.id)]

    @classmethod
    def of(cls, row: billing.Invoice) -> Self:
        """The invoice."""
        key = global_id("Invoice", row.id)
        rendered = row.document_state is billing.DocumentState.RENDERED
        return cls(
            id=key,
            number=row.number,
            account_id=global_id("BillingAccount", row.account_id),
            period_start=row.period_start,
            period_end=row.period_end,
            issued_at=row.issued_at,
            due_on=row.due_on,
            total=TaxedMoney.of(row.net_micros, row.tax_micros, row.currency),
            document_path=f"/documents/invoices/{key}.pdf" if rendered else None,
            row=row,
        )


def load_lines(ctx: Context, ids: Sequence[UUID]) -> list[list[billing.InvoiceLine]]:
    """The lines of several invoices, for a loader."""
    found = billing.lines(ctx, ids)
    return [found.get(key, []) for key in ids]


def load_taxes(ctx: Context, ids: Sequence[UUID]) -> list[list[billing.InvoiceTax]]:
    """The taxes of several invoices, for a loader."""
    found = billing.taxes(ctx, ids)
    return [found.get(key, []) for key in ids]


def _line(row: billing.InvoiceLine, currency: str) -> InvoiceLine:
    return InvoiceLine(
        number=row.line_number,
        kind=ChargeKind(row.kind),
        description=row.description,
        service=Service(row.service) if row.service else None,
        zone=row.zone,
        period_start=row.period_start,
        period_end=row.period_end,
        events=BigInt(row.events),
        exact=Money.of(row.exact_micros, currency),
        net=Money.of(row.net_micros, currency),
        tax_class=row.tax_class,
    )


def _tax(row: billing.InvoiceTax, currency: str) -> InvoiceTax:
    return InvoiceTax(
        label=row.label,
        rate_millionths=row.rate_millionths,
        base=Money.of(row.base_micros, currency),
        tax=Money.of(row.tax_micros, currency),
    )
