"""Which brand a transaction serves, and the database role and schema that follow from it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mvne_platform.kernel import NotFound
from mvne_platform.runtime.clock import system_now
from mvne_platform.runtime.models import BrandRow, HostRow

RESERVED_SLUGS = frozenset(
    ["admin", "api", "console", "dramatiq", "localhost", "mvne", "pg", "platform", "postgres", "public", "www"]
)


class BrandState(StrEnum):
    """The stations of a brand's life."""

    SANDBOX = "sandbox"
    LIVE = "live"
    SUSPENDED = "suspended"
    CLOSING = "closing"
    CLOSED = "closed"


class UnknownBrand(NotFound):
    """No brand has this name or host."""

    code = "UNKNOWN_BRAND"


@dataclass(frozen=True, slots=True)
class Brand:
    """A brand as one transaction sees it. `clock_at` is set for a sandbox whose clock stands still."""

    slug: str
    name: str
    state: BrandState
    country: str
    currency: str
    time_zone: str
    languages: tuple[str, ...]
    profile: dict[str, Any]
    clock_at: datetime | None

    @property
    def schema(self) -> str:
        """The PostgreSQL schema that holds the brand's tables."""
        return self.slug

    @property
    def app_role(self) -> str:
        """The role of requests and jobs: no DDL; insert only on audit, ledgers and facts."""
        return f"{self.slug}_app"

    @property
    def owner_role(self) -> str:
        """The role of migrations and onboarding."""
        return f"{self.slug}_owner"

    @property
    def language(self) -> str:
        """The brand's first language."""
        return self.languages[0]

    def now(self) -> datetime:
        """The brand's clock, in UTC."""
        return self.clock_at or system_now()


def brand_from_row(row: BrandRow) -> Brand:
    """The registry's row as a value."""
    return Brand(
        slug=row.slug,
        name=row.name,
        state=BrandState(row.state),
        country=row.country,
        currency=row.currency,
        time_zone=row.time_zone,
        languages=tuple(row.languages),
        profile=row.profile,
        clock_at=row.clock_at,
    )


def brand_by_slug(db: Session, slug: str) -> Brand:
    """Read one brand; raises UnknownBrand."""
    row = db.get(BrandRow, slug)
    if row is None:
        raise UnknownBrand(f"There is no brand '{slug}'. `mvne tenant list` names those there are.")
    return brand_from_row(row)


def brand_by_host(db: Session, host: str) -> Brand:
    """Read the brand that answers on `host` (without port); raises UnknownBrand."""
    row = db.scalar(select(BrandRow).join(HostRow).where(HostRow.host == host.lower()))
    if row is None:
        raise UnknownBrand(f"No brand answers on the host '{host}'.")
    return brand_from_row(row)


def all_brands(db: Session) -> list[Brand]:
    """Every brand of the registry, by name; needs a platform session."""
    return [brand_from_row(row) for row in db.scalars(select(BrandRow).order_by(BrandRow.slug))]
