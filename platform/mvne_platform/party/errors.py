"""Refusals about customers."""

from mvne_platform.kernel import Category, DomainError, InvalidInput, NotFound


class UnknownCustomer(NotFound):
    """No customer of this brand has the id."""

    code = "UNKNOWN_CUSTOMER"


class UnknownAccount(NotFound):
    """No billing account of this brand has the id."""

    code = "UNKNOWN_ACCOUNT"


class UnknownVerification(NotFound):
    """No identity verification of this brand has the id."""

    code = "UNKNOWN_VERIFICATION"


class InvalidCustomer(InvalidInput):
    """A field of a new customer, address or document cannot be right."""

    code = "INVALID_CUSTOMER"


class SearchTooShort(InvalidInput):
    """The searched text would match too much."""

    code = "SEARCH_TOO_SHORT"


class AlreadyDecided(DomainError):
    """The verification has its outcome."""

    code = "ALREADY_DECIDED"
    category = Category.CONFLICT


class UnknownCustomerGroup(NotFound):
    """No customer group of this brand has the code."""

    code = "UNKNOWN_CUSTOMER_GROUP"


class InvalidCustomerGroup(InvalidInput):
    """A customer group's code or name cannot be used."""

    code = "INVALID_CUSTOMER_GROUP"


class MembershipOverlaps(DomainError):
    """The customer is in the group during a part of the span already, or the span is empty."""

    code = "MEMBERSHIP_OVERLAPS"
    category = Category.CONFLICT
