"""The roles and the database an installation needs, made once by a superuser."""

from contextlib import suppress
from dataclasses import dataclass, field

import psycopg
from psycopg import sql

ADMIN = "mvne_admin"
APP = "mvne_app"
# What the edges may do on the platform's tables, and what a brand's session may.
EDGES = "mvne_platform"
BRANDS = "mvne_brand"


@dataclass(frozen=True, slots=True)
class Passwords:
    """The passwords of the two login roles."""

    admin: str = field(repr=False)
    app: str = field(repr=False)


def prepare_cluster(superuser_dsn: str, database: str, passwords: Passwords) -> None:
    """Create login roles, group roles and the database where they are missing; set the passwords.

    Roles belong to the cluster, so they are created if missing and never dropped.
    """
    with psycopg.connect(superuser_dsn, autocommit=True) as connection:
        _create_role(connection, ADMIN, "LOGIN CREATEROLE", passwords.admin)
        _create_role(connection, APP, "LOGIN NOINHERIT", passwords.app)
        for group in (EDGES, BRANDS):
            _create_role(connection, group, "NOLOGIN", None)
        connection.execute(f"GRANT {EDGES} TO {APP} WITH INHERIT FALSE, SET TRUE")
        connection.execute(f"GRANT {EDGES}, {BRANDS} TO {ADMIN} WITH ADMIN TRUE, INHERIT FALSE, SET TRUE")
        connection.execute(f"GRANT {APP} TO {ADMIN} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE")
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} STRATEGY WAL_LOG").format(
                    sql.Identifier(database), sql.Identifier(ADMIN)
                )
            )


def prepare_database(superuser_dsn_of_database: str) -> None:
    """What only a superuser may do inside the database: the extension, and closing `public`."""
    with psycopg.connect(superuser_dsn_of_database, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS extensions AUTHORIZATION {ADMIN}")
        connection.execute("CREATE EXTENSION IF NOT EXISTS btree_gist SCHEMA extensions")
        connection.execute("GRANT USAGE ON SCHEMA extensions TO PUBLIC")
        connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        database = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC").format(database))


def _create_role(connection: psycopg.Connection, name: str, options: str, password: str | None) -> None:
    role = sql.Identifier(name)
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone():
        with suppress(psycopg.errors.DuplicateObject):  # another process was quicker
            connection.execute(sql.SQL("CREATE ROLE {} " + options).format(role))
    if password is not None:
        connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(role, sql.Literal(password)))
