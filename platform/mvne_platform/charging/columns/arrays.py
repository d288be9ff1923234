"""Columns to and from PostgreSQL as arrays: one row of arrays is read by looking at its bytes, however long they are.

UUIDs are rows of 16 bytes, numbers int64, instants microseconds since 2000-01-01 (UTC), as in the binary format of
PostgreSQL's arrays: a head of 20 bytes, then each element's length and content. Elements must not be null.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeAlias, cast

import numpy as np
import numpy.typing as npt
from psycopg import Cursor
from psycopg.adapt import Buffer, Dumper, Loader
from psycopg.pq import Format

from mvne_platform.charging.writing import driver_connection
from mvne_platform.runtime import Context

Ints: TypeAlias = npt.NDArray[np.int64]
Uuids: TypeAlias = npt.NDArray[np.uint8]
Column: TypeAlias = Any

EPOCH_US = 946_684_800_000_000
_UUID, _UUIDS, _INT8, _INT8S, _INSTANT, _INSTANTS = 2950, 2951, 20, 1016, 1184, 1185
_HEAD = 20


class UuidArray:
    """UUIDs as a parameter of type uuid[]."""

    def __init__(self, rows: Uuids) -> None:
        self.rows = rows


class IntArray:
    """Numbers as a parameter of type bigint[]."""

    def __init__(self, values: Ints) -> None:
        self.values = values


class InstantArray:
    """Instants in microseconds since 2000-01-01 as a parameter of type timestamptz[]."""

    def __init__(self, values: Ints) -> None:
        self.values = values


def fetch(ctx: Context, statement: str, terms: Mapping[str, object]) -> tuple[Column, ...]:
    """The only row of a statement: arrays of UUIDs and numbers as NumPy arrays, texts as they are."""
    with _cursor(ctx) as cursor:
        row = cursor.execute(statement, terms).fetchone()
    return cast("tuple[Column, ...]", row)


def execute(ctx: Context, statement: str, terms: Mapping[str, object]) -> None:
    """Run a statement with arrays as parameters."""
    with _cursor(ctx) as cursor:
        cursor.execute(statement, terms)


def uuid_ranks(rows: Uuids) -> tuple[Uuids, npt.NDArray[np.int32]]:
    """The different UUIDs in ascending order, and for each row its place among them."""
    high, low = halves(rows)
    order = np.lexsort((low, high))
    fresh = np.ones(len(rows), np.bool_)
    fresh[1:] = (np.diff(high[order]) != 0) | (np.diff(low[order]) != 0)
    ranks = np.empty(len(rows), np.int32)
    ranks[order] = np.cumsum(fresh) - 1
    return rows[order][fresh], ranks


def halves(rows: Uuids) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    """The upper and lower 64 bits of UUIDs."""
    both = np.ascontiguousarray(rows).view(">u8").astype(np.uint64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def from_halves(high: npt.NDArray[np.uint64], low: npt.NDArray[np.uint64]) -> Uuids:
    """UUIDs from their upper and lower 64 bits."""
    return np.stack([high, low], axis=1).astype(">u8").view(np.uint8)


@contextmanager
def _cursor(ctx: Context) -> Iterator[Cursor[Any]]:
    ctx.db.flush()
    with driver_connection(ctx).cursor(binary=True) as cursor:
        cursor.adapters.register_dumper(UuidArray, _UuidsDumper)
        cursor.adapters.register_dumper(IntArray, _IntsDumper)
        cursor.adapters.register_dumper(InstantArray, _InstantsDumper)
        for oid, loader in ((_UUIDS, _UuidsLoader), (_INT8S, _IntsLoader), (_INSTANTS, _IntsLoader)):
            cursor.adapters.register_loader(oid, loader)
        yield cursor


class _UuidsDumper(Dumper):
    format = Format.BINARY
    oid = _UUIDS

    def dump(self, obj: UuidArray) -> Buffer:
        return _array(np.ascontiguousarray(obj.rows), _UUID, 16)


class _IntsDumper(Dumper):
    format = Format.BINARY
    oid = _INT8S

    def dump(self, obj: IntArray) -> Buffer:
        return _array(obj.values.astype(">i8").view(np.uint8).reshape(-1, 8), _INT8, 8)


class _InstantsDumper(Dumper):
    format = Format.BINARY
    oid = _INSTANTS

    def dump(self, obj: InstantArray) -> Buffer:
        return _array(obj.values.astype(">i8").view(np.uint8).reshape(-1, 8), _INSTANT, 8)


class _UuidsLoader(Loader):
    format = Format.BINARY

    def load(self, data: Buffer) -> Uuids:
        return _elements(data, 16)


class _IntsLoader(Loader):
    format = Format.BINARY

    def load(self, data: Buffer) -> Ints:
        return np.ascontiguousarray(_elements(data, 8)).view(">i8").ravel().astype(np.int64)


def _elements(data: Buffer, size: int) -> Uuids:
    content = np.frombuffer(bytes(data), np.uint8)[_HEAD:]
    return content.reshape(-1, 4 + size)[:, 4:] if len(content) else np.empty((0, size), np.uint8)


def _array(elements: npt.NDArray[np.uint8], oid: int, size: int) -> bytes:
    if not len(elements):
        return np.array([0, 0, oid], ">i4").tobytes()
    head = np.array([1, 0, oid, len(elements), 1], ">i4").tobytes()
    body = np.empty((len(elements), 4 + size), np.uint8)
    body[:, :4] = np.array([size], ">i4").view(np.uint8)
    body[:, 4:] = elements
    return head + body.tobytes()
