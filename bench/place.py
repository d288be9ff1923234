"""Where benchmarks run: a durable PostgreSQL of their own with one demo brand, and its processes."""

import os
import shutil
from pathlib import Path
from types import TracebackType
from typing import Self

import mvne_tenants
from mvne_cli.embedded import EmbeddedPostgres, Server
from mvne_cli.installation import DATABASE, Installation
from mvne_cli.preparation import prepare
from mvne_platform.runtime.db import admin_engine, app_engine

BRAND = "fjord"
RUNS = Path("var/bench")


class Place:
    """A fresh installation below `var/bench`, with fsync on; removed at the end."""

    server: Server
    installation: Installation

    def __enter__(self) -> Self:
        _clear_dead_runs()
        self.installation = Installation(self.folder)
        self.server = self.installation.postgres.ensure_running()
        prepare(self.installation, self.server)
        os.environ.update(self.installation.environment(self.server) | {"MVNE_ENVIRONMENT": "production"})
        mvne_tenants.apply(mvne_tenants.read_folder(Path("tenants/brands") / BRAND))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        app_engine().dispose()
        admin_engine().dispose()
        self.installation.postgres.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def folder(self) -> Path:
        """Where everything is; the process's own, so that two runs do not meet."""
        return RUNS / str(os.getpid())

    @property
    def logs(self) -> Path:
        """Where processes write."""
        return self.folder / "logs"

    @property
    def scratch(self) -> Path:
        """Where files of a benchmark may lie."""
        return self.folder / "scratch"

    @property
    def superuser_dsn(self) -> str:
        """For looking at everything."""
        return self.server.dsn_of(DATABASE)

    @property
    def app_dsn(self) -> str:
        """The application's login."""
        return os.environ["MVNE_DATABASE_URL"]

    @property
    def admin_dsn(self) -> str:
        """The DDL login."""
        return os.environ["MVNE_ADMIN_DATABASE_URL"]


def _clear_dead_runs() -> None:
    """Stop and remove what a killed run has left."""
    for folder in RUNS.glob("[0-9]*"):
        if not Path(f"/proc/{folder.name}").exists():
            EmbeddedPostgres(folder / "postgres").stop(adopted=True)
            shutil.rmtree(folder, ignore_errors=True)
