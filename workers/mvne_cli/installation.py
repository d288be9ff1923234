"""One installation on this machine: its data folder, secrets, addresses and embedded database.

`<data>/installation.json` (mode 0600) holds what must stay the same between starts. A process started by `mvne up`
gets everything through the environment; a command typed beside it finds the same through this file.
"""

import json
import os
import secrets
import socket
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psycopg

from mvne_cli.embedded import EmbeddedPostgres, Server
from mvne_platform import migrations
from mvne_platform.migrations.cluster import Passwords, prepare_database
from mvne_workers.broker import prepare_broker

DATABASE = "mvne"
SIMULATED = ("network", "partners", "messages", "smtp")


@dataclass(frozen=True, slots=True)
class Kept:
    """What is decided at the first start."""

    admin_password: str = field(repr=False)
    app_password: str = field(repr=False)
    secret_key: str = field(repr=False)
    simulator_token: str = field(repr=False)
    ports: dict[str, int]


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
        """Read the kept values, or decide and write them, all or nothing."""
        self.data.mkdir(parents=True, exist_ok=True)
        if not self.file.exists():
            made = Kept(*(secrets.token_urlsafe(32) for _ in range(4)), ports=_free_ports())
            unfinished = self.file.with_suffix(".part")
            with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                json.dump(asdict(made), file, indent=2)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(self.file)
        return Kept(**json.loads(self.file.read_text()))

    def environment(self, server: Server, port: int) -> dict[str, str]:
        """The settings of the platform's processes; `MVNE_ADMIN_DATABASE_URL` is for worker and command line only."""
        kept = self.kept()
        ports = {name: str(number) for name, number in kept.ports.items()}
        return {
            "MVNE_DATABASE_URL": f"postgresql://mvne_app:{kept.app_password}@{server.host}:{server.port}/{DATABASE}",
            "MVNE_ADMIN_DATABASE_URL": self.admin_dsn(server),
            "MVNE_SECRET_KEY": kept.secret_key,
            "MVNE_DATA": str(self.data),
            "MVNE_ENVIRONMENT": os.environ.get("MVNE_ENVIRONMENT", "development"),
            "PORT": str(port),
            "MVNE_NETWORK_URL": f"http://127.0.0.1:{ports['network']}",
            "MVNE_NETWORK_TOKEN": kept.simulator_token,
            "MVNE_PARTNERS_URL": f"http://127.0.0.1:{ports['partners']}",
            "MVNE_PARTNERS_TOKEN": kept.simulator_token,
            "MVNE_SMS_URL": f"http://127.0.0.1:{ports['messages']}",
            "MVNE_SMS_TOKEN": kept.simulator_token,
            "MVNE_SMTP_URL": f"127.0.0.1:{ports['smtp']}",
        }

    def admin_dsn(self, server: Server) -> str:
        """The DDL login's URL."""
        return f"postgresql://mvne_admin:{self.kept().admin_password}@{server.host}:{server.port}/{DATABASE}"

    def prepare(self, server: Server) -> list[migrations.MigrationOutcome]:
        """Bring roles, database, broker tables and every schema to what this version needs; repeatable."""
        kept = self.kept()
        passwords = Passwords(kept.admin_password, kept.app_password)
        migrations.prepare_cluster(server.dsn, DATABASE, passwords)
        prepare_database(server.dsn_of(DATABASE))
        admin = self.admin_dsn(server)
        prepare_broker(admin)
        outcomes = [migrations.migrate_platform(admin)]
        with psycopg.connect(admin) as connection:
            slugs = [slug for (slug,) in connection.execute("SELECT slug FROM platform.brand ORDER BY slug")]
        return outcomes + migrations.migrate_brands(admin, slugs)

    def enter(self, port: int = 8000) -> None:
        """Give this process the installation's settings, unless the environment has settings already."""
        if "MVNE_DATABASE_URL" not in os.environ:
            os.environ.update(self.environment(self.postgres.ensure_running(), port))


def _free_ports() -> dict[str, int]:
    held = {name: socket.create_server(("127.0.0.1", 0)) for name in SIMULATED}
    ports = {name: listener.getsockname()[1] for name, listener in held.items()}
    for listener in held.values():
        listener.close()
    return ports
