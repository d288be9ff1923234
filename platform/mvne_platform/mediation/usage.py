"""What every record format is turned into: one usage event."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from mvne_platform.catalogue import NumberClass, Service

# The event key: 40 bits of Unix seconds, then 88 bits of hash, so that ten million events of a day stay apart.
HASH_BYTES = 11
_HASH_BITS = 8 * HASH_BYTES
_SECOND_BYTES = 5
SEPARATOR = "\x1f"


class Identifier(NamedTuple):
    """By what a record names its subscription: `kind` is msisdn, imsi, iccid or account."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Part:
    """The record is a part of one call: `call` is the same in all of them, `number` counts from 1."""

    call: str
    number: int
    last: bool


@dataclass(frozen=True, slots=True)
class UsageEvent:
    """One normalised usage record, in the shape rating reads.

    `natural_key` tells the record from every other. `start` is in UTC, to the second; of `duration_s`, `bytes` and
    `count` the one of the service's unit is set; `other_party` is E.164 with +, or a short code as dialled;
    `visited_network` is MCC-MNC (ITU-T E.212); `answered` is None where the question does not arise.
    `operator` is the code of the operator a ported called number belonged to at the start, `number_class` what short
    code data said of it then: both are looked up when the event is rated, never read from a record.
    `correlation` is the charging id under which the event may have been charged online (3GPP TS 32.298).
    `attributes` are what the record said besides, by name.
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
    operator: str | None = None
    number_class: NumberClass | None = None
    part: Part | None = None
    correlation: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)


def event_key(event: UsageEvent) -> UUID:
    """The key of the event: its start second, then a hash of its natural key, so that keys sort by time.

    Equal for repeats of a record, whatever file brings them. Raises OverflowError for a start before 1970.
    """
    digest = hashlib.blake2b(SEPARATOR.join(event.natural_key).encode(), digest_size=HASH_BYTES).digest()
    return UUID(bytes=int(event.start.timestamp()).to_bytes(_SECOND_BYTES) + digest)


def first_key(instant: datetime) -> UUID:
    """The smallest key of an event that starts at `instant` or later; events start in 1970 at the earliest."""
    return UUID(int=max(0, int(instant.timestamp())) << _HASH_BITS)


def start_of(key: UUID) -> datetime:
    """The start an event key carries, in UTC."""
    return datetime.fromtimestamp(key.int >> _HASH_BITS, UTC)
