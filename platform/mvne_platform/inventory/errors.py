"""Refusals about SIMs and numbers."""

from mvne_platform.kernel import Category, DomainError, InvalidInput


class NothingFree(DomainError):
    """The stock has no free SIM or number of what is asked for."""

    code = "NOTHING_FREE"
    category = Category.UNAVAILABLE


class NumberTaken(DomainError):
    """The chosen number is not there to be chosen."""

    code = "NUMBER_TAKEN"
    category = Category.CONFLICT


class HeldByAnotherBrand(DomainError):
    """The identifier is in another brand's use, so this brand cannot give it out."""

    code = "HELD_BY_ANOTHER_BRAND"
    category = Category.CONFLICT


class NothingReserved(DomainError):
    """No SIM or number is reserved for the holder."""

    code = "NOTHING_RESERVED"
    category = Category.CONFLICT


class TooManyRows(InvalidInput):
    """The upload is larger than one transaction should hold."""

    code = "TOO_MANY_ROWS"
