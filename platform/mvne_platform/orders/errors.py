"""Refusals about quotes and orders."""

from collections.abc import Iterator
from contextlib import contextmanager

from mvne_platform.kernel import Category, DomainError, InvalidInput, NotFound


class UnknownOrder(NotFound):
    """No order of this brand has the id."""

    code = "UNKNOWN_ORDER"


class UnknownQuote(NotFound):
    """No quote of this brand has the id; another brand's looks the same."""

    code = "UNKNOWN_QUOTE"


class QuoteStale(DomainError):
    """The promise has expired, or tax has changed since: it cannot be kept."""

    code = "QUOTE_STALE"
    category = Category.CONFLICT


class QuoteUsed(DomainError):
    """An order was placed with this quote already."""

    code = "QUOTE_USED"
    category = Category.CONFLICT


class QuoteMismatch(InvalidInput):
    """The order asks for something else than its quote."""

    code = "QUOTE_MISMATCH"


class InvalidOrder(InvalidInput):
    """Something the order needs is missing or contradicts the rest."""

    code = "INVALID_ORDER"


class OfferingNotSold(DomainError):
    """The offering is there, but not to be ordered like this."""

    code = "OFFERING_NOT_SOLD"
    category = Category.CONFLICT


class WrongOrderState(DomainError):
    """The order's state does not allow the step."""

    code = "WRONG_ORDER_STATE"
    category = Category.CONFLICT


@contextmanager
def under(*path: str) -> Iterator[None]:
    """Let refusals about a part of the input name where in the whole it stands."""
    try:
        yield
    except DomainError as refusal:
        refusal.field = (*path, *refusal.field)
        raise
