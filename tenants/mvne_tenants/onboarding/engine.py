"""Carries out the application of a manifest, step by step.

Each step is a transaction of its own and may be repeated, so an application that was killed is simply run again.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from mvne_platform.kernel import DomainError
from mvne_platform.migrations import create_brand_schema
from mvne_platform.runtime import Actor, ActorKind, BrandRow, brand_work, platform_work, settings
from mvne_platform.runtime.clock import system_now
from mvne_platform.runtime.db import admin_engine
from mvne_platform.runtime.secrets import seal, unseal
from mvne_tenants.changes import ItemChange, compare, merge
from mvne_tenants.errors import Superseded, UnknownApplication
from mvne_tenants.manifest import Manifest, ManifestFaulty, accept
from mvne_tenants.models import ApplicationState, BrandApplication
from mvne_tenants.onboarding import planning, registry
from mvne_tenants.onboarding.sections import SECTIONS, Section, Seed
from mvne_tenants.onboarding.surroundings import check

# Every point between two transactions, in the order in which an application passes them; fault tests enumerate this.
SECRET_KEPT = "secret_kept"  # noqa: S105  # the name of a step
STEPS = ("checked", "registered", "schema", *(section.name for section in SECTIONS), "hosts", "finished", SECRET_KEPT)

OnStep = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Applied:
    """What an application changed. Secrets of new API clients wait under its id to be collected."""

    application_id: UUID
    slug: str
    changes: tuple[ItemChange, ...]
    notes: tuple[str, ...]


def carry_out(application_id: UUID, on_step: OnStep) -> Applied:
    """Apply what was handed in; two applications of one brand follow each other. An applied one changes nothing.

    A refusal (DomainError) is noted in the application and raised. Needs the rights of worker or command line: raises
    LookupError without them. `on_step` is called with each of STEPS when its transaction has ended.
    """
    with platform_work() as db:
        row = db.get(BrandApplication, application_id)
        if row is None:
            raise UnknownApplication("There is no such application of a manifest.")
        slug, requested_by = row.slug, row.requested_by
    with _only_one(slug):
        run = _Run(application_id, slug, Actor(ActorKind.SYSTEM, f"apply for {requested_by}"), on_step)
        try:
            return run.carry_out()
        except DomainError as refusal:
            run.note_refusal(refusal)
            raise


@contextmanager
def _only_one(slug: str) -> Iterator[None]:
    """Let one application of a brand run at a time; the lock goes with the connection, however the process ends."""
    name = {"name": f"mvne/apply/{slug}"}
    with admin_engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SELECT pg_advisory_lock(hashtextextended(:name, 0))"), name)
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(hashtextextended(:name, 0))"), name)


@dataclass(slots=True)
class _Run:
    """One run of an application."""

    application_id: UUID
    slug: str
    actor: Actor
    on_step: OnStep

    @property
    def request_id(self) -> str:
        """By what the audit log knows the application."""
        return str(self.application_id)

    def carry_out(self) -> Applied:
        with platform_work(self.actor, self.request_id) as db:
            row = db.get_one(BrandApplication, self.application_id, with_for_update=True)
            if row.state is ApplicationState.APPLIED:
                return self._applied(row, ())
            self._check_order(db, row)
            row.state = ApplicationState.RUNNING
            manifest = check(db, accept({path: content.encode() for path, content in row.files.items()}))
            changes = planning.platform_changes(db, manifest)
            established = planning.is_established(db, self.slug)
        if established:
            planning.brand_changes(manifest)  # whatever would be refused is refused before anything is written
        self.on_step("checked")
        self._write(manifest, changes)
        return self._finish(manifest)

    def _check_order(self, db: Session, row: BrandApplication) -> None:
        later = (BrandApplication.slug == self.slug, BrandApplication.id > row.id)
        applied = select(BrandApplication.digest).where(*later, BrandApplication.state == ApplicationState.APPLIED)
        newest = db.scalar(applied.order_by(BrandApplication.id.desc()).limit(1))
        if newest is not None and newest != row.digest:
            raise Superseded(f"A later manifest of '{self.slug}' has been applied; hand this one in again if it holds.")

    def _write(self, manifest: Manifest, platform_changes: list[ItemChange]) -> None:
        with platform_work(self.actor, self.request_id) as db:
            registry.register(db, manifest.registration)
        self._step("registered", [change for change in platform_changes if change.section == "brand"])
        admin_url = settings().admin_url
        if admin_url is None:
            raise LookupError("MVNE_ADMIN_DATABASE_URL is not set: this process may not make schemas.")
        create_brand_schema(admin_url, self.slug)
        self._step("schema", [])
        for section in SECTIONS:
            self._step(section.name, self._section(section, manifest))
        with platform_work(self.actor, self.request_id) as db:
            registry.set_hosts(db, manifest.registration)
        self._step("hosts", [change for change in platform_changes if change.section == "hosts"])

    def _section(self, section: Section, manifest: Manifest) -> list[ItemChange]:
        with brand_work(self.slug, self.actor, self.request_id) as ctx:
            before = section.state(ctx)
            section.write(ctx, Seed(manifest, self._keep_secret))
            return compare(section.name, before, section.state(ctx))

    def _keep_secret(self, name: str, client_id: str, secret: str) -> None:
        """Note a client's secret before the client is committed: a client that exists is never without its secret."""
        with platform_work(self.actor, self.request_id) as db:
            row = db.get_one(BrandApplication, self.application_id, with_for_update=True)
            kept = json.loads(unseal(row.credentials_encrypted)) if row.credentials_encrypted else {}
            kept[name] = [client_id, secret]
            row.credentials_encrypted = seal(json.dumps(kept))
        self.on_step(SECRET_KEPT)

    def _step(self, name: str, changes: list[ItemChange]) -> None:
        with platform_work(self.actor, self.request_id) as db:
            row = db.get_one(BrandApplication, self.application_id, with_for_update=True)
            row.step = name
            row.changes = [change.to_json() for change in merge(_changes(row), changes)]
        self.on_step(name)

    def _finish(self, manifest: Manifest) -> Applied:
        with platform_work(self.actor, self.request_id) as db:
            brand = db.get_one(BrandRow, self.slug, with_for_update=True)
            brand.manifest_digest = manifest.digest
            row = db.get_one(BrandApplication, self.application_id, with_for_update=True)
            row.state, row.finished_at, row.step = ApplicationState.APPLIED, system_now(), "finished"
            self._close_interrupted(db)
            applied = self._applied(row, manifest.notes)
        self.on_step("finished")
        return applied

    def _close_interrupted(self, db: Session) -> None:
        """Earlier runs that never ended: whoever holds the lock knows that they are dead."""
        earlier = (BrandApplication.slug == self.slug, BrandApplication.id < self.application_id)
        db.execute(
            update(BrandApplication)
            .where(*earlier, BrandApplication.state == ApplicationState.RUNNING)
            .values(state=ApplicationState.FAILED, finished_at=system_now(), error="Interrupted, and applied again.")
        )

    def _applied(self, row: BrandApplication, notes: tuple[str, ...]) -> Applied:
        return Applied(row.id, row.slug, tuple(_changes(row)), notes)

    def note_refusal(self, refusal: DomainError) -> None:
        """Keep why the application ended."""
        with platform_work(self.actor, self.request_id) as db:
            row = db.get_one(BrandApplication, self.application_id, with_for_update=True)
            row.state, row.finished_at = ApplicationState.FAILED, system_now()
            row.error = f"{refusal.code}: {refusal.message}"
            if isinstance(refusal, ManifestFaulty):
                row.faults = [fault.to_json() for fault in refusal.faults]


def _changes(row: BrandApplication) -> list[ItemChange]:
    return [ItemChange.from_json(change) for change in row.changes or []]
