"""What a manifest must fit, read from the platform's tables."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from mvne_platform import catalogue
from mvne_platform.catalogue.editing import CatalogueContent
from mvne_platform.kernel import NotFound
from mvne_platform.runtime import settings
from mvne_platform.runtime.models import HostRow
from mvne_tenants.manifest import Files, Manifest, Surroundings, read_manifest, subscription


def check(db: Session, files: Files) -> Manifest:
    """Read a manifest against what there is; raises ManifestFaulty with every fault. Platform session."""
    return read_manifest(files, _around(db, files))


def _around(db: Session, files: Files) -> Surroundings:
    hosts = {row.host: row.slug for row in db.scalars(select(HostRow))}
    return Surroundings(hosts, settings().console_host, _shared(db, files))


def _shared(db: Session, files: Files) -> dict[tuple[str, int], CatalogueContent]:
    wanted = subscription(files)
    if wanted is None:
        return {}
    try:
        return {wanted: catalogue.shared_content(db, *wanted)[1]}
    except NotFound:
        return {}  # the manifest's own check names the line
