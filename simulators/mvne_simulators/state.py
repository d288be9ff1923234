"""A simulator's memory: one SQLite file that survives `kill -9`."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_COUNTERS = "CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;"


class State:
    """The one connection of a simulator to its state file.

    A simulator handles its requests on one event loop and never awaits inside a transaction, so one connection is
    enough and no two transactions overlap.

    Raises sqlite3.DatabaseError from the constructor when the file is no SQLite database, and
    sqlite3.OperationalError from any statement when the disk is full.
    """

    def __init__(self, path: Path, schema: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        # The in-process test client runs the application in a thread of its own.
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        # A killed process loses nothing the system already holds; only a power cut could take the last commits.
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.executescript(_COUNTERS + schema)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of the block's writes, or none of them."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
            self._connection.execute("COMMIT")
        except BaseException:
            # A full disk makes SQLite roll back by itself.
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def close(self) -> None:
        """Close the file; harmless when repeated."""
        self._connection.close()


def count(db: sqlite3.Connection, name: str) -> int:
    """Add one to a named counter and return its new value."""
    row = db.execute(
        "INSERT INTO counter (name, value) VALUES (?, 1) "
        "ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value",
        (name,),
    ).fetchone()
    return int(row["value"])


def counted(db: sqlite3.Connection, prefix: str) -> dict[str, int]:
    """Counters whose name begins with `prefix`, by the rest of their name."""
    rows = db.execute("SELECT name, value FROM counter WHERE substr(name, 1, length(?1)) = ?1 ORDER BY name", (prefix,))
    return {row["name"].removeprefix(prefix): row["value"] for row in rows}
