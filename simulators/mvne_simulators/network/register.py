"""The subscriber register: what each operation does to a subscriber, and when the network refuses it."""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace

from mvne_simulators.network.messages import HistoryView, Operation, Order, Profile, SubscriberView
from mvne_simulators.web import Page, Refusal, rfc3339

SCHEMA = """
CREATE TABLE IF NOT EXISTS subscriber (
    imsi TEXT PRIMARY KEY,
    iccid TEXT NOT NULL,
    msisdn TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'suspended', 'terminated')),
    profile TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS one_subscriber_per_msisdn ON subscriber (msisdn) WHERE state <> 'terminated';
CREATE UNIQUE INDEX IF NOT EXISTS one_subscriber_per_iccid ON subscriber (iccid) WHERE state <> 'terminated';
CREATE TABLE IF NOT EXISTS history (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    imsi TEXT NOT NULL,
    at REAL NOT NULL,
    request_id TEXT NOT NULL,
    operation TEXT NOT NULL,
    state TEXT NOT NULL,
    iccid TEXT NOT NULL,
    msisdn TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS history_of_subscriber ON history (imsi, position);
"""


_IN_SERVICE = "SELECT * FROM subscriber WHERE state <> 'terminated'"


@dataclass(frozen=True)
class Subscriber:
    """One row of the register; `profile` is JSON."""

    imsi: str
    iccid: str
    msisdn: str
    state: str
    profile: str

    @property
    def view(self) -> SubscriberView:
        """The subscriber as the API shows it."""
        return SubscriberView(
            imsi=self.imsi,
            iccid=self.iccid,
            msisdn=self.msisdn,
            state=self.state,
            profile=json.loads(self.profile),
        )


def execute(db: sqlite3.Connection, order: Order, request_id: str, at: float) -> SubscriberView:
    """Do what is asked and enter it into the subscriber's history.

    Raises Refusal before anything is written.
    """
    changed = _OPERATIONS[order.operation](db, order)
    for subscriber in changed:
        db.execute(
            "INSERT INTO subscriber (imsi, iccid, msisdn, state, profile) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (imsi) DO UPDATE SET iccid = excluded.iccid, msisdn = excluded.msisdn, "
            "state = excluded.state, profile = excluded.profile",
            (subscriber.imsi, subscriber.iccid, subscriber.msisdn, subscriber.state, subscriber.profile),
        )
        db.execute(
            "INSERT INTO history (imsi, at, request_id, operation, state, iccid, msisdn) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (subscriber.imsi, at, request_id, order.operation, subscriber.state, subscriber.iccid, subscriber.msisdn),
        )
    return changed[-1].view


def find(db: sqlite3.Connection, imsi: str) -> Subscriber | None:
    """The subscriber with this IMSI."""
    return _one(db, "SELECT * FROM subscriber WHERE imsi = ?", imsi)


def history(db: sqlite3.Connection, imsi: str) -> list[HistoryView]:
    """Every request executed for this IMSI, oldest first."""
    rows = db.execute("SELECT * FROM history WHERE imsi = ? ORDER BY position", (imsi,))
    return [
        HistoryView(
            at=rfc3339(row["at"]),
            request_id=row["request_id"],
            operation=row["operation"],
            state=row["state"],
            iccid=row["iccid"],
            msisdn=row["msisdn"],
        )
        for row in rows
    ]


def listed(db: sqlite3.Connection, page: Page) -> list[SubscriberView]:
    """A page of subscribers by IMSI; the cursor is the last IMSI of the page before."""
    rows = db.execute("SELECT * FROM subscriber WHERE imsi > ? ORDER BY imsi LIMIT ?", (page.after or "", page.first))
    return [Subscriber(**row).view for row in rows]


def counts(db: sqlite3.Connection) -> dict[str, int]:
    """Subscribers by state."""
    found = dict(db.execute("SELECT state, count(*) FROM subscriber GROUP BY state").fetchall())
    return {state: found.get(state, 0) for state in ("active", "suspended", "terminated")}


def _activate(db: sqlite3.Connection, order: Order) -> list[Subscriber]:
    iccid, msisdn = order.sim_and_number
    known = find(db, order.imsi)
    if known is None or known.state == "terminated":
        _require_free(db, order.imsi, msisdn, iccid)
        new = Subscriber(order.imsi, iccid, msisdn, "active", Profile().model_dump_json())
        return [_with_profile(new, order)]
    if (known.msisdn, known.iccid) != (msisdn, iccid):
        raise Refusal(409, "already_active", f"IMSI {order.imsi} is in service with another number or SIM.")
    if known.state == "suspended":
        raise Refusal(409, "wrong_state", f"IMSI {order.imsi} is suspended; resume it.")
    return [_with_profile(known, order)]


def _suspend(db: sqlite3.Connection, order: Order) -> list[Subscriber]:
    known = _in_service(db, order)
    _require_match(known, order, "msisdn", "iccid")
    return [_with_profile(replace(known, state="suspended"), order)]


def _resume(db: sqlite3.Connection, order: Order) -> list[Subscriber]:
    known = _in_service(db, order)
    _require_match(known, order, "msisdn", "iccid")
    return [_with_profile(replace(known, state="active"), order)]


def _change_msisdn(db: sqlite3.Connection, order: Order) -> list[Subscriber]:
    _, msisdn = order.sim_and_number
    known = _in_service(db, order)
    _require_match(known, order, "iccid")
    _require_free(db, known.imsi, msisdn, known.iccid)
    return [_with_profile(replace(known, msisdn=msisdn), order)]


def _swap_sim(db: sqlite3.Connection, order: Order) -> list[Subscriber]:
    """The number moves to another SIM: the order names the new SIM's IMSI and ICCID, and the number that stays."""
    iccid, msisdn = order.sim_and_number
    owner = _one(db, f"{_IN_SERVICE} AND msisdn = ?", msisdn)
    if owner is None:
        raise Refusal(404, "unknown_subscriber", f"No subscriber in service has the number {msisdn}.")
    holder = find(db, order.imsi)
    if holder is not None and holder.state != "terminated" and holder.imsi != owner.imsi:
        raise Refusal(409, "imsi_in_use", f"IMSI {order.imsi} is in service with another number.")
    _require_free(db, owner.imsi, msisdn, iccid)

    moved = _with_profile(replace(owner, imsi=order.imsi, iccid=iccid), order)
    return [moved] if moved.imsi == owner.imsi else [replace(owner, state="terminated"), moved]


def _terminate(db: sqlite3.Connection, order: Order) -> list[Subscriber]:
    known = _known(db, order)
    _require_match(known, order, "msisdn", "iccid")
    return [_with_profile(replace(known, state="terminated"), order)]


_OPERATIONS: dict[Operation, Callable[[sqlite3.Connection, Order], list[Subscriber]]] = {
    "activate": _activate,
    "suspend": _suspend,
    "resume": _resume,
    "change_msisdn": _change_msisdn,
    "swap_sim": _swap_sim,
    "terminate": _terminate,
}


def _known(db: sqlite3.Connection, order: Order) -> Subscriber:
    known = find(db, order.imsi)
    if known is None:
        raise Refusal(404, "unknown_subscriber", f"The network knows no IMSI {order.imsi}; activate it first.")
    return known


def _in_service(db: sqlite3.Connection, order: Order) -> Subscriber:
    known = _known(db, order)
    if known.state == "terminated":
        raise Refusal(409, "wrong_state", f"IMSI {order.imsi} is terminated; only activate brings it back.")
    return known


def _require_match(known: Subscriber, order: Order, *fields: str) -> None:
    """What the order says beside the IMSI must be what the register holds."""
    for field in fields:
        given = getattr(order, field)
        if given is not None and given != getattr(known, field):
            raise Refusal(409, "identity_mismatch", f"IMSI {order.imsi} has {field} {getattr(known, field)}.")


def _require_free(db: sqlite3.Connection, imsi: str, msisdn: str, iccid: str) -> None:
    if _one(db, f"{_IN_SERVICE} AND msisdn = ? AND imsi <> ?", msisdn, imsi):
        raise Refusal(409, "msisdn_in_use", f"The number {msisdn} belongs to another subscriber.")
    if _one(db, f"{_IN_SERVICE} AND iccid = ? AND imsi <> ?", iccid, imsi):
        raise Refusal(409, "iccid_in_use", f"The SIM {iccid} belongs to another subscriber.")


def _with_profile(subscriber: Subscriber, order: Order) -> Subscriber:
    """A profile in the order replaces the stored one, whatever the operation."""
    return subscriber if order.profile is None else replace(subscriber, profile=order.profile.model_dump_json())


def _one(db: sqlite3.Connection, query: str, *values: str) -> Subscriber | None:
    row = db.execute(query, values).fetchone()
    return None if row is None else Subscriber(**row)
