"""What settlement will do with a finished charge: the rated event as COPY takes it, and the movements as JSON."""

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from mvne_platform.charging.online import binary
from mvne_platform.charging.online.holds import Hold
from mvne_platform.charging.online.rules import ORIGIN, RATER, Finished
from mvne_platform.mediation import event_key
from mvne_platform.rating import Rated, Wholesale

# Another order or another set of columns is another layout: rows may have been stored before a change and be settled
# after it. Add, never change.
LAYOUTS = {
    1: (
        "subscription_id, key, start, service, other_party, visited_network, operator, number_class, quantity, charged,"
        " status, reason, itemised, price_list_version_id, rate_id, zone, band, currency, amount_micros,"
        " accrued_micros, debited_micros, wholesale_micros, wholesale_rate_id, bucket_ids, bucket_units, trace,"
        " group_id, attributes, charge_id, bill_period"
    )
}
LAYOUT = 1
_COLUMNS = struct.pack(">h", LAYOUTS[LAYOUT].count(",") + 1)
COPY_HEAD = b"PGCOPY\n\xff\r\n\x00" + struct.pack(">ii", 0, 0)
COPY_END = struct.pack(">h", -1)
# Subscription and key stand first: a row sorts by its bytes as the primary key does.
KEY_BYTES = slice(6, 42)
_PERIOD_BYTES = 4
# The parts of an event key, as mediation makes it.
_SECOND_BYTES, _HASH_BYTES = 5, 11


@dataclass(frozen=True, slots=True)
class Booking:
    """The movements of a finished charge: purses to lock, units by bucket, and (code, first day, units, held)."""

    subscription_id: UUID
    purses: tuple[UUID, ...]
    takes: tuple[tuple[UUID, int], ...]
    counters: tuple[tuple[str, str, int, bool], ...]


def booking_json(finished: Finished, hold: Hold, purses: Sequence[UUID]) -> bytes:
    """The movements as they are stored."""
    held = finished.counters_held
    counters = [(code, period, units, held) for (code, period), units in hold.counters().items()]
    said: dict[str, Any] = {
        "subscription": finished.subscriber.subscription_id,
        "purses": purses,
        "takes": hold.takes,
        "counters": counters,
    }
    return orjson.dumps(said)


def booking_of(stored: str | bytes) -> Booking:
    """The movements as a value."""
    said = orjson.loads(stored)
    return Booking(
        UUID(said["subscription"]),
        tuple(UUID(purse) for purse in said["purses"]),
        tuple((UUID(bucket), units) for bucket, units in said["takes"]),
        tuple((code, period, units, held) for code, period, units, held in said["counters"]),
    )


def event_row(finished: Finished) -> bytes:
    """The rated event as a row of a binary COPY in the order of `LAYOUT`; its last four bytes are the bill period."""
    event, rated, subscriber = finished.event, finished.rated, finished.subscriber
    host = RATER.wholesale(event, finished.host) if finished.host is not None else None
    takes = rated.takes
    return b"".join(
        (
            _COLUMNS,
            binary.uuid(subscriber.subscription_id),
            binary.uuid(event_key(event)),
            binary.timestamptz(event.start),
            binary.word(event.service.value),
            binary.text(event.other_party),
            binary.word(event.visited_network),
            binary.word(event.operator),
            binary.word(event.number_class.value if event.number_class else None),
            binary.int8(rated.quantity),
            binary.int8(rated.charged),
            binary.word(rated.outcome.value),
            binary.word(rated.reason.value if rated.reason else None),
            binary.boolean(rated.itemised),
            _price_columns(rated),
            binary.int8(rated.amount_micros),
            binary.int8(rated.accrued_micros),
            binary.int8(rated.debited_micros),
            _host_columns(host),
            binary.uuids([take.bucket_id for take in takes]),
            binary.bigints([take.quantity for take in takes]),
            binary.bigints(rated.trace.as_ints()) if rated.trace else binary.NULL,
            binary.uuid(subscriber.group_id),
            _attributes(finished),
            binary.uuid(finished.charge_id),
            binary.day(subscriber.period),
        )
    )


def event_key_of(request_id: UUID, second: int) -> bytes:
    """The key of a request's event that starts at a Unix second: mediation's `event_key`, without the event."""
    natural = f"{ORIGIN}\x1f{request_id.hex}".encode()
    return second.to_bytes(_SECOND_BYTES) + hashlib.blake2b(natural, digest_size=_HASH_BYTES).digest()


def in_period(row: bytes, period: bytes) -> bytes:
    """The row with another bill period (a date as four bytes)."""
    return row[:-_PERIOD_BYTES] + period


def settled(row: bytes, settlement: UUID) -> bytes:
    """The row with one more column: the settlement that books it."""
    (columns,) = struct.unpack(">h", row[:2])
    return struct.pack(">h", columns + 1) + row[2:] + binary.uuid(settlement)


def _price_columns(rated: Rated) -> bytes:
    return b"".join(
        (
            binary.uuid(rated.version_id),
            binary.uuid(rated.rate_id),
            binary.word(rated.zone),
            binary.word(rated.band),
            binary.word(rated.currency),
        )
    )


def _host_columns(host: Wholesale | None) -> bytes:
    if host is None:
        return binary.NULL + binary.NULL
    return binary.int8(host.amount_micros) + binary.uuid(host.rate_id)


def _attributes(finished: Finished) -> bytes:
    if not finished.event.attributes:
        return binary.NULL
    return binary.octets(b"\x01" + orjson.dumps(dict(finished.event.attributes)))
