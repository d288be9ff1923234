"""What is asked of mobile networks, through an adapter per network, and everything they answered."""

from mvne_platform.provisioning.adapters import NetworkLine
from mvne_platform.provisioning.commands import request, retry
from mvne_platform.provisioning.errors import NotRetryable, UnknownRequest
from mvne_platform.provisioning.events import NetworkRequestDone, NetworkRequestFailed, NetworkRequestStuck
from mvne_platform.provisioning.models import NetworkExchange, NetworkOperation, NetworkRequest, RequestState
from mvne_platform.provisioning.queries import (
    RequestFilter,
    exchanges,
    network_request,
    network_requests,
    requests_of_cause,
    requests_of_line,
)

__all__ = [
    "NetworkExchange",
    "NetworkLine",
    "NetworkOperation",
    "NetworkRequest",
    "NetworkRequestDone",
    "NetworkRequestFailed",
    "NetworkRequestStuck",
    "NotRetryable",
    "RequestFilter",
    "RequestState",
    "UnknownRequest",
    "exchanges",
    "network_request",
    "network_requests",
    "request",
    "requests_of_cause",
    "requests_of_line",
    "retry",
]
