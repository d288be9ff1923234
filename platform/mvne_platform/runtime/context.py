"""The context handed to every command and query: which brand, who, when, and the open transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from mvne_platform.kernel import Fact, Forbidden, uuid7
from mvne_platform.runtime.jobs import AnyJob
from mvne_platform.runtime.models import Doorbell, FactRow, JobRow, Outbox, TimerRow
from mvne_platform.runtime.tenancy import Brand


class ActorKind(StrEnum):
    """Who may act: a member of staff, an API client, the public, or the platform itself."""

    STAFF = "staff"
    CLIENT = "client"
    PUBLIC = "public"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, with what permissions. The system may do everything."""

    kind: ActorKind
    id: str = ""
    permissions: frozenset[str] = frozenset()

    def may(self, permission: str) -> bool:
        """Whether the actor holds `permission`."""
        return self.kind is ActorKind.SYSTEM or permission in self.permissions

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}" if self.id else str(self.kind)


SYSTEM = Actor(ActorKind.SYSTEM)


class PermissionMissing(Forbidden):
    """The actor's roles or scopes do not include what this needs."""

    code = "PERMISSION_MISSING"


@dataclass(slots=True)
class Context:
    """One transaction's surroundings; `now` is the brand's clock, fixed for the transaction."""

    brand: Brand
    actor: Actor
    now: datetime
    db: Session
    request_id: str = ""
    facts: list[Fact] = field(default_factory=list)
    _rung: bool = False

    def require(self, permission: str) -> None:
        """Raise PermissionMissing unless the actor holds `permission`."""
        if not self.actor.may(permission):
            raise PermissionMissing(
                f"This needs the permission '{permission}', which {self.actor} does not hold; "
                "an administrator of the brand can grant it."
            )

    def emit(self, fact: Fact) -> None:
        """Write a fact to the brand's log; reactions to it run after the commit."""
        row = FactRow(
            kind=fact.kind,
            subject_id=fact.subject_id,
            payload=fact.to_payload(),
            actor=str(self.actor),
            request_id=self.request_id,
            occurred_at=self.now,
        )
        self.db.add(row)
        self.db.flush()
        self.db.add(Outbox(fact_id=row.id))
        self.facts.append(fact)
        self.ring()

    def emit_all(self, facts: Sequence[Fact]) -> None:
        """As `emit`, of many facts in two statements: for what happens to thousands at once."""
        if not facts:
            return
        rows = [
            {
                "id": uuid7(),
                "kind": fact.kind,
                "subject_id": fact.subject_id,
                "payload": fact.to_payload(),
                "actor": str(self.actor),
                "request_id": self.request_id,
                "occurred_at": self.now,
            }
            for fact in facts
        ]
        self.db.execute(insert(FactRow), rows)
        self.db.execute(insert(Outbox), [{"fact_id": row["id"]} for row in rows])
        self.facts.extend(facts)
        self.ring()

    def later(self, job: AnyJob, **arguments: Any) -> UUID:
        """Promise a job; it runs after this transaction commits."""
        row = JobRow(
            name=job.name,
            queue=job.queue,
            arguments=arguments,
            actor=str(self.actor),
            request_id=self.request_id,
        )
        self.db.add(row)
        self.db.flush()
        self.ring()
        return row.id

    def at(self, when: datetime, job: AnyJob, **arguments: Any) -> UUID:
        """Promise a job for an instant of the brand's clock; answers the timer's id."""
        row = TimerRow(due_at=when, job=job.name, queue=job.queue, arguments=arguments)
        self.db.add(row)
        self.db.flush()
        return row.id

    def lock(self, name: str) -> None:
        """Hold `name` until the transaction ends; others who ask for it wait (advisory, per brand)."""
        self.db.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": f"{self.brand.slug}/{name}"}
        )

    def ring(self) -> None:
        """Tell the relay, once a transaction, that the brand has work for it."""
        if not self._rung:
            self.db.add(Doorbell())
            self._rung = True
