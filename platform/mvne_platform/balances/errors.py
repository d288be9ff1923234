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


class NotPrepaid(DomainError):
    """The line pays by invoice and holds no money of its own."""

    code = "NOT_PREPAID"


class BadNote(InvalidInput):
    """The reason for an adjustment is missing or too long."""

    code = "BAD_NOTE"


class UnknownGroup(NotFound):
    """No sharing group of this brand has the id."""

    code = "UNKNOWN_SHARING_GROUP"


class BadGroupName(InvalidInput):
    """The name of a sharing group is missing or too long."""

    code = "BAD_GROUP_NAME"


class AlreadySharing(DomainError):
    """The subscription is in a sharing group."""

    code = "ALREADY_SHARING"


class NotSharing(DomainError):
    """The subscription is not in the sharing group."""

    code = "NOT_SHARING"


class OtherAccount(DomainError):
    """The subscription is billed to another account than the sharing group."""

    code = "OTHER_ACCOUNT"


class OwnerStays(DomainError):
    """The owner of a sharing group cannot leave it while others are in it."""

    code = "OWNER_STAYS"


class GroupClosed(DomainError):
    """The sharing group is closed: its last member has left it."""

    code = "SHARING_GROUP_CLOSED"


class GroupFull(DomainError):
    """The sharing group has as many members as it may have."""

    code = "SHARING_GROUP_FULL"
