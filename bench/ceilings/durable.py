"""Rated events by nothing but COPY: the same rows, already encoded, into the same table, durable in the same pieces.

Each piece is one transaction on a superuser's connection, with fsync and synchronous_commit as they are for ours.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Rows:
    """Rated events as binary COPY gave them, one file for each transaction of ours, in the order of their writing."""

    files: tuple[Path, ...]
    count: int


def take_rows(dsn: str, brand: str, folder: Path) -> Rows:
    """Read what a load has written, chunk by chunk, each in the order of the primary key, as it was written."""
    files, count = [], 0
    with psycopg.connect(dsn) as connection:
        connection.execute(f"SET search_path TO {brand}")
        chunks = connection.execute("SELECT rows_from, rows_to FROM usage_chunk ORDER BY rows_from").fetchall()
        for number, (first, last) in enumerate(chunks):
            path = folder / f"rows-{number}.bin"
            count += _save(connection, _OF_CHUNK.format(first, last), path)
            files.append(path)
    return Rows(tuple(files), count)


_OF_CHUNK = "SELECT * FROM rated_event WHERE file_row BETWEEN {} AND {} ORDER BY subscription_id, key"


def _save(connection: psycopg.Connection[Any], rows: str, path: Path) -> int:
    statement = f"COPY ({rows}) TO STDOUT (FORMAT BINARY)".encode()
    with connection.cursor() as cursor, path.open("wb") as file:
        with cursor.copy(statement) as copy:
            file.writelines(copy)
        return cursor.rowcount


def copy_all(dsn: str, brand: str, rows: Rows) -> None:
    """Write all rows, one transaction for each file of them."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(f"SET search_path TO {brand}")
        for path in rows.files:
            _load(connection, path)


def _load(connection: psycopg.Connection[Any], path: Path) -> None:
    into = b"COPY rated_event FROM STDIN (FORMAT BINARY)"
    with connection.cursor() as cursor, path.open("rb") as file, cursor.copy(into) as copy:
        while piece := file.read(_PIECE):
            copy.write(piece)
