"""Starting, adopting and stopping the embedded server."""

import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

import psycopg

from mvne_cli.embedded import binaries, ports, processes
from mvne_cli.embedded.account import Account, able_to_reach, account_for
from mvne_cli.embedded.cluster import (
    NEEDED_BYTES_TO_START,
    SETTINGS,
    SUPERUSER,
    UNDURABLE,
    check_version,
    clear_unfinished,
    create_cluster,
    read_password,
    refuse_full_disk,
    server_command,
)
from mvne_cli.embedded.errors import EmbeddedPostgresError, from_os_error, from_server_output

LOG_LIMIT_BYTES = 10 * 1024 * 1024
_START_PATIENCE_SECONDS = 300.0  # crash recovery replays up to `max_wal_size`
_STOP_PATIENCE_SECONDS = 30.0

# Servers outlive their launchers; forgetting a running child would make Python warn of a leak.
_started: "list[subprocess.Popen[bytes]]" = []


@dataclass(frozen=True, slots=True)
class Server:
    """A running server and the superuser's way in."""

    host: str
    port: int
    password: str = field(repr=False)
    user: str = SUPERUSER

    @property
    def dsn(self) -> str:
        """URL of the superuser for the database `postgres`."""
        return self.dsn_of("postgres")

    def dsn_of(self, database: str) -> str:
        """URL of the superuser for `database`."""
        return f"postgresql://{self.user}:{quote(self.password)}@{self.host}:{self.port}/{quote(database)}"


class EmbeddedPostgres:
    """A PostgreSQL server whose data lie in one folder; the folder belongs to this class alone.

    Whoever asks first starts the server as its child, later ones adopt it. It is stopped by the process that started
    it; it outlives that process if it is killed, and the next one adopts it.

    Folder: `cluster/` (PGDATA), `password` (0600), `port`, `server.log` (kept below 10 MB at each start), `lock`.
    """

    def __init__(
        self,
        data: Path,
        *,
        durable: bool = True,
        bin_dir: Path | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        """`durable=False` is for tests; `settings` are added to (and win over) `cluster.SETTINGS`."""
        self.data = Path(os.path.realpath(data))
        self.cluster = self.data / "cluster"
        self.log = self.data / "server.log"
        self._durable = durable
        self._bin_dir = bin_dir
        self._settings = {**SETTINGS, **({} if durable else UNDURABLE), **(settings or {})}
        self._child: subprocess.Popen[bytes] | None = None
        self._starter_pid = 0

    @property
    def bin_dir(self) -> Path:
        """The folder of the server's programs."""
        if self._bin_dir is None:
            self._bin_dir = binaries.default_bin_dir()
        return self._bin_dir

    def program(self, name: str) -> Path:
        """The path of a client program: `psql`, `pgbench`, `pg_dump`."""
        return binaries.find_program(self.bin_dir, name)

    @property
    def started_here(self) -> bool:
        """Whether this process started the server, and so is the one to stop it."""
        return self._child is not None and self._starter_pid == os.getpid()

    def ensure_running(self) -> Server:
        """Adopt the running server, else start it; returns when it answers a query.

        Raises EmbeddedPostgresError: disk full, folder not writable, other major version, other owner, start failed.
        """
        try:
            with self._locked():
                return self._adopt() or self._start()
        except OSError as error:
            raise from_os_error(error, "prepare the database folder") from error

    def stop(self, *, adopted: bool = False) -> None:
        """Stop the server if this process started it; with `adopted`, in any case. Rolls open transactions back."""
        if not (self.started_here or adopted) or not self.data.exists():
            return
        with self._locked():
            for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):  # fast, immediate, hard
                if self._end(number):
                    return

    def kill(self) -> None:
        """Kill the postmaster the hard way (SIGKILL), whoever started it: for fault tests."""
        self._end(signal.SIGKILL)

    def __enter__(self) -> Server:
        return self.ensure_running()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One process at a time starts or stops this server."""
        if not self.data.is_dir():
            account = account_for(self.data)
            self.data.mkdir(parents=True, exist_ok=True)
            self.data.chmod(0o700)
            account.give(self.data)
        handle = os.open(self.data / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _adopt(self) -> Server | None:
        self._reap()
        postmaster = processes.running_postmaster(self.cluster)
        if postmaster is None:
            return None
        server = Server(ports.HOST, postmaster.port, read_password(self.data))
        log_start = self.log.stat().st_size if self.log.exists() else 0
        return server if self._answers(server, log_start, postmaster) else None

    def _start(self) -> Server:
        account = account_for(self.data)
        self.data.chmod(0o700)
        account.give(self.data)
        account, version = able_to_reach(account, self.data, self.bin_dir / "postgres")
        self._prepare_cluster(account, binaries.major_version(version))
        self._shorten_log()
        for _ in range(5):
            server = Server(ports.HOST, ports.port_for(self.data), read_password(self.data))
            if self._launch(account, server):
                return server
        raise EmbeddedPostgresError("POSTGRES_NO_PORT", "Five chosen ports were taken by others. Start again.")

    def _prepare_cluster(self, account: Account, major: int) -> None:
        clear_unfinished(self.data)
        if not self.cluster.exists():
            create_cluster(self.data, self.cluster, account, self.bin_dir / "initdb", major, durable=self._durable)
            return
        check_version(self.cluster, major)
        refuse_full_disk(self.data, NEEDED_BYTES_TO_START)
        if account.switch and self.cluster.stat().st_uid == 0:  # someone gave the whole checkout to root
            for folder, _, names in os.walk(self.cluster):
                for path in (Path(folder), *(Path(folder, name) for name in names)):
                    account.give(path)
        processes.end_orphans(self.cluster, account)
        # No process of this cluster lives: a pid in the file is stale, even if another program has it now.
        (self.cluster / "postmaster.pid").unlink(missing_ok=True)

    def _launch(self, account: Account, server: Server) -> bool:
        """Start and wait; False if someone took the port in between."""
        command = server_command(self.bin_dir / "postgres", self.cluster, server.port, self._settings)
        with self.log.open("ab") as log:
            log_start = log.tell()
            self._child = account.start(command, log)
            _started.append(self._child)
        self._starter_pid = os.getpid()
        if self._answers(server, log_start, None):
            return True
        output = self._log_since(log_start)
        self._child = None
        if "could not bind" in output or "could not create any TCP/IP sockets" in output:
            return False
        raise from_server_output(f"start PostgreSQL (log: {self.log})", output)

    def _answers(self, server: Server, log_start: int, postmaster: processes.Postmaster | None) -> bool:
        """Wait for the first answer; False if the process has ended instead. `postmaster` is None for our new child."""
        deadline = time.monotonic() + _START_PATIENCE_SECONDS
        while time.monotonic() < deadline:
            alive = processes.is_same(postmaster) if postmaster else not self._reap()
            try:
                with psycopg.connect(server.dsn, connect_timeout=5):
                    return True
            except psycopg.OperationalError as error:
                if not alive:
                    return False
                self._refuse_hopeless(error)
            time.sleep(0.02)
        raise from_server_output(
            f"reach PostgreSQL within {_START_PATIENCE_SECONDS:.0f} s (log: {self.log})", self._log_since(log_start)
        )

    def _refuse_hopeless(self, error: psycopg.OperationalError) -> None:
        """Waiting helps against a server that is starting or recovering, not against these."""
        if "password authentication failed" in str(error):
            raise EmbeddedPostgresError(
                "POSTGRES_PASSWORD_LOST",
                f"The server refuses the password in {self.data / 'password'}. "
                "Put the right one back, or begin anew with `make reset`.",
            ) from error
        if "No space left on device" in str(error):
            raise from_server_output("reach PostgreSQL", str(error)) from error

    def _end(self, number: signal.Signals) -> bool:
        """Send a signal to the running postmaster and wait; True if none runs any more."""
        postmaster = processes.running_postmaster(self.cluster)
        if postmaster is None:
            return True
        processes.send(postmaster, number)
        deadline = time.monotonic() + _STOP_PATIENCE_SECONDS
        while processes.is_same(postmaster) and time.monotonic() < deadline:
            self._reap()
            time.sleep(0.01)
        self._reap()
        return not processes.is_same(postmaster)

    def _reap(self) -> bool:
        """Collect our child if it has ended; True if it has (or there is none)."""
        if self._child is not None and self._starter_pid == os.getpid() and self._child.poll() is not None:
            self._child = None
        return self._child is None

    def _shorten_log(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT_BYTES:
            self.log.rename(self.log.with_suffix(".log.1"))

    def _log_since(self, offset: int) -> str:
        with self.log.open("rb") as log:
            log.seek(offset)
            return log.read().decode(errors="replace")
