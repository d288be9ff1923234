"""The request log: each request is executed once, however often it is sent, and its answer is kept.

A delayed request is executed when its time has come and somebody asks: nobody can see the register without asking, so
that is the same as executing it on time, and a restart in between loses nothing.
"""

import json
import sqlite3
from dataclasses import dataclass
from typing import TypeAlias, get_args

from mvne_simulators.network import faults, register
from mvne_simulators.network.messages import Operation, Order
from mvne_simulators.state import count, counted
from mvne_simulators.web import Refusal, require_same, rfc3339, stored

SCHEMA = """
CREATE TABLE IF NOT EXISTS request (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL,
    operation TEXT NOT NULL,
    imsi TEXT NOT NULL,
    received_at REAL NOT NULL,
    due_at REAL NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'done', 'refused')),
    status INTEGER,
    answer TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS pending_request ON request (due_at, position) WHERE state = 'pending';
"""

AnswerBody: TypeAlias = dict[str, object]

UNAVAILABLE = Refusal(503, "unavailable", "The network is out of order; send the request again.", retryable=True)
REFUSED = Refusal(422, "refused_by_network", "The network refuses this request for good.")

# A repeated request is not executed again, so only what befalls the answer can befall it.
_HITS_ANY = ("unavailable", "drop_answer")
_HITS_NEW = (*_HITS_ANY, "refuse", "delay")


@dataclass(frozen=True)
class Answer:
    """What to answer; `dropped` means: nothing, hang up."""

    status: int
    body: AnswerBody
    dropped: bool


def receive(db: sqlite3.Connection, request_id: str, order: Order, now: float) -> Answer:
    """Take a request, new or repeated, and answer it.

    Raises Refusal 409 `id_reused` when the id came with another body before.
    """
    count(db, "received")
    known = _find(db, request_id)
    if known is not None:
        require_same(known["body"], order)
    struck = faults.strike(db, order, _HITS_ANY if known else _HITS_NEW)
    kind = struck.kind if struck else None
    if kind == "unavailable":
        return Answer(503, {"error": UNAVAILABLE.error}, dropped=False)

    if known is None:
        _enter(db, request_id, order, now, struck.delay_ms if struck else 0)
        if kind == "refuse":
            _refuse(db, request_id, REFUSED)
        complete_due(db, now)
    return _answer(db, request_id, dropped=kind == "drop_answer")


def complete_due(db: sqlite3.Connection, now: float) -> None:
    """Execute every delayed request whose time has come, in the order they fell due."""
    due = db.execute(
        "SELECT * FROM request WHERE state = 'pending' AND due_at <= ? ORDER BY due_at, position", (now,)
    ).fetchall()
    for row in due:
        try:
            subscriber = register.execute(db, Order.model_validate_json(row["body"]), row["id"], row["due_at"])
        except Refusal as refusal:
            _refuse(db, row["id"], refusal)
        else:
            _close(db, row["id"], "done", 200, {"subscriber": subscriber})


def view(db: sqlite3.Connection, request_id: str) -> AnswerBody:
    """A request and how it stands.

    Raises Refusal 404 `unknown_request`.
    """
    row = _find(db, request_id)
    if row is None:
        raise Refusal(404, "unknown_request", f"No request {request_id} has arrived.")
    outcome = {} if row["answer"] is None else json.loads(row["answer"])
    return {
        "id": row["id"],
        "operation": row["operation"],
        "imsi": row["imsi"],
        "state": row["state"],
        "received_at": rfc3339(row["received_at"]),
        **outcome,
    }


def stats(db: sqlite3.Connection) -> AnswerBody:
    """Requests by operation and outcome, arrivals with repetitions counted, and faults that struck."""
    by_operation = {operation: {"done": 0, "refused": 0, "pending": 0} for operation in get_args(Operation)}
    for operation, state, number in db.execute("SELECT operation, state, count(*) FROM request GROUP BY 1, 2"):
        by_operation[operation][state] = number
    totals = {state: sum(one[state] for one in by_operation.values()) for state in ("done", "refused", "pending")}
    return {
        "requests": {"received": counted(db, "received").get("", 0), **totals},
        "by_operation": by_operation,
        "faults_struck": counted(db, "fault."),
    }


def _enter(db: sqlite3.Connection, request_id: str, order: Order, now: float, delay_ms: int) -> None:
    db.execute(
        "INSERT INTO request (id, body, operation, imsi, received_at, due_at, state) "
        "VALUES (?, ?, ?, ?, ?, ?, 'pending')",
        (request_id, stored(order), order.operation, order.imsi, now, now + delay_ms / 1000),
    )


def _refuse(db: sqlite3.Connection, request_id: str, refusal: Refusal) -> None:
    _close(db, request_id, "refused", refusal.status, {"error": refusal.error})


def _close(db: sqlite3.Connection, request_id: str, state: str, status: int, outcome: AnswerBody) -> None:
    db.execute(
        "UPDATE request SET state = ?, status = ?, answer = ? WHERE id = ?",
        (state, status, json.dumps(outcome), request_id),
    )


def _answer(db: sqlite3.Connection, request_id: str, *, dropped: bool) -> Answer:
    state, status, kept = db.execute("SELECT state, status, answer FROM request WHERE id = ?", (request_id,)).fetchone()
    if state == "pending":
        return Answer(202, {"id": request_id, "state": state}, dropped)
    outcome: AnswerBody = json.loads(kept)
    if state == "done":
        outcome = {"id": request_id, "state": state, **outcome}
    return Answer(status, outcome, dropped)


def _find(db: sqlite3.Connection, request_id: str) -> sqlite3.Row | None:
    found: sqlite3.Row | None = db.execute("SELECT * FROM request WHERE id = ?", (request_id,)).fetchone()
    return found
