"""Refusals about subscriptions."""

from mvne_platform.kernel import Category, DomainError, NotFound


class UnknownSubscription(NotFound):
    """No subscription of this brand has the id."""

    code = "UNKNOWN_SUBSCRIPTION"


class WrongState(DomainError):
    """The subscription's state does not allow what is asked."""

    code = "WRONG_SUBSCRIPTION_STATE"
    category = Category.CONFLICT


class IdentifierHeld(DomainError):
    """Another subscription of the brand holds the number, IMSI, ICCID or account."""

    code = "IDENTIFIER_HELD"
    category = Category.CONFLICT
