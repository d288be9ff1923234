"""Finding a customer by whatever they can tell: a name, an address, a number of any kind."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

import strawberry

from mvne_platform import billing, orders, party, subscriptions
from mvne_platform.billing.permissions import READ as READ_INVOICES
from mvne_platform.orders.permissions import READ as READ_ORDERS
from mvne_platform.runtime import Context
from mvne_platform.subscriptions.permissions import READ as READ_SUBSCRIPTIONS

MOST_FOUND = 100


@strawberry.enum(description="By what a customer was found.")
class FoundBy(Enum):
    """In the order in which hits are shown."""

    LINE = strawberry.enum_value("line", description="A number, IMSI, ICCID or account that a line holds or held.")
    ORDER = strawberry.enum_value("order", description="An order's number.")
    INVOICE = strawberry.enum_value("invoice", description="An invoice's number.")
    CUSTOMER = strawberry.enum_value("customer", description="The customer's number, name, e-mail address or phone.")


@dataclass(frozen=True, slots=True)
class Hit:
    """A customer, and by what."""

    customer: party.Customer
    found_by: FoundBy


def find_customers(ctx: Context, text: str, limit: int = MOST_FOUND) -> list[Hit]:
    """Customers to whom `text` leads: a whole number of a line, an order or an invoice, or how a name begins.

    Numbers are looked up only where the actor may read what has them. Raises PermissionMissing without 'customer.read',
    SearchTooShort.
    """
    named = party.search(ctx, text, limit)
    found: dict[UUID, FoundBy] = {}
    for found_by, permission, holders in _BY_NUMBER:
        if ctx.actor.may(permission):
            found |= {key: found_by for key in holders(ctx, text) if key not in found}
    known = party.customers_by_id(ctx, found)
    numbered = [Hit(known[key], found_by) for key, found_by in found.items()]
    hits = numbered + [Hit(row, FoundBy.CUSTOMER) for row in named if row.id not in found]
    return hits[:limit]


def holders_of(ctx: Context, text: str) -> Sequence[subscriptions.Subscription]:
    """The lines that hold or held an identifier, the latest first; a number may be written with blanks, without +."""
    value = "".join(text.split())
    found = subscriptions.find_by_identifier(ctx, value)
    return found or (subscriptions.find_by_identifier(ctx, f"+{value}") if value.isdecimal() else ())


def _of_lines(ctx: Context, text: str) -> Iterable[UUID]:
    return [line.customer_id for line in holders_of(ctx, text)]


def _of_orders(ctx: Context, text: str) -> Iterable[UUID]:
    return [order.customer_id for order in orders.orders(ctx, orders.OrderFilter(number=text))]


def _of_invoices(ctx: Context, text: str) -> Iterable[UUID]:
    wanted = billing.InvoiceFilter(number=text.upper())
    return [party.account(ctx, invoice.account_id).customer_id for invoice in billing.issued_invoices(ctx, wanted)]


_BY_NUMBER: tuple[tuple[FoundBy, str, Callable[[Context, str], Iterable[UUID]]], ...] = (
    (FoundBy.LINE, READ_SUBSCRIPTIONS, _of_lines),
    (FoundBy.ORDER, READ_ORDERS, _of_orders),
    (FoundBy.INVOICE, READ_INVOICES, _of_invoices),
)
