"""Bringing a database to what this version needs: roles, broker tables, every schema. Repeatable and resumable."""

import psycopg

from mvne_cli.embedded import Server
from mvne_cli.installation import DATABASE, Installation
from mvne_platform import migrations
from mvne_platform.migrations.cluster import Passwords, prepare_database
from mvne_workers.broker import prepare_broker


def prepare(installation: Installation, server: Server) -> list[migrations.MigrationOutcome]:
    """Make roles and database in the embedded server where they are missing, then migrate."""
    kept = installation.kept()
    migrations.prepare_cluster(server.dsn, DATABASE, Passwords(kept.admin_password, kept.app_password))
    prepare_database(server.dsn_of(DATABASE))
    return migrate(installation.admin_dsn(server))


def migrate(admin_dsn: str) -> list[migrations.MigrationOutcome]:
    """Bring the broker's tables, the platform's schema and every brand's to the newest revision.

    A brand that fails is answered with its error and does not stop the rest.
    """
    prepare_broker(admin_dsn)
    platform = migrations.migrate_platform(admin_dsn)
    return [platform, *migrations.migrate_brands(admin_dsn, brands(admin_dsn))]


def brands(admin_dsn: str) -> list[str]:
    """Every brand of the registry, by name."""
    with psycopg.connect(admin_dsn) as connection:
        return [slug for (slug,) in connection.execute("SELECT slug FROM platform.brand ORDER BY slug")]
