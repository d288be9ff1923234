"""Running a simulator as a process: sockets, the line that says it is ready, and a quick stop."""

import asyncio
import signal
import socket
import sys
from pathlib import Path

import click
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

STOP_GRACE_SECONDS = 0.3


class Protocol(HttpToolsProtocol):
    """HTTP that lets the application hang up on its client, see `web.NoAnswer`."""

    def on_message_begin(self) -> None:
        """Put the way to hang up into each request's state."""
        super().on_message_begin()
        self.scope["state"]["hang_up"] = self.transport.abort


class Server(uvicorn.Server):
    """Says when it is ready, and does not wait for clients that dawdle when it is told to stop."""

    def __init__(self, config: uvicorn.Config, ready: str) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then print the line."""
        await super().startup(sockets)
        click.echo(self._ready)
        sys.stdout.flush()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer what was asked, then hang up."""
        asyncio.get_running_loop().call_later(STOP_GRACE_SECONDS, self._hang_up)
        await super().shutdown(sockets)

    def _hang_up(self) -> None:
        for connection in list(self.server_state.connections):
            connection.transport.abort()


def bind(host: str, port: int) -> socket.socket:
    """A listening address of our own, or a click.ClickException that names the port and what to do."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        listener.listen()
    except OSError as failure:
        listener.close()
        raise click.ClickException(
            f"Cannot listen on {host}:{port} ({failure.strerror}). Choose another port."
        ) from failure
    return listener


def serve(app: ASGIApp, listener: socket.socket, *, name: str, state: Path, also: str = "") -> None:
    """Serve until SIGTERM or SIGINT; the process then ends with 0."""
    host, port = listener.getsockname()[:2]
    ready = f"{name} simulator ready on http://{host}:{port}{also}, state in {state}"
    # uvicorn raises the signal again once it has stopped: that must not count as a crash.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    config = uvicorn.Config(app, http=Protocol, ws="none", log_level="warning", access_log=False, lifespan="on")
    Server(config, ready).run(sockets=[listener])
