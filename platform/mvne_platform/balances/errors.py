"""Why a balance was not moved."""

from mvne_platform.kernel import DomainError, InvalidInput, NotFound


class BalanceTooLow(DomainError):
    """The money bucket holds less than is asked of it."""

    code = "BALANCE_TOO_LOW"


class OccasionTaken(DomainError):
    """The same occasion was booked before with something else."""

    code = "OCCASION_TAKEN"


class WrongCurrency(InvalidInput):
    """The money is of another currency than the brand's."""

    code = "WRONG_CURRENCY"


class BadAmount(InvalidInput):
    """The amount is zero, or has the wrong sign."""

    code = "BAD_AMOUNT"


class UnknownBucket(NotFound):
    """No bucket of this brand has the id."""

    code = "UNKNOWN_BUCKET"
