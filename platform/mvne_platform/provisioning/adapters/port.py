"""What the platform asks of any network."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from mvne_platform.provisioning.models import NetworkOperation

ALL_SERVICES = ("voice", "sms", "mms", "data")


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkLine:
    """A subscriber as a network knows it: IMSI (ITU-T E.212), ICCID (E.118), MSISDN (E.164 with +), what it may use."""

    imsi: str
    iccid: str
    msisdn: str
    services: tuple[str, ...] = ALL_SERVICES
    roaming: bool = True

    def to_payload(self) -> dict[str, Any]:
        """As it is stored with the request."""
        return {**asdict(self), "services": list(self.services)}

    @staticmethod
    def from_payload(payload: Mapping[str, Any]) -> "NetworkLine":
        """What `to_payload` made."""
        return NetworkLine(**{**payload, "services": tuple(payload["services"])})


@dataclass(frozen=True, slots=True)
class NetworkCall:
    """One thing asked. The network knows it by `request_id`: it is done once, however often it is sent."""

    request_id: UUID
    operation: NetworkOperation
    line: NetworkLine


class Outcome(StrEnum):
    """What a network says; REFUSED is for good: the same request would be refused again, and nothing was changed."""

    DONE = "done"
    PENDING = "pending"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class NetworkAnswer:
    """An answer, and what went over the wire for it, for the log."""

    outcome: Outcome
    sent: Mapping[str, Any]
    received: Mapping[str, Any]
    status: str
    error_code: str | None = None
    error_message: str | None = None


class NetworkAdapter(Protocol):
    """An adapter: sends a request, and sends it again to learn how it stands, with the same function."""

    def __call__(self, call: NetworkCall, /) -> NetworkAnswer:
        """Answer within the adapter's time limits; raises OutsideUnavailable when no final answer came."""
