"""What the network answered."""

from dataclasses import dataclass
from uuid import UUID

from mvne_platform.kernel import Fact
from mvne_platform.provisioning.models import NetworkOperation


@dataclass(frozen=True, slots=True)
class NetworkRequestDone(Fact):
    """The network did what was asked."""

    request_id: UUID
    subscription_id: UUID
    cause_id: UUID
    operation: NetworkOperation


@dataclass(frozen=True, slots=True)
class NetworkRequestFailed(Fact):
    """The network refused for good; nothing was changed there."""

    request_id: UUID
    subscription_id: UUID
    cause_id: UUID
    operation: NetworkOperation
    error_code: str


@dataclass(frozen=True, slots=True)
class NetworkRequestStuck(Fact):
    """The network did not answer for too long: whether it did what was asked is unknown, and a person must look."""

    request_id: UUID
    subscription_id: UUID
    cause_id: UUID
    operation: NetworkOperation
