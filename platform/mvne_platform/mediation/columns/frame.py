"""The usage frame: usage events as columns, one row each, in the order of the file."""

import hashlib
from collections.abc import Iterable, Sequence

import numpy as np
import orjson
import polars as pl

from mvne_platform.catalogue import UNITS, Service
from mvne_platform.kernel import Unit
from mvne_platform.mediation.formats import Row
from mvne_platform.mediation.usage import HASH_BYTES, SEPARATOR, UsageEvent, event_key

# `service` is a place in this list.
SERVICES = list(Service)

# `row` is the line (or record) in the file, `key_hi` and `key_lo` the upper and lower 64 bits of the event key, `start`
# Unix seconds, `quantity` in the service's unit (-1: none), `answered` 1, 0 or -1 (does not arise), `attributes` JSON
# text of an object of texts. A record may name two accounts; of the other identifiers it has at most one each.
FRAME = pl.Schema(
    {
        "row": pl.Int64,
        "key_hi": pl.UInt64,
        "key_lo": pl.UInt64,
        "start": pl.Int64,
        "service": pl.UInt8,
        "quantity": pl.Int64,
        "other_party": pl.String,
        "visited_network": pl.String,
        "answered": pl.Int8,
        "msisdn": pl.String,
        "imsi": pl.String,
        "iccid": pl.String,
        "account": pl.String,
        "account_2": pl.String,
        "correlation": pl.String,
        "attributes": pl.String,
    }
)
_LOW = (1 << 64) - 1
_QUANTITY = {Unit.SECOND: "duration_s", Unit.BYTE: "bytes", Unit.MESSAGE: "count"}
_KINDS = {"msisdn": ("msisdn",), "imsi": ("imsi",), "iccid": ("iccid",), "account": ("account", "account_2")}


def frame_of_events(rows: Iterable[Row]) -> pl.DataFrame:
    """The frame of rows that are all usage events. Raises ValueError for more identifiers than it has columns."""
    return pl.DataFrame([_values(row.number, row.outcome) for row in rows], FRAME, orient="row")  # type: ignore[arg-type]  # all are events


def event_keys(starts: np.ndarray, naturals: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """The upper and lower halves of the keys `event_key` makes of these starts (Unix s) and joined natural keys."""
    hashed = hashlib.blake2b  # in a loop 0.4 us a row; a compiled one would save half and bring a compiler along
    digests = b"".join([hashed(text.encode(), digest_size=HASH_BYTES).digest() for text in naturals])
    table = np.frombuffer(digests, np.uint8).reshape(-1, HASH_BYTES)
    upper = (starts.astype(np.uint64) << np.uint64(24)) | _whole(table[:, :3])
    return upper, _whole(table[:, 3:])


def natural_text(parts: Sequence[str | pl.Expr]) -> pl.Expr:
    """The natural key as `event_key` hashes it."""
    return pl.concat_str([pl.lit(part) if isinstance(part, str) else part for part in parts], separator=SEPARATOR)


def _whole(digits: np.ndarray) -> np.ndarray:
    """Big-endian bytes of each row as one number."""
    number = np.zeros(len(digits), np.uint64)
    for place in range(digits.shape[1]):
        number = (number << np.uint64(8)) | digits[:, place]
    return number


def _values(number: int, event: UsageEvent) -> tuple[object, ...]:
    key = event_key(event).int
    quantity = getattr(event, _QUANTITY[UNITS[event.service]])
    named = _identifiers(event)
    return (
        number,
        key >> 64,
        key & _LOW,
        int(event.start.timestamp()),
        SERVICES.index(event.service),
        -1 if quantity is None else quantity,
        event.other_party,
        event.visited_network,
        -1 if event.answered is None else int(event.answered),
        *(named.get(column) for column in ("msisdn", "imsi", "iccid", "account", "account_2")),
        event.correlation,
        attributes_text(event),
    )


def attributes_text(event: UsageEvent) -> str | None:
    """The event's attributes as the frame holds them: JSON text, None without any."""
    return orjson.dumps(dict(event.attributes)).decode() if event.attributes else None


def _identifiers(event: UsageEvent) -> dict[str, str]:
    named: dict[str, str] = {}
    for kind, value in event.identifiers:
        free = [column for column in _KINDS[kind] if column not in named]
        if not free:
            raise ValueError(f"A record names more than {len(_KINDS[kind])} subscribers by {kind}.")
        named[free[0]] = value
    return named
