"""What every record format is turned into: one usage event."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from mvne_platform.catalogue import Service

# The event key: 40 bits of Unix seconds, then 88 bits of hash, so that ten million events of a day stay apart.
_HASH_BYTES = 11
_HASH_BITS = 8 * _HASH_BYTES
_SECOND_BYTES = 5
_SEPARATOR = "\x1f"


class Identifier(NamedTuple):
    """By what a record names its subscription: `kind` is msisdn, imsi, iccid or account."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class UsageEvent:
    """One normalised usage record, in the shape rating reads.

    `natural_key` tells the record from every other. `start` is in UTC, to the second; of `duration_s`, `bytes` and
    `count` the one of the service's unit is set; `other_party` is E.164 with +, or a short code as dialled;
    `visited_network` is MCC-MNC (ITU-T E.212); `answered` is None where the question does not arise.
    """

    natural_key: tuple[str, ...]
    identifiers: tuple[Identifier, ...]
    service: Service
    start: datetime
    duration_s: int | None = None
    bytes: int | None = None
    count: int | None = None
    other_party: str | None = None
    visited_network: str | None = None
    answered: bool | None = None
    cause: str | None = None


def event_key(event: UsageEvent) -> UUID:
    """The key of the event: its start second, then a hash of its natural key, so that keys sort by time.

    Equal for repeats of a record, whatever file brings them. Raises OverflowError for a start before 1970.
    """
    digest = hashlib.blake2b(_SEPARATOR.join(event.natural_key).encode(), digest_size=_HASH_BYTES).digest()
    return UUID(bytes=int(event.start.timestamp()).to_bytes(_SECOND_BYTES) + digest)


def first_key(instant: datetime) -> UUID:
    """The smallest key of an event that starts at `instant` or later; events start in 1970 at the earliest."""
    return UUID(int=max(0, int(instant.timestamp())) << _HASH_BITS)


def start_of(key: UUID) -> datetime:
    """The start an event key carries, in UTC."""
    return datetime.fromtimestamp(key.int >> _HASH_BITS, UTC)
