"""Refusals about requests to the network."""

from mvne_platform.kernel import Category, DomainError, NotFound


class UnknownRequest(NotFound):
    """No network request of this brand has the id."""

    code = "UNKNOWN_NETWORK_REQUEST"


class NotRetryable(DomainError):
    """Repeating the request could not change its outcome."""

    code = "NETWORK_REQUEST_NOT_RETRYABLE"
    category = Category.CONFLICT
