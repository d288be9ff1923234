"""An order taken in by raw statements: the same rows inserted, updated and locked, in one transaction per order.

Left out are the reads that only decide (brand, plan, prices, allowances, tax, accounts of the customer), every check,
and all mapping. Statements are put together where one serves several rows. The audit triggers run as they do for us.
"""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg.types.json import Jsonb
from psycopg.types.range import Range

from bench.ceilings.connections import Connections

_SCOPE = (
    "SELECT set_config('role', %s, true), set_config('search_path', %s, true),"
    " set_config('mvne.actor', %s, true), set_config('mvne.request', %s, true)"
)
_NUMBERS = (
    "SELECT nextval('customer_number'), nextval('order_number'), nextval('account_number'),"
    " nextval('subscription_number')"
)
_CUSTOMER = (
    "INSERT INTO customer (id, number, kind, given_name, family_name, organization, email, phone, birth_date, language,"
    " created_at) VALUES (%s, %s, 'individual', %s, %s, NULL, %s, NULL, NULL, %s, %s)"
)
_ORDER = (
    "INSERT INTO product_order (id, number, customer_id, quote_id, channel, state, state_reason, verification_id,"
    " placed_at, completed_at) VALUES (%s, %s, %s, NULL, 'storefront', 'acknowledged', NULL, NULL, %s, NULL)"
)
_ACCOUNT = (
    "INSERT INTO billing_account (id, number, customer_id, currency, billed_until, created_at)"
    " VALUES (%s, %s, %s, %s, %s, %s)"
)
_SIM = (
    "SELECT id, iccid, imsi FROM sim WHERE state = 'free' AND kind = 'physical' ORDER BY iccid LIMIT 1"
    " FOR UPDATE SKIP LOCKED"
)
_NUMBER = (
    "SELECT id, msisdn FROM number WHERE state = 'free' AND \"group\" = 'standard' ORDER BY msisdn LIMIT 1"
    " FOR UPDATE SKIP LOCKED"
)
_CLAIM = (
    "INSERT INTO platform.directory_entry (id, kind, value, during) VALUES (%s, %s, %s, %s), (%s, %s, %s, %s),"
    " (%s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING kind"
)
_TAKE_SIM = "UPDATE sim SET state = 'reserved', reserved_for = %s WHERE id = %s"
_TAKE_NUMBER = "UPDATE number SET state = 'reserved', reserved_for = %s WHERE id = %s"
_SUBSCRIPTION = (
    "INSERT INTO subscription (id, number, customer_id, account_id, payment_mode, state, spend_limit_micros,"
    " created_at, activated_at, terminated_at) VALUES (%s, %s, %s, %s, 'postpaid', 'pending', NULL, %s, NULL, NULL)"
)
_PRODUCT = (
    "INSERT INTO product (id, subscription_id, offering_id, is_plan, valid_from, valid_to, paid_until)"
    " VALUES (%s, %s, %s, true, %s, %s, NULL)"
)
_IDENTIFIERS = (
    "INSERT INTO subscription_identifier (id, subscription_id, kind, value, valid_from, valid_to)"
    " VALUES (%s, %s, %s, %s, %s, %s), (%s, %s, %s, %s, %s, %s), (%s, %s, %s, %s, %s, %s)"
)
_ITEM = (
    "INSERT INTO order_item (id, order_id, line_number, offering_id, add_on_ids, lines, sim_id, number_id,"
    " subscription_id) VALUES (%s, %s, 1, %s, '{}', %s, %s, %s, %s)"
)
_FACTS = (
    "INSERT INTO fact (id, kind, subject_id, payload, actor, request_id, occurred_at) VALUES"
    " (%s, 'CustomerCreated', %s, %s, 'system', '', %s), (%s, 'OrderPlaced', %s, %s, 'system', '', %s),"
    " (%s, 'OrderReleased', %s, %s, 'system', '', %s)"
)
_OUTBOX = "INSERT INTO outbox (fact_id) VALUES (%s), (%s), (%s)"
_DOORBELL = "INSERT INTO platform.doorbell DEFAULT VALUES"


class Taken(NamedTuple):
    """The stock one order takes."""

    sim: UUID
    iccid: str
    imsi: str
    number: UUID
    msisdn: str


@dataclass(frozen=True, slots=True)
class Desk:
    """Where orders are taken in, and what every order of the benchmark has in common."""

    connections: Connections
    brand: str
    plan: UUID
    lines: list[dict[str, Any]]
    now: datetime
    day: date

    def place(self, _number: int = 0) -> None:
        """Take in one order."""
        with self._transaction() as cursor:
            customer, account, order = key(), key(), key()
            c, o, a, s = cursor.execute(_NUMBERS).fetchone()
            cursor.execute(_CUSTOMER, (customer, f"C{c:06}", "Bo", "Bench", "bo@fjord.example", "da", self.now))
            cursor.execute(_ORDER, (order, f"O{o:06}", customer, self.now))
            cursor.execute(_ACCOUNT, (account, f"A{a:06}", customer, "DKK", self.day, self.now))
            line, taken = self._line(cursor, customer, account, f"S{s:06}")
            item = (key(), order, self.plan, Jsonb(self.lines), taken.sim, taken.number, line)
            cursor.execute(_ITEM, item)
            self._tell(cursor, customer, order)

    def _line(self, cursor: Any, customer: UUID, account: UUID, number: str) -> tuple[UUID, Taken]:
        line, now = key(), self.now
        taken = Taken(*cursor.execute(_SIM).fetchone(), *cursor.execute(_NUMBER).fetchone())
        held = (("iccid", taken.iccid), ("imsi", taken.imsi), ("msisdn", taken.msisdn))
        from_now = Range(now, None)
        claimed = cursor.execute(_CLAIM, [v for one in held for v in (key(), *one, from_now)]).fetchall()
        if len(claimed) != len(held):
            raise LookupError("Another brand holds one of the identifiers.")
        cursor.execute(_TAKE_SIM, (line, taken.sim))
        cursor.execute(_TAKE_NUMBER, (line, taken.number))
        cursor.execute(_SUBSCRIPTION, (line, number, customer, account, now))
        cursor.execute(_PRODUCT, (key(), line, self.plan, now, now))
        cursor.execute(_IDENTIFIERS, [v for one in held for v in (key(), line, *one, now, now)])
        return line, taken

    def _tell(self, cursor: Any, customer: UUID, order: UUID) -> None:
        facts = [key(), key(), key()]
        placed = Jsonb({"order_id": str(order)})
        subjects = ((customer, Jsonb({"customer_id": str(customer)})), (order, placed), (order, placed))
        pairs = zip(facts, subjects, strict=True)
        cursor.execute(_FACTS, [v for fact, subject in pairs for v in (fact, *subject, self.now)])
        cursor.execute(_OUTBOX, facts)
        cursor.execute(_DOORBELL)

    @contextmanager
    def _transaction(self) -> Iterator[Any]:
        connection = self.connections.own()
        with connection.transaction():
            cursor = connection.cursor()
            cursor.execute(_SCOPE, (f"{self.brand}_app", f"{self.brand},pg_catalog", "system", ""))
            yield cursor


def place_many(desk: Desk, pool: ThreadPoolExecutor, count: int) -> int:
    """Take in `count` orders in the pool's threads."""
    return len(list(pool.map(desk.place, range(count))))


def key() -> UUID:
    """A UUID of version 7, without the care for equal milliseconds."""
    milliseconds = time.time_ns() // 1_000_000
    return UUID(int=milliseconds << 80 | 7 << 76 | int.from_bytes(os.urandom(9)) & ~(3 << 62) | 2 << 62)
