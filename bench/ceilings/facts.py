"""Facts relayed and handled by raw statements: the same rows read, written and deleted, in as many transactions.

`emit` writes facts, outbox and doorbell in one transaction; `handle` empties doorbell and outbox, gives positions,
writes a job per reaction in batches of 500, and runs each job in a transaction of its own: locked, its fact read, the
reaction's only question asked, deleted. Left out are broker and messages, the second process, the waiting for work,
the brand's row, and all mapping.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from bench.ceilings.connections import Connections
from bench.ceilings.orders import key

BATCH = 500
_SCOPE = (
    "SELECT set_config('role', %s, true), set_config('search_path', %s, true),"
    " set_config('mvne.actor', %s, true), set_config('mvne.request', %s, true)"
)
_FACT = (
    "INSERT INTO fact (id, kind, subject_id, payload, actor, request_id, occurred_at)"
    " VALUES (%s, 'IdentityVerified', %s, %s, 'system', '', %s)"
)
_ANSWER = (
    "DELETE FROM platform.doorbell WHERE id IN (SELECT id FROM platform.doorbell ORDER BY id LIMIT 10000"
    " FOR UPDATE SKIP LOCKED) RETURNING brand_role"
)
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
_FRESH = "DELETE FROM outbox WHERE fact_id IN (SELECT fact_id FROM outbox ORDER BY fact_id LIMIT %s) RETURNING fact_id"
_READ = "SELECT id, kind, actor, request_id FROM fact WHERE id = ANY(%s) ORDER BY id"
_LAST = "SELECT coalesce(max(position), 0) FROM fact_position"
_POSITION = "INSERT INTO fact_position (position, fact_id) VALUES (%s, %s)"
_PROMISE = (
    "INSERT INTO job (id, name, queue, arguments, actor, request_id, attempts, relayed_at)"
    " VALUES (%s, 'reactions.react', 'events', %s, %s, %s, 0, now())"
)
_TAKE = "SELECT id, arguments FROM job WHERE id = %s FOR UPDATE SKIP LOCKED"
_ACTOR = "SELECT set_config('mvne.actor', %s, true), set_config('mvne.request', %s, true)"
_FACT_OF = "SELECT id, kind, subject_id, payload, actor, request_id, occurred_at FROM fact WHERE id = %s"
_WAITING = "SELECT id, number, customer_id, state FROM product_order WHERE verification_id = %s"
_DONE = "DELETE FROM job WHERE id = %s"


class Relay:
    """A brand's relay and its workers, on connections of their own."""

    def __init__(self, connections: Connections, brand: str, now: datetime, pool: ThreadPoolExecutor) -> None:
        self._connections, self._brand, self._now, self._pool = connections, brand, now, pool

    def emit(self, count: int) -> None:
        """Commit `count` facts."""
        with self._connections.own().transaction():
            cursor = self._scoped()
            facts = [(key(), key(), key()) for _ in range(count)]
            cursor.executemany(_FACT, [self._fact(*fact) for fact in facts])
            cursor.executemany("INSERT INTO outbox (fact_id) VALUES (%s)", [(fact[0],) for fact in facts])
            cursor.execute("INSERT INTO platform.doorbell DEFAULT VALUES")

    def handle(self) -> int:
        """Relay and handle what was committed; answers how many jobs were done."""
        with self._connections.own().transaction():
            cursor = self._connections.own().cursor()
            cursor.execute(_SCOPE, ("mvne_platform", "platform,pg_catalog", "system", ""))
            cursor.execute(_ANSWER).fetchall()
        done = 0
        while jobs := self._take():
            done += sum(self._pool.map(self._run, jobs))
        return done

    def _take(self) -> list[UUID]:
        with self._connections.own().transaction():
            cursor = self._scoped()
            cursor.execute(_LOCK, (f"{self._brand}/relay",))
            fresh = [fact for (fact,) in cursor.execute(_FRESH, (BATCH,)).fetchall()]
            facts = cursor.execute(_READ, (fresh,)).fetchall()
            (last,) = cursor.execute(_LAST).fetchone()
            cursor.executemany(_POSITION, [(last + n, fact[0]) for n, fact in enumerate(facts, 1)])
            jobs = [(key(), _arguments(fact[0]), fact[2], fact[3]) for fact in facts]
            cursor.executemany(_PROMISE, jobs)
        return [job[0] for job in jobs]

    def _run(self, job: UUID) -> int:
        with self._connections.own().transaction():
            cursor = self._scoped()
            _, arguments = cursor.execute(_TAKE, (job,)).fetchone()
            cursor.execute(_ACTOR, ("system:reactions.react for system", ""))
            fact = cursor.execute(_FACT_OF, (UUID(arguments["fact_id"]),)).fetchone()
            cursor.execute(_WAITING, (UUID(fact[3]["verification_id"]),)).fetchall()
            return int(cursor.execute(_DONE, (job,)).rowcount)

    def _fact(self, fact: UUID, verification: UUID, customer: UUID) -> tuple[Any, ...]:
        payload = Jsonb({"verification_id": str(verification), "customer_id": str(customer)})
        return (fact, verification, payload, self._now)

    def _scoped(self) -> Any:
        cursor = self._connections.own().cursor()
        cursor.execute(_SCOPE, (f"{self._brand}_app", f"{self._brand},pg_catalog", "system", ""))
        return cursor


def _arguments(fact: UUID) -> Jsonb:
    return Jsonb({"fact_id": str(fact), "reaction": "verified_identity_releases_order"})
