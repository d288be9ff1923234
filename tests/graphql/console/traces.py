"""Everything that is stored, as one value: a refusal must not change it."""

from sqlalchemy import MetaData, text
from sqlalchemy.orm import Session

from mvne_platform.runtime import BrandBase, PlatformBase, brand_work, platform_work

# Signing in leaves its own traces, which are not what was asked for.
_OF_SIGNING_IN = {"platform.staff", "platform.staff_grant", "platform.signing_key", "platform.audit"}


def stored(*brands: str) -> dict[str, tuple[int, str]]:
    """How many rows each table of the platform and of these brands has, and a digest of them all."""
    with platform_work() as db:
        found = _tables(db, PlatformBase.metadata, "platform")
    for brand in brands or ("testbrand", "otherbrand"):
        with brand_work(brand) as ctx:
            found |= _tables(ctx.db, BrandBase.metadata, brand)
    return {name: state for name, state in found.items() if name not in _OF_SIGNING_IN}


def _tables(db: Session, metadata: MetaData, schema: str) -> dict[str, tuple[int, str]]:
    found = {}
    for table in metadata.sorted_tables:
        statement = f"SELECT count(*), coalesce(md5(string_agg(t::text, '/' ORDER BY t::text)), '') FROM {table.name} t"
        rows, digest = db.execute(text(statement)).one()
        found[f"{schema}.{table.name}"] = (rows, digest)
    return found
