"""The platform's settings pointed at a test database; contexts of the brand `testbrand`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from mvne_cli.embedded import Server
from mvne_platform.runtime import Context, brand_work
from mvne_platform.runtime.context import SYSTEM
from mvne_platform.runtime.db import admin_engine, app_engine, session
from mvne_platform.runtime.settings import settings
from mvne_platform.runtime.tenancy import brand_by_slug
from mvne_platform.runtime.work import brand_scope
from tests.plugins.cluster import admin_url, app_url, cloned


@dataclass(frozen=True, slots=True)
class Database:
    """A database of the test's own: commits are seen, and gone with it."""

    server: Server
    name: str

    @property
    def superuser_dsn(self) -> str:
        """For looking at everything."""
        return self.server.dsn_of(self.name)

    @property
    def admin_dsn(self) -> str:
        """The DDL login."""
        return admin_url(self.server, self.name)

    @property
    def app_dsn(self) -> str:
        """The login of web and worker."""
        return app_url(self.server, self.name)


@contextmanager
def installed(server: Server, data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A fresh installation that `settings()` and the engines of this process point at."""
    with cloned(server) as name:
        database = Database(server, name)
        monkeypatch.setenv("MVNE_DATABASE_URL", database.app_dsn)
        monkeypatch.setenv("MVNE_ADMIN_DATABASE_URL", database.admin_dsn)
        monkeypatch.setenv("MVNE_SECRET_KEY", "test secret of thirty-two letters")
        monkeypatch.setenv("MVNE_DATA", str(data))
        monkeypatch.setenv("MVNE_ENVIRONMENT", "development")
        forget()
        yield database
        forget()


def forget() -> None:
    """Close what the process holds of the database before, so that the next use reads the settings anew."""
    for engine in (app_engine, admin_engine):
        if engine.cache_info().currsize:
            engine().dispose()
    for cached in (settings, app_engine, admin_engine):
        cached.cache_clear()


@pytest.fixture(scope="session")
def shared_database(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One database per worker for tests that roll back."""
    with pytest.MonkeyPatch.context() as patch, installed(server, tmp_path_factory.mktemp("data"), patch) as database:
        yield database


@pytest.fixture
def ctx(shared_database: Database) -> Iterator[Context]:
    """A transaction of `testbrand` by the system, rolled back at the end."""
    with brand_context("testbrand") as context:
        yield context


@pytest.fixture
def other_ctx(shared_database: Database) -> Iterator[Context]:
    """The same of `otherbrand`."""
    with brand_context("otherbrand") as context:
        yield context


@contextmanager
def brand_context(slug: str) -> Iterator[Context]:
    """A brand's transaction that is rolled back."""
    with session(brand_scope(slug)) as db:
        brand = brand_by_slug(db, slug)
        yield Context(brand, SYSTEM, brand.now(), db, "test")
        db.rollback()


@pytest.fixture
def database(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A database of the test's own, for tests that commit: open transactions with `brand_work("testbrand")`."""
    with installed(server, tmp_path, monkeypatch) as made:
        yield made
    forget()


__all__ = ["Database", "brand_context", "brand_work", "ctx", "database", "other_ctx", "shared_database"]
