"""The registry's rows as commands of this package use them, and brands as staff look at them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mvne_platform.runtime import Actor, Brand, BrandRow
from mvne_platform.runtime.context import PermissionMissing
from mvne_platform.runtime.models import HostRow
from mvne_platform.runtime.tenancy import UnknownBrand, brand_from_row
from mvne_tenants import permissions


@dataclass(frozen=True, slots=True)
class BrandView:
    """A brand with the hosts it answers on; `clock_target` is set while its clock is on the way there."""

    brand: Brand
    hosts: tuple[str, ...]
    clock_target: datetime | None
    created_at: datetime


def require(actor: Actor, permission: str) -> None:
    """Raise PermissionMissing unless the actor holds `permission`; for work that has no brand's context."""
    if not actor.may(permission):
        raise PermissionMissing(
            f"This needs the permission '{permission}', which {actor} does not hold; "
            "an administrator of the platform can grant it."
        )


def brand_row(db: Session, slug: str) -> BrandRow:
    """A brand's row in a platform session; raises UnknownBrand."""
    return _found(db.get(BrandRow, slug), slug)


def brand_for_update(db: Session, slug: str) -> BrandRow:
    """The same, locked."""
    return _found(db.get(BrandRow, slug, with_for_update=True), slug)


def _found(row: BrandRow | None, slug: str) -> BrandRow:
    if row is None:
        raise _unknown(slug)
    return row


def brand_view(db: Session, slug: str, *, actor: Actor) -> BrandView:
    """One brand; raises UnknownBrand, or PermissionMissing without 'brand.read'. Platform session."""
    require(actor, permissions.READ)
    row = db.get(BrandRow, slug, populate_existing=True)
    if row is None:
        raise _unknown(slug)
    return _views(db, [row])[0]


def brand_views(db: Session, *, actor_at: Callable[[str], Actor]) -> list[BrandView]:
    """The brands at which someone may read about the brand, by name; `actor_at` says as whom. Platform session."""
    rows = db.scalars(select(BrandRow).order_by(BrandRow.slug))
    return _views(db, [row for row in rows if actor_at(row.slug).may(permissions.READ)])


def _views(db: Session, rows: Sequence[BrandRow]) -> list[BrandView]:
    hosts: dict[str, list[str]] = {row.slug: [] for row in rows}
    for host in db.scalars(select(HostRow).where(HostRow.slug.in_(hosts)).order_by(HostRow.host)):
        hosts[host.slug].append(host.host)
    return [BrandView(brand_from_row(row), tuple(hosts[row.slug]), row.clock_target, row.created_at) for row in rows]


def _unknown(slug: str) -> UnknownBrand:
    return UnknownBrand(f"There is no brand '{slug}'. `mvne tenant list` names those there are.", field=("slug",))
