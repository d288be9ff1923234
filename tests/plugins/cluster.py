"""One embedded PostgreSQL per run, with a template database that holds an installation and two brands.

Cloning the template costs a twentieth of a second, so a test that commits gets a database of its own.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from mvne_cli.embedded import EmbeddedPostgres, Server
from mvne_platform import migrations
from mvne_platform.migrations.cluster import Passwords, prepare_database

RUNS = Path("var/test")
TEMPLATE = "template_mvne"
PASSWORDS = Passwords("test-admin", "test-app")
START = datetime(2026, 9, 30, 22, 0, tzinfo=UTC)  # 2026-10-01 00:00 in Copenhagen

BRANDS = {
    "testbrand": ("Test Brand", "DK", "DKK", "Europe/Copenhagen", ["da", "en"]),
    "otherbrand": ("Other Brand", "DE", "EUR", "Europe/Berlin", ["de", "en"]),
}
PROFILE = {
    "legal": {
        "name": "Test Brand A/S",
        "address": ["Prøvevej 1", "1000 København"],
        "vat_id": "DK00000000",
        "registration": "00000000",
        "email": "post@testbrand.example",
    },
    "look": {"primary": "#0b5fa5", "accent": "#12b886", "logo": "<svg xmlns='http://www.w3.org/2000/svg'/>"},
    "senders": {"email": "post@testbrand.example", "sms": "TestBrand"},
    "prices_include_tax": True,
    "identity_verification": False,
    "billing": {"legal_entity": "testbrand", "invoice_prefix": "T", "due_days": 14, "run_after_hours": 6},
    "prepaid": {"retry_days": [1, 2, 3]},
    "adapters": {"network": "http", "payment": "http", "identity": "http", "email": "smtp", "sms": "http"},
    "usage": {"asterisk": {"country": "US", "time_zone": "America/New_York"}},
}


def _folder(run: str) -> Path:
    return RUNS / run


def pytest_configure(config: pytest.Config) -> None:
    """The controlling process names the run; workers inherit the name."""
    if not hasattr(config, "workerinput"):
        os.environ["MVNE_TEST_RUN"] = str(os.getpid())
        _clear_dead_runs()


def pytest_unconfigure(config: pytest.Config) -> None:
    """The controlling process stops the server and removes the run's folder."""
    if hasattr(config, "workerinput"):
        return
    folder = _folder(os.environ["MVNE_TEST_RUN"])
    if folder.exists():
        EmbeddedPostgres(folder / "postgres", durable=False).stop(adopted=True)
        shutil.rmtree(folder, ignore_errors=True)


def _clear_dead_runs() -> None:
    for folder in RUNS.glob("[0-9]*"):
        if not Path(f"/proc/{folder.name}").exists():
            EmbeddedPostgres(folder / "postgres", durable=False).stop(adopted=True)
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def server() -> Server:
    """The run's PostgreSQL; whichever worker comes first starts it and prepares the template."""
    folder = _folder(os.environ["MVNE_TEST_RUN"])
    folder.mkdir(parents=True, exist_ok=True)
    running = EmbeddedPostgres(folder / "postgres", durable=False).ensure_running()
    with psycopg.connect(running.dsn, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(1)")
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone():
            _make_template(running)
        connection.execute("SELECT pg_advisory_unlock(1)")
    return running


def _make_template(running: Server) -> None:
    making = f"{TEMPLATE}_making"
    with psycopg.connect(running.dsn, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {making}")
    migrations.prepare_cluster(running.dsn, making, PASSWORDS)
    prepare_database(running.dsn_of(making))
    admin = admin_url(running, making)
    migrations.migrate_platform(admin)
    for slug in BRANDS:
        migrations.create_brand_schema(admin, slug)
    with psycopg.connect(admin) as connection:
        for slug, (name, country, currency, zone, languages) in BRANDS.items():
            connection.execute(
                "INSERT INTO platform.brand (slug, brand_role, name, state, country, currency, time_zone, languages,"
                " profile, manifest_digest, clock_at, created_at, version)"
                " VALUES (%s, %s, %s, 'sandbox', %s, %s, %s, %s, %s, '', %s, %s, 1)",
                [
                    slug,
                    f"{slug}_app",
                    name,
                    country,
                    currency,
                    zone,
                    languages,
                    psycopg.types.json.Jsonb(PROFILE),
                    START,
                    START,
                ],
            )
            connection.execute("INSERT INTO platform.host VALUES (%s, %s)", [f"{slug}.localhost", slug])
    with psycopg.connect(running.dsn, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {making} RENAME TO {TEMPLATE}")


def admin_url(running: Server, database: str) -> str:
    """The DDL login's URL of a database."""
    return f"postgresql://mvne_admin:{PASSWORDS.admin}@{running.host}:{running.port}/{database}"


def app_url(running: Server, database: str) -> str:
    """The application login's URL of a database."""
    return f"postgresql://mvne_app:{PASSWORDS.app}@{running.host}:{running.port}/{database}"


@contextmanager
def cloned(running: Server) -> Iterator[str]:
    """A fresh copy of the template, dropped afterwards; answers its name."""
    name = f"t_{uuid4().hex[:12]}"
    with psycopg.connect(running.dsn, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} OWNER mvne_admin TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
    prepare_database(running.dsn_of(name))  # a clone has the template's rows, but not the database's own rights
    try:
        yield name
    finally:
        with psycopg.connect(running.dsn, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
