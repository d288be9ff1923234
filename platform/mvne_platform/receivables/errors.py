"""Refusals of receivables."""

from mvne_platform.kernel import InvalidInput, NotFound


class UnknownPayment(NotFound):
    """The brand has no such payment."""

    code = "PAYMENT_NOT_FOUND"


class BadTopUp(InvalidInput):
    """The amount cannot be taken: another currency, nothing, too much, or finer than the minor unit."""

    code = "BAD_TOP_UP"
