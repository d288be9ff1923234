"""Applies the histories: the platform first, then each brand in a transaction of its own."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import psycopg
from psycopg import sql

from mvne_platform.migrations.cluster import ADMIN, APP, BRANDS
from mvne_platform.migrations.history import head, upgrade_sql

LOCK_TIMEOUT = "4s"
STATEMENT_TIMEOUT = "60s"


@dataclass(frozen=True, slots=True)
class MigrationOutcome:
    """What became of one schema: the revision it was at, the one it is at, or why it stayed."""

    schema: str
    before: str | None
    after: str | None
    error: str | None = None


def migrate_platform(admin_dsn: str) -> MigrationOutcome:
    """Bring the schema `platform` to its newest revision."""
    with psycopg.connect(admin_dsn) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('mvne/migrate/platform', 0))")
        connection.execute("CREATE SCHEMA IF NOT EXISTS platform")
        connection.execute("GRANT USAGE ON SCHEMA platform TO mvne_platform, mvne_brand")
        _set_path(connection, "platform")
        return _upgrade(connection, "platform", "platform")


def create_brand_schema(admin_dsn: str, slug: str) -> MigrationOutcome:
    """Create a brand's two roles and its schema where they are missing, and bring it to the newest revision."""
    with psycopg.connect(admin_dsn, autocommit=True) as connection:
        _create_brand_roles(connection, slug)
    return migrate_brand(admin_dsn, slug)


def migrate_brand(admin_dsn: str, slug: str) -> MigrationOutcome:
    """Bring one brand's schema to the newest revision, all or nothing; waits at most LOCK_TIMEOUT for a lock."""
    with psycopg.connect(admin_dsn) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"mvne/migrate/{slug}"])
        owner = sql.Identifier(f"{slug}_owner")
        connection.execute(
            sql.SQL("CREATE SCHEMA IF NOT EXISTS {} AUTHORIZATION {}").format(sql.Identifier(slug), owner)
        )
        connection.execute("SELECT set_config('role', %s, true)", [f"{slug}_owner"])
        connection.execute(
            sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(sql.Identifier(slug), sql.Identifier(f"{slug}_app"))
        )
        _set_path(connection, slug)
        return _upgrade(connection, "brand", slug)


def migrate_brands(
    admin_dsn: str, slugs: Iterable[str], report: Callable[[MigrationOutcome], None] = lambda _: None, threads: int = 2
) -> list[MigrationOutcome]:
    """Migrate many brands; one that fails is reported and does not stop the rest. Run again to resume."""

    def one(slug: str) -> MigrationOutcome:
        try:
            outcome = migrate_brand(admin_dsn, slug)
        except psycopg.Error as error:
            outcome = MigrationOutcome(slug, None, None, str(error).strip())
        report(outcome)
        return outcome

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, slugs))


def versions_behind(admin_dsn: str, slugs: Iterable[str]) -> dict[str, str | None]:
    """The schemas (brands and `platform`) that are not at their newest revision, with the one they are at."""
    with psycopg.connect(admin_dsn) as connection:
        found = {"platform": _version(connection, "platform")}
        for slug in slugs:
            found[slug] = _version(connection, slug) if _become_owner(connection, slug) else None
    return {s: v for s, v in found.items() if v != head("platform" if s == "platform" else "brand")}


def _upgrade(connection: psycopg.Connection, history: str, schema: str) -> MigrationOutcome:
    before = _version(connection, schema)
    if before != head(history):
        connection.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        connection.execute(f"SET LOCAL statement_timeout = '{STATEMENT_TIMEOUT}'")
        connection.execute(upgrade_sql(history, before).encode())
    return MigrationOutcome(schema, before, head(history))


def _version(connection: psycopg.Connection, schema: str) -> str | None:
    table = sql.Identifier(schema, "alembic_version")
    if connection.execute("SELECT to_regclass(%s)", [table.as_string(connection)]).fetchone() == (None,):
        return None
    row = connection.execute(sql.SQL("SELECT version_num FROM {}").format(table)).fetchone()
    return row[0] if row else None


def _become_owner(connection: psycopg.Connection, slug: str) -> bool:
    """Only its owner may look into a brand's schema; False while the brand has no roles yet."""
    owner = f"{slug}_owner"
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [owner]).fetchone():
        return False
    connection.execute("SELECT set_config('role', %s, true)", [owner])
    return True


def _set_path(connection: psycopg.Connection, schema: str) -> None:
    # `extensions` holds operator classes that only DDL needs.
    connection.execute("SELECT set_config('search_path', %s, true)", [f"{schema},extensions"])


def _create_brand_roles(connection: psycopg.Connection, slug: str) -> None:
    owner, app = sql.Identifier(f"{slug}_owner"), sql.Identifier(f"{slug}_app")
    for role in (owner, app):
        _if_missing(connection, sql.SQL("CREATE ROLE {} NOLOGIN").format(role))
    for statement in (
        sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE").format(owner, sql.Identifier(ADMIN)),
        sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE").format(app, sql.Identifier(APP)),
        sql.SQL("GRANT {} TO {} WITH INHERIT TRUE, SET FALSE").format(sql.Identifier(BRANDS), app),
    ):
        _if_missing(connection, statement)


def _if_missing(connection: psycopg.Connection, statement: sql.Composed) -> None:
    """Roles are the cluster's: another database's onboarding may make the same one at the same time."""
    for attempt in range(10):
        try:
            connection.execute(statement)
            return
        except (psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
            return
        except psycopg.errors.InternalError_:
            if attempt == 9:
                raise  # "tuple concurrently updated", ten times over
