"""Refusals of the brands' life cycle."""

from collections.abc import Sequence

from mvne_platform.inventory import RowReport
from mvne_platform.kernel import Category, DomainError, NotFound


class UnknownApplication(NotFound):
    """No such application of a manifest."""

    code = "UNKNOWN_APPLICATION"


class Superseded(DomainError):
    """A manifest that was handed in later has been applied meanwhile."""

    code = "SUPERSEDED"


class InventoryRefused(DomainError):
    """SIMs or numbers of the manifest cannot be taken into stock; `rows` are those refused."""

    code = "INVENTORY_REFUSED"
    category = Category.CONFLICT

    def __init__(self, rows: Sequence[RowReport]) -> None:
        self.rows = tuple(rows)
        shown = "; ".join(f"{row.value}: {row.reason}" for row in self.rows[:5])
        more = f" (and {len(self.rows) - 5} more)" if len(self.rows) > 5 else ""
        super().__init__(
            f"{len(self.rows)} SIMs or numbers cannot be taken into stock: {shown}{more}", field=("inventory",)
        )


class BrandFixed(DomainError):
    """Something of a brand that exists cannot change."""

    code = "BRAND_FIXED"
