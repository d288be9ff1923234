"""Where benchmarks run: a durable PostgreSQL of their own with one demo brand, and its processes."""

import os
import shutil
from pathlib import Path
from types import TracebackType
from typing import Self

from mvne_cli.embedded import Server
from mvne_cli.installation import Installation
from mvne_platform.runtime.db import admin_engine, app_engine
from mvne_tenants import apply_folder

BRAND = "fjord"
FOLDER = Path("var/bench")


class Place:
    """A fresh installation in `var/bench`, with fsync on; removed at the end."""

    server: Server
    installation: Installation

    def __enter__(self) -> Self:
        shutil.rmtree(FOLDER, ignore_errors=True)
        self.installation = Installation(FOLDER)
        self.server = self.installation.postgres.ensure_running()
        self.installation.prepare(self.server)
        os.environ.update(self.installation.environment(self.server, port=0) | {"MVNE_ENVIRONMENT": "production"})
        apply_folder(Path("tenants/brands") / BRAND)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        app_engine().dispose()
        admin_engine().dispose()
        self.installation.postgres.stop()
        shutil.rmtree(FOLDER, ignore_errors=True)

    @property
    def app_dsn(self) -> str:
        """The application's login."""
        return os.environ["MVNE_DATABASE_URL"]

    @property
    def admin_dsn(self) -> str:
        """The DDL login."""
        return os.environ["MVNE_ADMIN_DATABASE_URL"]
