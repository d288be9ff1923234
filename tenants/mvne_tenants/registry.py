"""The registry's rows as commands of this package use them."""

from sqlalchemy.orm import Session

from mvne_platform.runtime import Actor, BrandRow
from mvne_platform.runtime.context import PermissionMissing
from mvne_platform.runtime.tenancy import UnknownBrand


def require(actor: Actor, permission: str) -> None:
    """Raise PermissionMissing unless the actor holds `permission`; for work that has no brand's context."""
    if not actor.may(permission):
        raise PermissionMissing(
            f"This needs the permission '{permission}', which {actor} does not hold; "
            "an administrator of the platform can grant it."
        )


def brand_for_update(db: Session, slug: str) -> BrandRow:
    """Lock a brand's row in a platform session; raises UnknownBrand."""
    row = db.get(BrandRow, slug, with_for_update=True)
    if row is None:
        raise UnknownBrand(f"There is no brand '{slug}'. `mvne tenant list` names those there are.")
    return row
