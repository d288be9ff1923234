"""Faults on demand: planted by a test, used up by the requests they match."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from mvne_simulators.network.messages import Fault, FaultView, Order
from mvne_simulators.state import count

SCHEMA = """
CREATE TABLE IF NOT EXISTS fault (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    operation TEXT,
    imsi TEXT,
    remaining INTEGER NOT NULL,
    delay_ms INTEGER
) STRICT;
"""


@dataclass(frozen=True)
class Struck:
    """The fault that hits a request."""

    kind: str
    delay_ms: int


def plant(db: sqlite3.Connection, fault: Fault) -> FaultView:
    """Keep a fault until `count` requests have met it."""
    row = db.execute(
        "INSERT INTO fault (kind, operation, imsi, remaining, delay_ms) VALUES (?, ?, ?, ?, ?) RETURNING *",
        (fault.kind, fault.operation, fault.imsi, fault.count, fault.delay_ms),
    ).fetchone()
    return _view(row)


def waiting(db: sqlite3.Connection) -> list[FaultView]:
    """Faults not used up yet, oldest first."""
    return [_view(row) for row in db.execute("SELECT * FROM fault WHERE remaining > 0 ORDER BY id")]


def clear(db: sqlite3.Connection) -> None:
    """Forget all faults."""
    db.execute("DELETE FROM fault")


def strike(db: sqlite3.Connection, order: Order, kinds: Sequence[str]) -> Struck | None:
    """Use up one count of the oldest fault of these kinds that matches, if there is one."""
    row = db.execute(
        "SELECT id, kind, delay_ms FROM fault WHERE remaining > 0 AND kind IN (SELECT value FROM json_each(?)) "
        "AND (operation IS NULL OR operation = ?) AND (imsi IS NULL OR imsi = ?) ORDER BY id LIMIT 1",
        (json.dumps(kinds), order.operation, order.imsi),
    ).fetchone()
    if row is None:
        return None
    db.execute("UPDATE fault SET remaining = remaining - 1 WHERE id = ?", (row["id"],))
    count(db, f"fault.{row['kind']}")
    return Struck(row["kind"], row["delay_ms"] or 0)


def _view(row: sqlite3.Row) -> FaultView:
    return FaultView(
        id=row["id"],
        kind=row["kind"],
        operation=row["operation"],
        imsi=row["imsi"],
        remaining=row["remaining"],
        delay_ms=row["delay_ms"],
    )
