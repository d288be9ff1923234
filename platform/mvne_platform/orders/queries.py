"""Reads and locks of quotes and orders."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from mvne_platform.orders import permissions
from mvne_platform.orders.errors import UnknownOrder, UnknownQuote
from mvne_platform.orders.models import OrderItem, OrderState, ProductOrder, Quote
from mvne_platform.runtime import Context

MOST_SHOWN = 101  # a page of 100, and one more to see whether another follows


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFilter:
    """Which orders; what is left empty does not narrow."""

    states: frozenset[OrderState] = frozenset()
    customer_id: UUID | None = None
    number: str | None = None


EVERY_ORDER = OrderFilter()


def order(ctx: Context, order_id: UUID) -> ProductOrder:
    """Read one order; raises UnknownOrder."""
    ctx.require(permissions.READ)
    found = find_order(ctx, order_id)
    if found is None:
        raise _unknown_order()
    return found


def orders(
    ctx: Context, wanted: OrderFilter = EVERY_ORDER, *, first: int = 25, after: UUID | None = None
) -> list[ProductOrder]:
    """Orders, the newest first, those older than `after` if it is given; at most 101."""
    ctx.require(permissions.READ)
    found = select(ProductOrder).order_by(ProductOrder.id.desc())
    if wanted.states:
        found = found.where(ProductOrder.state.in_(sorted(wanted.states)))
    if wanted.customer_id is not None:
        found = found.where(ProductOrder.customer_id == wanted.customer_id)
    if wanted.number is not None:
        found = found.where(ProductOrder.number == wanted.number.strip().upper())
    if after is not None:
        found = found.where(ProductOrder.id < after)
    return list(ctx.db.scalars(found.limit(max(1, min(first, MOST_SHOWN)))))


def find_order(ctx: Context, order_id: UUID) -> ProductOrder | None:
    """Read one order for another domain, if the id is an order's at all."""
    return ctx.db.get(ProductOrder, order_id)


def order_of_verification(ctx: Context, verification_id: UUID) -> ProductOrder | None:
    """The order that waits, or waited, for an identity verification."""
    return ctx.db.scalar(select(ProductOrder).where(ProductOrder.verification_id == verification_id))


def items(ctx: Context, order_id: UUID) -> list[OrderItem]:
    """The items of an order, by line number."""
    return items_of(ctx, [order_id]).get(order_id, [])


def items_of(ctx: Context, order_ids: Collection[UUID]) -> dict[UUID, list[OrderItem]]:
    """The same for many orders at once."""
    wanted = select(OrderItem).where(OrderItem.order_id.in_(order_ids))
    found: dict[UUID, list[OrderItem]] = {}
    for item in ctx.db.scalars(wanted.order_by(OrderItem.order_id, OrderItem.line_number)):
        found.setdefault(item.order_id, []).append(item)
    return found


def order_for_update(ctx: Context, order_id: UUID) -> ProductOrder:
    """Lock one order; raises UnknownOrder."""
    found = ctx.db.get(ProductOrder, order_id, with_for_update=True)
    if found is None:
        raise _unknown_order()
    return found


def quote_for_update(ctx: Context, quote_id: UUID) -> Quote:
    """Lock one quote, so that two orders cannot use it; raises UnknownQuote."""
    found = ctx.db.get(Quote, quote_id, with_for_update=True)
    if found is None:
        raise UnknownQuote("The brand made no such quote; ask for a new one.", field=("quote_id",))
    return found


def is_used(ctx: Context, quote_id: UUID) -> bool:
    """Whether an order was placed with the quote."""
    return ctx.db.scalar(select(ProductOrder.id).where(ProductOrder.quote_id == quote_id)) is not None


def _unknown_order() -> UnknownOrder:
    return UnknownOrder("The brand has no such order.", field=("order_id",))
