"""Making a cluster folder, and the settings a server is started with."""

import os
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import mkdtemp

from mvne_cli.embedded.account import Account
from mvne_cli.embedded.errors import EmbeddedPostgresError, from_server_output

SUPERUSER = "postgres"
NEEDED_BYTES = 300 * 1024 * 1024  # for a new cluster
NEEDED_BYTES_TO_START = 48 * 1024 * 1024  # recovery writes; below this a server dies without a word in its log
_UNFINISHED = "initdb-"

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # a socket's path is limited to 107 bytes, a checkout's is not
    "password_encryption": "scram-sha-256",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_locks_per_transaction": "512",  # one brand's migration touches a hundred tables and their indexes
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u@%d ",
    "fsync": "on",
    "wal_level": "replica",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "on",
}

# For tests only: after a crash of the machine such a cluster is worthless; a killed server still recovers.
UNDURABLE: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


def server_command(postgres: Path, cluster: Path, port: int, settings: Mapping[str, str]) -> list[str | Path]:
    """The command line of the server; `-D` comes first, by it a running server is recognised."""
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return [postgres, "-D", cluster, "-c", f"port={port}", *options]


def create_cluster(data: Path, cluster: Path, account: Account, initdb: Path, major: int, *, durable: bool) -> None:
    """Run initdb beside the final place and rename, so that a half-made cluster is never taken for a whole one.

    The superuser's password is in `data`/password (mode 0600) before the cluster appears.
    """
    refuse_full_disk(data, NEEDED_BYTES)
    workshop = Path(mkdtemp(prefix=_UNFINISHED, dir=data))
    account.give(workshop)
    password = workshop / "password"
    write_private(password, secrets.token_urlsafe(24))
    account.give(password)

    made = workshop / "cluster"
    finished = account.run(_initdb_command(initdb, made, password, major, durable=durable))
    if finished.returncode != 0:
        shutil.rmtree(workshop, ignore_errors=True)
        raise from_server_output("create the database cluster", finished.stdout + finished.stderr)
    password.rename(data / "password")
    made.rename(cluster)
    sync_folder(data)
    workshop.rmdir()


def clear_unfinished(data: Path) -> None:
    """Remove what an interrupted first start left behind."""
    for leftover in data.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(leftover)


def check_version(cluster: Path, major: int) -> None:
    """Refuse a cluster that another major version has written."""
    written = (cluster / "PG_VERSION").read_text(encoding="utf-8").strip()
    if written != str(major):
        raise EmbeddedPostgresError(
            "POSTGRES_VERSION",
            f"The data in {cluster} were written by PostgreSQL {written}, the installed programs are version {major}. "
            f"Dump them with the programs of version {written} (pg_dumpall) and load them into a new folder, "
            "or begin anew with `make reset`.",
        )


def refuse_full_disk(data: Path, needed_bytes: int) -> None:
    """Say so before a program fails in the middle of its work."""
    free = shutil.disk_usage(data).free
    if free < needed_bytes:
        raise EmbeddedPostgresError(
            "DISK_FULL",
            f"Only {free // 2**20} MB are free where {data} lies; the database needs {needed_bytes // 2**20} MB to "
            "start. Free some space and start again: nothing is lost.",
        )


def read_password(data: Path) -> str:
    """The superuser's password."""
    try:
        return (data / "password").read_text(encoding="utf-8").strip()
    except FileNotFoundError as error:
        raise EmbeddedPostgresError(
            "POSTGRES_PASSWORD_LOST",
            f"The file {error.filename} with the database password is gone, but its database is there. "
            "Put the file back, or begin anew with `make reset`.",
        ) from error


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(f"{text}\n")
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)


def sync_folder(folder: Path) -> None:
    """Make renames inside `folder` durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _initdb_command(initdb: Path, made: Path, password: Path, major: int, *, durable: bool) -> list[str | Path]:
    # The builtin provider sorts alike on every machine, whatever its C library; it came with version 17.
    builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return [
        *(initdb, "-D", made, "-U", SUPERUSER, f"--pwfile={password}", "--encoding=UTF8"),
        *(builtin if major >= 17 else ["--locale=C.UTF-8"]),
        *("--auth-local=scram-sha-256", "--auth-host=scram-sha-256"),
        *([] if durable else ["--no-sync"]),
    ]
