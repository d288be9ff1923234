"""Brings the embedded database back when it ends: killed, crashed, or stopped by somebody else."""

import threading
from collections.abc import Callable

from mvne_cli.embedded import EmbeddedPostgres, EmbeddedPostgresError, Server, processes

LOOK_EVERY_SECONDS = 0.3
PAUSE_SECONDS = 3.0


class DatabaseWatch:
    """A thread that looks after one server; `moved` hears of a server that came back on another port."""

    def __init__(
        self,
        postgres: EmbeddedPostgres,
        server: Server,
        *,
        tell: Callable[[str], None],
        moved: Callable[[Server], None] = lambda _: None,
    ) -> None:
        self._postgres = postgres
        self._server = server
        self._tell = tell
        self._moved = moved
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="database watch", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more; waits for a restart that is under way."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _watch(self) -> None:
        while not self._stopping.wait(LOOK_EVERY_SECONDS):
            if processes.running_postmaster(self._postgres.cluster) is None:
                self._bring_back()

    def _bring_back(self) -> None:
        self._tell("the database ended; starting it again.")
        try:
            server = self._postgres.ensure_running()
        except EmbeddedPostgresError as error:
            self._tell(f"{error.code}: {error} Trying again.")
            self._stopping.wait(PAUSE_SECONDS)
            return
        if server != self._server:
            self._server = server
            self._moved(server)
