"""PostgreSQL's binary formats of the few types online charging sends: arrays of parameters, and rows for COPY.

A list of values becomes one parameter with a join of bytes, an order of magnitude faster than value by value.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from struct import Struct
from uuid import UUID

NULL = b"\xff\xff\xff\xff"
TRUE, FALSE = b"\x00\x00\x00\x01\x01", b"\x00\x00\x00\x01\x00"
# Type oids: of the elements, and of arrays of them (pg_type.dat).
BOOL, BYTEA, INT8, INT4, TEXT, TIMESTAMPTZ, UUID_, JSONB = 16, 17, 20, 23, 25, 1184, 2950, 3802
ARRAY_OF = {BOOL: 1000, BYTEA: 1001, INT8: 1016, INT4: 1007, TEXT: 1009, UUID_: 2951}

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_FIRST_DAY = _EPOCH.date()
_MICROSECOND = timedelta(microseconds=1)
_LONG, _INT, _ARRAY = Struct(">iq"), Struct(">ii"), Struct(">iiIii")
_LENGTH = Struct(">i")
_NONE_OF = Struct(">iiI")
_DATE = Struct(">ii")


def uuid(value: UUID | None) -> bytes:
    """A uuid with its length."""
    return NULL if value is None else b"\x00\x00\x00\x10" + value.bytes


def int8(value: int | None) -> bytes:
    """A bigint with its length."""
    return NULL if value is None else _LONG.pack(8, value)


def int4(value: int) -> bytes:
    """An integer with its length."""
    return _INT.pack(4, value)


def boolean(value: object) -> bytes:
    """A boolean with its length."""
    return TRUE if value else FALSE


def octets(value: bytes) -> bytes:
    """Bytes, or text in UTF-8, with their length."""
    return _LENGTH.pack(len(value)) + value


def text(value: str | None) -> bytes:
    """Text with its length."""
    if value is None:
        return NULL
    encoded = value.encode()
    return _LENGTH.pack(len(encoded)) + encoded


@lru_cache(maxsize=4096)
def word(value: str | None) -> bytes:
    """Text that comes again and again: codes of services, zones, bands."""
    return text(value)


def microseconds(instant: datetime) -> int:
    """A timestamptz as the database counts it: microseconds since 2000."""
    return (instant - _EPOCH) // _MICROSECOND


def timestamptz(instant: datetime) -> bytes:
    """A timestamptz with its length."""
    return _LONG.pack(8, microseconds(instant))


@lru_cache(maxsize=256)
def day(value: date) -> bytes:
    """A date with its length."""
    return _DATE.pack(4, (value - _FIRST_DAY).days)


def array(element: int, parts: Sequence[bytes]) -> bytes:
    """A one-dimensional array of elements that carry their lengths, without a length of its own."""
    if not parts:
        return _NONE_OF.pack(0, 0, element)
    return _ARRAY.pack(1, 1, element, len(parts), 1) + b"".join(parts)


def uuids(values: Sequence[UUID]) -> bytes:
    """A uuid[] with its length; NULL for none."""
    return octets(array(UUID_, [uuid(value) for value in values])) if values else NULL


def bigints(values: Sequence[int]) -> bytes:
    """A bigint[] with its length; NULL for none."""
    if not values:
        return NULL
    size = len(values)
    packed = _longs(size).pack(*_interleaved(values))
    return _LENGTH.pack(20 + len(packed)) + _ARRAY.pack(1, 0, INT8, size, 1) + packed


@lru_cache(maxsize=256)
def _longs(size: int) -> Struct:
    return Struct(">" + "iq" * size)


def _interleaved(values: Iterable[int]) -> list[int]:
    return [part for value in values for part in (8, value)]
