"""Units of work: one transaction with its context, opened and committed by an edge."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from mvne_platform.kernel import DomainError
from mvne_platform.runtime.context import SYSTEM, Actor, Context
from mvne_platform.runtime.db import PLATFORM_ROLE, Scope, session
from mvne_platform.runtime.tenancy import Brand, brand_by_slug


def brand_scope(slug: str, actor: Actor = SYSTEM, request_id: str = "") -> Scope:
    """The scope of a brand's requests and jobs."""
    return Scope(f"{slug}_app", f"{slug},pg_catalog", str(actor), request_id)


@contextmanager
def brand_work(
    slug: str, actor: Actor = SYSTEM, request_id: str = "", *, known: Brand | None = None, snapshot: bool = False
) -> Iterator[Context]:
    """Open a brand's transaction; commit at the end, roll back on any exception but a refusal that leaves a trace.

    `known` is the brand as it was read moments ago; one that keeps real time is not read again (a sandbox's clock may
    have moved since). With `snapshot` everything is read as of one instant. Raises UnknownBrand. For edges only: web,
    worker, command line.
    """
    with session(brand_scope(slug, actor, request_id), snapshot=snapshot) as db:
        brand = known if known is not None and known.clock_at is None else brand_by_slug(db, slug)
        try:
            yield Context(brand, actor, brand.now(), db, request_id)
        except DomainError as refusal:
            if refusal.leaves_trace:
                db.commit()
            raise
        db.commit()


@contextmanager
def platform_work(actor: Actor = SYSTEM, request_id: str = "") -> Iterator[Session]:
    """Open a transaction on the platform's own tables; commit at the end."""
    with session(Scope(PLATFORM_ROLE, "platform,pg_catalog", str(actor), request_id)) as db:
        yield db
        db.commit()


def find_brand(slug: str) -> Brand:
    """Read one brand in a short transaction of its own; raises UnknownBrand."""
    with platform_work() as db:
        return brand_by_slug(db, slug)
