"""A real SFTP server on 127.0.0.1, in a thread of its own, with a folder of the test's."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncssh

USER, PASSWORD = "mvne", "a password of the host's"


@dataclass(frozen=True, slots=True)
class Server:
    """Where it listens, what it shows, and its folder."""

    port: int
    host_key: str
    root: Path

    def settings(self, **more: Any) -> dict[str, Any]:
        """Settings of a source that fetches from here."""
        base = {"host": "127.0.0.1", "port": self.port, "user": USER, "host_key": self.host_key, "folder": "/out"}
        return {**base, "settle_seconds": 0, **more}

    def put(self, name: str, content: bytes) -> Path:
        """Lay a file into the folder that is fetched from."""
        path = self.root / "out" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        return path


class _Doors(asyncssh.SSHServer):
    def __init__(self, key: asyncssh.SSHKey | None) -> None:
        self._key = key

    def begin_auth(self, username: str) -> bool:  # noqa: ARG002  # asyncssh's signature
        return True

    def password_auth_supported(self) -> bool:
        return self._key is None

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)

    def public_key_auth_supported(self) -> bool:
        return self._key is not None

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return username == USER and self._key is not None and key.public_data == self._key.public_data


SftpClass = type[asyncssh.SFTPServer]


@contextmanager
def serving(
    root: Path,
    *,
    client_key: asyncssh.SSHKey | None = None,
    sftp: Callable[[asyncssh.SSHServerChannel[Any]], asyncssh.SFTPServer] | None = None,
) -> Iterator[Server]:
    """Serve a folder until the end; `client_key` asks for that key instead of the password."""
    (root / "out").mkdir(parents=True, exist_ok=True)
    key = asyncssh.generate_private_key("ssh-ed25519")
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def start() -> asyncssh.SSHAcceptor:
        return await asyncssh.create_server(
            lambda: _Doors(client_key),
            "127.0.0.1",
            0,
            server_host_keys=[key],
            sftp_factory=sftp or (lambda channel: asyncssh.SFTPServer(channel, chroot=str(root).encode())),
        )

    async def stop(listener: asyncssh.SSHAcceptor) -> None:
        listener.close()
        await listener.wait_closed()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    listener = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    try:
        yield Server(listener.get_port(), key.export_public_key("openssh").decode().strip(), root)
    finally:
        asyncio.run_coroutine_threadsafe(stop(listener), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
