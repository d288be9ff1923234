"""Why usage is not rated again."""

from mvne_platform.kernel import DomainError, NotFound


class BadRerating(DomainError):
    """The period or the reason of a re-rating is missing or makes no sense."""

    code = "BAD_RERATING"


class UnknownRerating(NotFound):
    """The brand has no such re-rating."""

    code = "UNKNOWN_RERATING"


class NotComputed(DomainError):
    """Only a difference that is complete and not booked or discarded yet can be booked or discarded."""

    code = "RERATING_NOT_COMPUTED"
