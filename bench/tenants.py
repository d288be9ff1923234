"""`tenant.create`: from a demo manifest to a working sandbox; `tenant.create.schema`: its roles and schema alone."""

import re
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psycopg

import mvne_tenants
from bench.ceilings import tenant
from bench.footprint import Unequal
from bench.measure import ROUNDS, Result, times
from bench.place import BRAND, Place
from mvne_platform import migrations
from mvne_platform.migrations.history import upgrade_sql

MANIFEST = mvne_tenants.read_folder(Path("tenants/brands") / BRAND)
_OBJECTS = """
SELECT relkind::text AS kind, relname::text AS name, replace(coalesce(relacl::text, ''), %(slug)s, '') AS detail
FROM pg_class WHERE relnamespace = %(slug)s::regnamespace
UNION ALL SELECT 'column', c.relname || '.' || a.attname, format_type(a.atttypid, a.atttypmod)
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = %(slug)s::regnamespace AND a.attnum > 0
UNION ALL SELECT 'constraint', conname, replace(pg_get_constraintdef(oid), %(slug)s, '')
FROM pg_constraint WHERE connamespace = %(slug)s::regnamespace
UNION ALL SELECT 'trigger', tgname, replace(pg_get_triggerdef(t.oid), %(slug)s, '')
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace = %(slug)s::regnamespace AND NOT tgisinternal
UNION ALL SELECT 'function', proname, replace(prosrc, %(slug)s, '')
FROM pg_proc WHERE pronamespace = %(slug)s::regnamespace
ORDER BY 1, 2, 3
"""


def create(place: Place) -> Result:
    """Seconds for a whole application of a manifest, seeds included; the ceiling makes roles and schema only."""
    slugs = _slugs("benchfull")
    return times("tenant.create", lambda: mvne_tenants.apply(manifest(next(slugs))), _plain(place, "benchfullplain"))


def schema(place: Place, rounds: int = ROUNDS) -> Result:
    """Seconds for roles and schema, as a manifest's application has them made."""
    slugs = _slugs("benchschema")
    first, second = next(slugs), "benchreference"
    migrations.create_brand_schema(place.admin_dsn, first)
    tenant.create(place.admin_dsn, second, upgrade_sql("brand", None))
    _check(place, first, second)
    return times(
        "tenant.create.schema",
        lambda: migrations.create_brand_schema(place.admin_dsn, next(slugs)),
        _plain(place, "benchplain"),
        rounds,
    )


def manifest(slug: str) -> mvne_tenants.Files:
    """The demo brand's manifest under another name and host; nothing else must differ."""
    texts = dict(MANIFEST.texts)
    brand, changes = re.subn(rf'"{BRAND}(\.localhost)?"', rf'"{slug}\1"', texts["brand.toml"])
    if changes < 2:
        raise LookupError("The manifest does not name its slug and host as expected.")
    texts["brand.toml"] = brand
    return mvne_tenants.accept({path: text.encode() for path, text in texts.items()})


def _slugs(beginning: str) -> Iterator[str]:
    return (f"{beginning}{number}" for number in count(1))


def _plain(place: Place, beginning: str) -> Callable[[], None]:
    """Makes another schema by plain SQL each time it is called."""
    ddl, slugs = upgrade_sql("brand", None), _slugs(beginning)
    return lambda: tenant.create(place.admin_dsn, next(slugs), ddl)


def _check(place: Place, ours: str, bare: str) -> None:
    """Both schemas must have the same tables, columns, constraints, triggers, functions and rights."""
    with psycopg.connect(place.superuser_dsn) as connection:
        made, plain = (connection.execute(_OBJECTS, {"slug": slug}).fetchall() for slug in (ours, bare))
    if made != plain or not made:
        raise Unequal(f"The schemas differ: {sorted(set(made) ^ set(plain))[:5]}")
