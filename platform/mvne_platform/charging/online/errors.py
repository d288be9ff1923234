"""Named refusals of online charging that are the client's to mend; what a subscriber cannot pay is an answer."""

from mvne_platform.kernel import Category, DomainError, InvalidInput, NotFound


class BadQuantity(InvalidInput):
    """A number of units below zero or beyond all measure."""

    code = "BAD_QUANTITY"


class BadUsage(InvalidInput):
    """A text that says who uses what is empty, too long, or holds characters that are none."""

    code = "BAD_USAGE"


class BadStart(InvalidInput):
    """The usage began too long ago, or is yet to come."""

    code = "BAD_START"


class UnknownSubscriber(NotFound):
    """No subscription of the brand held the identifier then."""

    code = "UNKNOWN_SUBSCRIBER"


class NotCharged(DomainError):
    """The subscription cannot be charged: no plan, no price list, or it is not in service."""

    code = "NOT_CHARGED"


class UnknownSession(NotFound):
    """There is no such session, or it was another client's."""

    code = "UNKNOWN_SESSION"


class OutOfOrder(DomainError):
    """The sequence number is not higher than the session's last one."""

    code = "OUT_OF_ORDER"


class RequestIdTaken(DomainError):
    """The id came before with another request."""

    code = "REQUEST_ID_TAKEN"


class Busy(DomainError):
    """The subscriber's balances are being moved; the same request may be sent again in a moment."""

    code = "BUSY"
    category = Category.UNAVAILABLE
