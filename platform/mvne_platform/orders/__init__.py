"""Quotes and product orders: from a price promise to a line in service."""

from mvne_platform.orders.commands.place_order import NewOrder, place_order
from mvne_platform.orders.commands.progress import (
    cancel_order,
    complete_order,
    fail_order,
    provision_order,
    reject_order,
    release_order,
)
from mvne_platform.orders.commands.quoting import quote
from mvne_platform.orders.errors import (
    InvalidOrder,
    OfferingNotSold,
    QuoteMismatch,
    QuoteStale,
    QuoteUsed,
    UnknownOrder,
    UnknownQuote,
    WrongOrderState,
)
from mvne_platform.orders.events import (
    OrderCancelled,
    OrderCompleted,
    OrderFailed,
    OrderPlaced,
    OrderRejected,
    OrderReleased,
)
from mvne_platform.orders.models import OrderItem, OrderState, ProductOrder, Quote
from mvne_platform.orders.prices import PriceLine
from mvne_platform.orders.prices import from_json as price_lines
from mvne_platform.orders.queries import OrderFilter, find_order, items, items_of, order, order_of_verification, orders

__all__ = [
    "InvalidOrder",
    "NewOrder",
    "OfferingNotSold",
    "OrderCancelled",
    "OrderCompleted",
    "OrderFailed",
    "OrderFilter",
    "OrderItem",
    "OrderPlaced",
    "OrderRejected",
    "OrderReleased",
    "OrderState",
    "PriceLine",
    "ProductOrder",
    "Quote",
    "QuoteMismatch",
    "QuoteStale",
    "QuoteUsed",
    "UnknownOrder",
    "UnknownQuote",
    "WrongOrderState",
    "cancel_order",
    "complete_order",
    "fail_order",
    "find_order",
    "items",
    "items_of",
    "order",
    "order_of_verification",
    "orders",
    "place_order",
    "price_lines",
    "provision_order",
    "quote",
    "reject_order",
    "release_order",
]
