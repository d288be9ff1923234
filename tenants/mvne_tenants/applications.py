"""Handing in manifests, and asking what became of them."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from mvne_platform.kernel import DomainError
from mvne_platform.runtime import Actor, platform_work
from mvne_platform.runtime.clock import system_now
from mvne_platform.runtime.context import SYSTEM
from mvne_platform.runtime.models import PlatformJobRow
from mvne_platform.runtime.secrets import unseal
from mvne_tenants import permissions
from mvne_tenants.errors import UnknownApplication
from mvne_tenants.manifest import Files
from mvne_tenants.models import BrandApplication
from mvne_tenants.onboarding.engine import Applied, carry_out
from mvne_tenants.onboarding.surroundings import check
from mvne_tenants.registry import require

APPLY_JOB = "tenants.apply"
QUEUE = "events"
PAGE = 25


@dataclass(frozen=True, slots=True)
class Credential:
    """How a new API client signs in; the secret is answered once."""

    name: str
    client_id: str
    secret: str = field(repr=False)


def apply(files: Files, *, actor: Actor = SYSTEM, on_step: Callable[[str], None] = lambda step: None) -> Applied:
    """Apply a manifest here and now: for the command line, which has the rights to make schemas.

    Raises ManifestFaulty before anything is done, and the refusals `plan` can raise. Applying the same again changes
    nothing; applying again what was interrupted completes it.
    """
    require(actor, permissions.APPLY)
    with platform_work(actor) as db:
        application = _hand_in(db, files, actor)
    return carry_out(application.id, on_step)


def request_apply(db: Session, files: Files, *, actor: Actor) -> BrandApplication:
    """Have a worker apply a manifest; answers the application, which tells how it goes. Platform session.

    Raises ManifestFaulty, or PermissionMissing without 'brand.apply'.
    """
    require(actor, permissions.APPLY)
    application = _hand_in(db, files, actor)
    db.add(
        PlatformJobRow(
            name=APPLY_JOB,
            queue=QUEUE,
            arguments={"application_id": str(application.id)},
            actor=str(actor),
            request_id=str(application.id),
        )
    )
    db.flush()
    return application


def run_application(application_id: str) -> None:
    """The worker's part: apply what was handed in. A refusal is the application's end, not the worker's to repeat."""
    try:
        carry_out(UUID(application_id), lambda step: None)
    except DomainError:
        return


def application(db: Session, application_id: UUID, *, actor: Actor) -> BrandApplication:
    """An application with its state; raises UnknownApplication. Platform session."""
    require(actor, permissions.READ)
    return _load(db, application_id)


def brand_of_application(db: Session, application_id: UUID) -> str | None:
    """The brand an application is for: by it one decides who may see it. Platform session."""
    return db.scalar(select(BrandApplication.slug).where(BrandApplication.id == application_id))


def applications_of(
    db: Session, slug: str, *, actor: Actor, first: int = PAGE, before: UUID | None = None
) -> list[BrandApplication]:
    """A brand's applications without their files, newest first; `before` is the last one of the page before.

    Platform session.
    """
    require(actor, permissions.READ)
    wanted = select(BrandApplication).where(BrandApplication.slug == slug).options(defer(BrandApplication.files))
    if before is not None:
        wanted = wanted.where(BrandApplication.id < before)
    return list(db.scalars(wanted.order_by(BrandApplication.id.desc()).limit(first)))


def collect_credentials(db: Session, application_id: UUID, *, actor: Actor) -> list[Credential]:
    """The sign-ins of API clients an application made, by name; they are answered once. Platform session."""
    require(actor, permissions.APPLY)
    row = _load(db, application_id, for_update=True)
    kept = json.loads(unseal(row.credentials_encrypted)) if row.credentials_encrypted else {}
    row.credentials_encrypted = None
    db.flush()
    return [Credential(name, client_id, secret) for name, (client_id, secret) in sorted(kept.items())]


def _load(db: Session, application_id: UUID, *, for_update: bool = False) -> BrandApplication:
    without_files = [defer(BrandApplication.files)]
    row = db.get(
        BrandApplication, application_id, options=without_files, with_for_update=for_update, populate_existing=True
    )
    if row is None:
        raise UnknownApplication("There is no such application of a manifest.")
    return row


def _hand_in(db: Session, files: Files, actor: Actor) -> BrandApplication:
    manifest = check(db, files)
    row = BrandApplication(
        slug=manifest.registration.slug,
        digest=manifest.digest,
        files=dict(files.texts),
        requested_by=str(actor),
        requested_at=system_now(),
    )
    db.add(row)
    db.flush()
    return row
