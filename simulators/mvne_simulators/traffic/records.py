"""The platform's own CDR format: one usage event per row, in CSV.

UTF-8, commas, a header line, an empty field where a value does not apply.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

Service = Literal[
    "voice_out",
    "voice_in",
    "sms_out",
    "mms_out",
    "data",
    "roaming_voice_out",
    "roaming_voice_in",
    "roaming_sms_out",
    "roaming_data",
]

HEADER = (
    "record_id",
    "service",
    "subscriber",
    "imsi",
    "other_party",
    "start",
    "duration_s",
    "bytes",
    "count",
    "visited_network",
    "answered",
    "cause",
)


@dataclass(frozen=True)
class Subscriber:
    """Who makes the traffic: number with plus sign, IMSI, and the moment from which events may happen."""

    msisdn: str
    imsi: str
    active_from: datetime


@dataclass(frozen=True)
class Record:
    """One usage event; `destination` says for the manifest what kind of other party it has and is not written."""

    record_id: str
    service: Service
    subscriber: str
    imsi: str
    start: datetime
    destination: str
    cause: str
    other_party: str = ""
    duration_s: int | None = None
    bytes: int | None = None
    count: int | None = None
    visited_network: str = ""
    answered: bool | None = None

    @property
    def row(self) -> list[str]:
        """The fields in the order of HEADER."""
        return [
            self.record_id,
            self.service,
            self.subscriber,
            self.imsi,
            self.other_party,
            instant(self.start),
            _number(self.duration_s),
            _number(self.bytes),
            _number(self.count),
            self.visited_network,
            "" if self.answered is None else str(self.answered).lower(),
            self.cause,
        ]


def instant(at: datetime) -> str:
    """RFC 3339 in UTC, whole seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _number(value: int | None) -> str:
    return "" if value is None else str(value)
