"""The port of the server: chosen once, remembered, changed only when someone else has taken it."""

import secrets
import socket
from pathlib import Path

from mvne_cli.embedded.cluster import write_private
from mvne_cli.embedded.errors import EmbeddedPostgresError

HOST = "127.0.0.1"
# Below the range from which the system takes the ports of outgoing connections.
_LOWEST, _HIGHEST = 20_000, 32_000
_ATTEMPTS = 50


def port_for(data: Path) -> int:
    """The remembered port if it is free, else a free one, which is remembered."""
    memory = data / "port"
    remembered = _read(memory)
    if remembered is not None and is_free(remembered):
        return remembered
    port = _free_port()
    write_private(memory, str(port))
    return port


def is_free(port: int) -> bool:
    """Whether a server could listen on the port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _free_port() -> int:
    for _ in range(_ATTEMPTS):
        port = _LOWEST + secrets.randbelow(_HIGHEST - _LOWEST)
        if is_free(port):
            return port
    raise EmbeddedPostgresError(
        "POSTGRES_NO_PORT", f"Found no free port between {_LOWEST} and {_HIGHEST} on {HOST}. End other programs first."
    )


def _read(memory: Path) -> int | None:
    try:
        port = int(memory.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return port if 1024 <= port <= 65_535 else None
