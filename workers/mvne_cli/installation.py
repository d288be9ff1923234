"""One installation on this machine: its data folder, secrets, addresses and embedded database.

`<data>/installation.json` (mode 0600) holds what must stay the same between starts. A process started by `mvne up`
gets everything through the environment; a command typed beside it finds the same through this file.
"""

import json
import os
import secrets
import socket
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from mvne_cli.embedded import EmbeddedPostgres, Server, ports

DATABASE = "mvne"
DEFAULT_PORT = 8000
DEFAULT_CHARGING_PORT = 8100
SIMULATED = ("network", "partners", "messages", "smtp")
# Ports that are found, not asked for.
FOUND = (*SIMULATED, "charging")


@dataclass(frozen=True, slots=True)
class Kept:
    """What is decided at the first start; the ports change when somebody else has taken them, `web` when asked to."""

    admin_password: str = field(repr=False)
    app_password: str = field(repr=False)
    secret_key: str = field(repr=False)
    simulator_token: str = field(repr=False)
    ports: dict[str, int]


class Damaged(Exception):
    """The installation's file cannot be read; the message names the way out."""


class Installation:
    """The installation in a data folder."""

    def __init__(self, data: Path) -> None:
        self.data = data.resolve()
        self.postgres = EmbeddedPostgres(self.data / "postgres")

    @property
    def file(self) -> Path:
        """Where the kept values are."""
        return self.data / "installation.json"

    @property
    def exists(self) -> bool:
        """Whether the installation was ever started."""
        return self.file.exists()

    def kept(self) -> Kept:
        """Read the kept values, or decide and write them, all or nothing; raises Damaged."""
        if not self.file.exists():
            admin, app, key, token = (secrets.token_urlsafe(32) for _ in range(4))
            self._write(Kept(admin, app, key, token, free_ports(FOUND)))
        try:
            return Kept(**json.loads(self.file.read_text(encoding="utf-8")))
        except (ValueError, TypeError) as error:
            raise Damaged(
                f"{self.file} cannot be read ({error}). Put back a copy: without its secrets the data are lost. "
                "Or begin anew with `make reset`."
            ) from error

    def choose_ports(self, web: int) -> dict[str, int]:
        """Note the web's port, and choose others for charging and simulators whose port somebody else has taken since.

        Answers the ports that are new.
        """
        kept = self.kept()
        taken = [name for name in FOUND if name not in kept.ports or not ports.is_free(kept.ports[name])]
        chosen = free_ports(taken)
        wanted = kept.ports | chosen | {"web": web}
        if wanted != kept.ports:
            self._write(replace(kept, ports=wanted))
        return chosen

    def environment(self, server: Server) -> dict[str, str]:
        """The settings of the platform's processes; `MVNE_ADMIN_DATABASE_URL` is for worker and command line only."""
        kept = self.kept()
        return {
            "MVNE_DATABASE_URL": f"postgresql://mvne_app:{kept.app_password}@{server.host}:{server.port}/{DATABASE}",
            "MVNE_ADMIN_DATABASE_URL": self.admin_dsn(server),
            "MVNE_SECRET_KEY": kept.secret_key,
            "MVNE_DATA": str(self.data),
            # Where the batch kernel's machine code is kept.
            "NUMBA_CACHE_DIR": os.environ.get("NUMBA_CACHE_DIR", str(self.data / "cache" / "numba")),
            "MVNE_ENVIRONMENT": os.environ.get("MVNE_ENVIRONMENT", "development"),
            "PORT": str(kept.ports.get("web", DEFAULT_PORT)),
            "MVNE_CHARGING_PORT": str(kept.ports.get("charging", DEFAULT_CHARGING_PORT)),
            "MVNE_NETWORK_URL": f"http://127.0.0.1:{kept.ports['network']}",
            "MVNE_NETWORK_TOKEN": kept.simulator_token,
            "MVNE_PARTNERS_URL": f"http://127.0.0.1:{kept.ports['partners']}",
            "MVNE_PARTNERS_TOKEN": kept.simulator_token,
            "MVNE_SMS_URL": f"http://127.0.0.1:{kept.ports['messages']}",
            "MVNE_SMS_TOKEN": kept.simulator_token,
            "MVNE_SMTP_URL": f"127.0.0.1:{kept.ports['smtp']}",
        }

    def admin_dsn(self, server: Server) -> str:
        """The DDL login's URL."""
        return f"postgresql://mvne_admin:{self.kept().admin_password}@{server.host}:{server.port}/{DATABASE}"

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Give this process the installation's settings, unless the environment has settings already.

        A database that had to be started for it is stopped again at the end.
        """
        if "MVNE_DATABASE_URL" in os.environ:
            yield
            return
        os.environ.update(self.environment(self.postgres.ensure_running()))
        try:
            yield
        finally:
            self.postgres.stop()

    def _write(self, kept: Kept) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        unfinished = self.file.with_suffix(".part")
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(asdict(kept), file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self.file)


def free_ports(names: Collection[str]) -> dict[str, int]:
    """A free port of this machine for each name, all different."""
    held = {name: socket.create_server((ports.HOST, 0)) for name in names}
    found = {name: listener.getsockname()[1] for name, listener in held.items()}
    for listener in held.values():
        listener.close()
    return found
