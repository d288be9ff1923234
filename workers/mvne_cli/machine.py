"""Everything `mvne up` runs on one machine, started in order and stopped in the reverse one."""

import os
import threading
from typing import Self

from mvne_cli import programs
from mvne_cli.database_watch import DatabaseWatch
from mvne_cli.disk import MEBIBYTE, WARN_BELOW_BYTES, free_bytes
from mvne_cli.embedded import Server
from mvne_cli.installation import Installation
from mvne_cli.output import WRONG, refuse
from mvne_cli.patience import forget_connections
from mvne_cli.preparation import prepare
from mvne_cli.progress import step, tell
from mvne_cli.stopping import check
from mvne_cli.supervisor import Supervisor
from mvne_platform.runtime.db import admin_engine, app_engine
from mvne_platform.runtime.settings import settings

LOOK_AT_DISK_SECONDS = 5.0


class Machine:
    """Database, simulators, web, worker, scheduler; whatever ends is started again until the machine is closed."""

    def __init__(self, installation: Installation, stop: threading.Event) -> None:
        self._installation = installation
        self._stop = stop
        self._watch: DatabaseWatch | None = None
        self._supervisor = Supervisor(installation.data / "logs", installation.data / "processes.json", self._tell)

    def start(self, port: int) -> None:
        """Bring everything up; raises EmbeddedPostgresError, Stopped; exits with words when something cannot run."""
        installation = self._installation
        with step("database"):
            server = installation.postgres.ensure_running()
            self._watch = DatabaseWatch(installation.postgres, server, tell=self._tell, moved=self._moved)
            self._watch.start()
        check(self._stop)
        with step("schemas"):
            self._prepare(server)
        check(self._stop)
        chosen = installation.choose_ports(port)
        if chosen:
            tell(f"The ports of {', '.join(chosen)} were taken by others; they listen on new ones.")
        environment = installation.environment(server)
        os.environ.update(environment)
        with step("processes"):
            started = programs.start_all(installation, self._supervisor, environment)
            programs.wait_until_ready(installation, self._supervisor, started, self._stop)

    def serve(self) -> None:
        """Return when somebody asks to stop; warn when the disk fills up."""
        warned = False
        while not self._stop.wait(LOOK_AT_DISK_SECONDS):
            free = free_bytes(self._installation.data)
            if free < WARN_BELOW_BYTES and not warned:
                tell(f"Only {free // MEBIBYTE} MB are left for {self._installation.data}: free some space.")
            warned = free < WARN_BELOW_BYTES

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with step("stopping"):
            self._stop.set()
            if self._watch is not None:
                self._watch.stop()
            self._supervisor.stop()
            self._installation.postgres.stop(adopted=True)

    def _prepare(self, server: Server) -> None:
        faults = [f"{one.schema}: {one.error}" for one in prepare(self._installation, server) if one.error]
        if faults:
            message = "Not every schema could be migrated. Start again to resume; the others are done."
            refuse("MIGRATION_FAILED", message, faults=faults, status=WRONG)

    def _moved(self, server: Server) -> None:
        """The database came back on another port: everybody gets the new address."""
        environment = self._installation.environment(server)
        os.environ.update(environment)
        forget_connections()
        for cached in (settings, app_engine, admin_engine):
            cached.cache_clear()
        self._supervisor.restart(programs.environments(environment))

    def _tell(self, message: str) -> None:
        if not self._stop.is_set():  # what ends now ends because it was told to
            tell(message)
