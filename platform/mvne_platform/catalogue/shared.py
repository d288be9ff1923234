"""Catalogues published for several brands: versions that never change."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mvne_platform.catalogue.content import CatalogueContent, read_catalogue
from mvne_platform.catalogue.drafts import OfferingDraft
from mvne_platform.catalogue.errors import SharedCatalogueInvalid, UnknownSharedCatalogue
from mvne_platform.catalogue.models import SharedCatalogueVersion
from mvne_platform.catalogue.rules.overlay import Overlay, overlaid, overlay_problems
from mvne_platform.runtime.clock import system_now


def publish_shared(db: Session, code: str, content: Mapping[str, Any]) -> int:
    """Publish `content` as the next version of the shared catalogue `code`; answers the version.

    The same content as the latest version is that version again. `db` is a platform session; the edge that opens it
    has checked who asks. Raises SharedCatalogueInvalid with every problem.
    """
    read = read_catalogue(content)
    if isinstance(read, list):
        raise SharedCatalogueInvalid(read)
    latest = db.scalar(
        select(SharedCatalogueVersion)
        .where(SharedCatalogueVersion.code == code)
        .order_by(SharedCatalogueVersion.version.desc())
        .limit(1)
    )
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    if latest is not None and latest.digest == digest:
        return latest.version
    published = SharedCatalogueVersion(
        code=code,
        version=latest.version + 1 if latest else 1,
        digest=digest,
        content=dict(content),
        published_at=system_now(),
    )
    db.add(published)
    db.flush()
    return published.version


def shared_content(db: Session, code: str, version: int | None = None) -> tuple[int, CatalogueContent]:
    """A version of a shared catalogue (the latest when none is named), with its number.

    Readable in platform sessions and in brands'. Raises UnknownSharedCatalogue.
    """
    found = select(SharedCatalogueVersion).where(SharedCatalogueVersion.code == code)
    if version is not None:
        found = found.where(SharedCatalogueVersion.version == version)
    row = db.scalar(found.order_by(SharedCatalogueVersion.version.desc()).limit(1))
    if row is None:
        wanted = f"version {version} of the" if version is not None else "no"
        raise UnknownSharedCatalogue(f"There is no {wanted} shared catalogue '{code}'; publish it first.")
    return row.version, CatalogueContent.model_validate(row.content)


def drafts_for_brand(db: Session, code: str, version: int | None, overlay: Overlay) -> list[OfferingDraft]:
    """What a brand that subscribes to a shared catalogue sells, ready for `define_offering`.

    Raises UnknownSharedCatalogue, or SharedCatalogueInvalid when the overlay names offerings there are not.
    """
    number, content = shared_content(db, code, version)
    problems = overlay_problems(content, overlay)
    if problems:
        raise SharedCatalogueInvalid(problems)
    return overlaid(content, number, overlay)
