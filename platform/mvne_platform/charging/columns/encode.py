"""Rated events as PostgreSQL's binary COPY format, written by compiled code straight from columns.

A row is its number of fields, then each field's length (-1: null) and content, all big-endian (PostgreSQL's manual,
"COPY", binary format). The fields stand in the order of `writing.COLUMNS`.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from mvne_platform.charging.columns.bytes import copy8, put4, put8
from mvne_platform.charging.writing import COLUMNS

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]

HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TRAILER = b"\xff\xff"
BLOCK_ROWS = 16_384
# PostgreSQL counts from 2000-01-01: seconds after the Unix epoch, and days.
_EPOCH_S = 946_684_800
_EPOCH_DAY = 10_957
_UUID_OID, _INT8_OID = 2950, 20
_FIELDS = len(COLUMNS)
# Everything of a row that is no text and no array, with the lengths of all fields.
_FIXED_BYTES = 2 + 4 * _FIELDS + 12 * 8 + 8 * 16 + 5 + 3 * 20 + 2


class Texts(NamedTuple):
    """Texts one after the other: text i is `data[starts[i]:starts[i + 1]]`."""

    data: Bytes
    starts: Ints


class Identity(NamedTuple):
    """Which event of whom; `line` and `group` are rows of the tables of UUIDs, `group` -1 for none."""

    line: Codes
    key_hi: npt.NDArray[np.uint64]
    key_lo: npt.NDArray[np.uint64]
    start: Ints
    row: Ints
    group: Codes
    period: Codes


class Codings(NamedTuple):
    """Texts of the rows by their place in `texts`, -1 for null; one array for each text column, in order."""

    service: Codes
    other_party: Codes
    network: Codes
    operator: Codes
    number_class: Codes
    status: Codes
    reason: Codes
    zone: Codes
    band: Codes
    currency: Codes
    attributes: Codes


class Results(NamedTuple):
    """What rating answered, and the trace; `version`, `rate` and the buckets are rows of tables of UUIDs."""

    itemised: npt.NDArray[np.bool_]
    version: Codes
    rate: Codes
    quantity: Ints
    charged: Ints
    amount: Ints
    accrued: Ints
    debited: Ints
    wholesale: Ints
    wholesale_rate: Codes
    take_offsets: Ints
    take_bucket: Codes
    take_quantity: Ints
    trace_offsets: Ints
    trace: Ints


class Tables(NamedTuple):
    """UUIDs as rows of 16 bytes, and the texts of all columns: the dictionaries', then those of single rows."""

    lines: Bytes
    groups: Bytes
    versions: Bytes
    rates: Bytes
    buckets: Bytes
    file: Bytes
    texts: Texts


class Rows(NamedTuple):
    """All rows of a chunk."""

    identity: Identity
    codings: Codings
    results: Results
    tables: Tables


def blocks(rows: Rows, order: Ints) -> Iterator[memoryview]:
    """The rows at the places `order`, block by block; HEADER goes before them and TRAILER after."""
    writable = ready(rows)
    for first in range(0, len(order), BLOCK_ROWS):
        places = order[first : first + BLOCK_ROWS]
        buffer = np.empty(_bound(writable, places), np.uint8)
        yield buffer[: encode(buffer, writable, places)].data


def ready(rows: Rows) -> Rows:
    """The same with arrays that may be written to, though nobody does: to a compiler others are of another type."""
    made: Rows = _writable(rows)
    return made


def _writable(part: Any) -> Any:
    if isinstance(part, tuple):
        return type(part)(*map(_writable, part))
    return np.require(part, requirements=["C", "A", "W"])


def _bound(rows: Rows, places: Ints) -> int:
    results, starts = rows.results, rows.tables.texts.starts
    texts = sum(
        int((starts[codes[places] + 1] - starts[codes[places]])[codes[places] >= 0].sum()) for codes in rows.codings
    )
    takes = int((results.take_offsets[places + 1] - results.take_offsets[places]).sum())
    traces = int((results.trace_offsets[places + 1] - results.trace_offsets[places]).sum())
    return _FIXED_BYTES * len(places) + texts + takes * (20 + 12) + traces * 12


@njit(cache=True, nogil=True)
def encode(buffer: Bytes, rows: Rows, places: Ints) -> int:
    """Write rows into a buffer that has room for them; answers how many bytes they are."""
    at = 0
    for place in places:
        buffer[at], buffer[at + 1] = 0, _FIELDS
        at += 2
        at = _put_event(buffer, at, rows, place)
        at = _put_result(buffer, at, rows, place)
        at = _put_payers(buffer, at, rows, place)
        at = _put_origin(buffer, at, rows, place)
    return at


@njit(cache=True, nogil=True, inline="always")
def _put_int8(buffer: Bytes, at: int, value: int) -> int:
    put4(buffer, at, 8)
    put8(buffer, at + 4, value)
    return at + 12


@njit(cache=True, nogil=True, inline="always")
def _put_null(buffer: Bytes, at: int) -> int:
    put4(buffer, at, -1)
    return at + 4


@njit(cache=True, nogil=True, inline="always")
def _put_uuid(buffer: Bytes, at: int, table: Bytes, row: int) -> int:
    if row < 0:
        return _put_null(buffer, at)
    put4(buffer, at, 16)
    copy8(buffer, at + 4, table, row * 16)
    copy8(buffer, at + 12, table, row * 16 + 8)
    return at + 20


@njit(cache=True, nogil=True, inline="always")
def _put_text(buffer: Bytes, at: int, texts: Texts, code: int) -> int:
    if code < 0:
        return _put_null(buffer, at)
    first, end = texts.starts[code], texts.starts[code + 1]
    put4(buffer, at, end - first)
    return _put_bytes(buffer, at + 4, texts.data, first, end)


@njit(cache=True, nogil=True, inline="always")
def _put_bytes(buffer: Bytes, at: int, data: Bytes, first: int, end: int) -> int:
    for place in range(first, end):
        buffer[at] = data[place]
        at += 1
    return at


@njit(cache=True, nogil=True, inline="always")
def _put_event(buffer: Bytes, at: int, rows: Rows, place: int) -> int:
    identity, codings, tables = rows.identity, rows.codings, rows.tables
    at = _put_uuid(buffer, at, tables.lines, identity.line[place])
    put4(buffer, at, 16)
    put8(buffer, at + 4, np.int64(identity.key_hi[place]))
    put8(buffer, at + 12, np.int64(identity.key_lo[place]))
    at += 20
    at = _put_int8(buffer, at, (identity.start[place] - _EPOCH_S) * 1_000_000)
    at = _put_text(buffer, at, tables.texts, codings.service[place])
    at = _put_text(buffer, at, tables.texts, codings.other_party[place])
    at = _put_text(buffer, at, tables.texts, codings.network[place])
    at = _put_text(buffer, at, tables.texts, codings.operator[place])
    return _put_text(buffer, at, tables.texts, codings.number_class[place])


@njit(cache=True, nogil=True, inline="always")
def _put_result(buffer: Bytes, at: int, rows: Rows, place: int) -> int:
    results, codings, tables = rows.results, rows.codings, rows.tables
    at = _put_int8(buffer, at, results.quantity[place])
    at = _put_int8(buffer, at, results.charged[place])
    at = _put_text(buffer, at, tables.texts, codings.status[place])
    at = _put_text(buffer, at, tables.texts, codings.reason[place])
    put4(buffer, at, 1)
    buffer[at + 4] = 1 if results.itemised[place] else 0
    at += 5
    at = _put_uuid(buffer, at, tables.versions, results.version[place])
    at = _put_uuid(buffer, at, tables.rates, results.rate[place])
    at = _put_text(buffer, at, tables.texts, codings.zone[place])
    at = _put_text(buffer, at, tables.texts, codings.band[place])
    at = _put_text(buffer, at, tables.texts, codings.currency[place])
    at = _put_int8(buffer, at, results.amount[place])
    at = _put_int8(buffer, at, results.accrued[place])
    at = _put_int8(buffer, at, results.debited[place])
    at = _put_amount(buffer, at, results.wholesale[place])
    return _put_uuid(buffer, at, tables.rates, results.wholesale_rate[place])


@njit(cache=True, nogil=True, inline="always")
def _put_amount(buffer: Bytes, at: int, amount: int) -> int:
    if amount < 0:
        return _put_null(buffer, at)
    return _put_int8(buffer, at, amount)


@njit(cache=True, nogil=True, inline="always")
def _put_payers(buffer: Bytes, at: int, rows: Rows, place: int) -> int:
    results = rows.results
    first, end = results.take_offsets[place], results.take_offsets[place + 1]
    if first == end:
        at = _put_null(buffer, _put_null(buffer, at))
    else:
        at = _put_array(buffer, at, end - first, 16, _UUID_OID)
        for take in range(first, end):
            at = _put_uuid(buffer, at, rows.tables.buckets, results.take_bucket[take])
        at = _put_array(buffer, at, end - first, 8, _INT8_OID)
        for take in range(first, end):
            at = _put_int8(buffer, at, results.take_quantity[take])
    first, end = results.trace_offsets[place], results.trace_offsets[place + 1]
    if first == end:
        return _put_null(buffer, at)
    at = _put_array(buffer, at, end - first, 8, _INT8_OID)
    for number in range(first, end):
        at = _put_int8(buffer, at, results.trace[number])
    return at


@njit(cache=True, nogil=True, inline="always")
def _put_array(buffer: Bytes, at: int, length: int, size: int, oid: int) -> int:
    """The field's length and the head of an array without nulls: one dimension that begins at 1."""
    put4(buffer, at, 20 + length * (4 + size))
    put8(buffer, at + 4, 1 << 32)
    put4(buffer, at + 12, oid)
    put4(buffer, at + 16, length)
    put4(buffer, at + 20, 1)
    return at + 24


@njit(cache=True, nogil=True, inline="always")
def _put_origin(buffer: Bytes, at: int, rows: Rows, place: int) -> int:
    identity, tables = rows.identity, rows.tables
    put4(buffer, at, 4)
    put4(buffer, at + 4, identity.period[place] - _EPOCH_DAY)
    at = _put_uuid(buffer, at + 8, tables.groups, identity.group[place])
    at = _put_json(buffer, at, tables.texts, rows.codings.attributes[place])
    at = _put_uuid(buffer, at, tables.file, 0)
    at = _put_int8(buffer, at, identity.row[place])
    return _put_null(buffer, at)


@njit(cache=True, nogil=True, inline="always")
def _put_json(buffer: Bytes, at: int, texts: Texts, code: int) -> int:
    """`jsonb` in its first version: a byte that says so, and the text."""
    if code < 0:
        return _put_null(buffer, at)
    first, end = texts.starts[code], texts.starts[code + 1]
    put4(buffer, at, end - first + 1)
    buffer[at + 4] = 1
    return _put_bytes(buffer, at + 5, texts.data, first, end)
