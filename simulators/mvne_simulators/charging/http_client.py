"""HTTP/1.1 with JSON over one kept connection, costing as little as can be: the load must not be the bottleneck."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

import httptools
import orjson


class NoAnswer(Exception):
    """The connection was lost before the answer was whole: nobody knows what happened."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where the charging interface is, which brand is meant, and the token for it."""

    address: str
    port: int
    host: str
    token: str

    @classmethod
    def at(cls, url: str, host: str, token: str) -> "Server":
        """From an address such as http://127.0.0.1:8100."""
        parts = urlsplit(url)
        return cls(parts.hostname or "127.0.0.1", parts.port or 80, host, token)

    def head(self, path: str, length: int) -> bytes:
        """A request's head."""
        return (
            f"POST {path} HTTP/1.1\r\nhost: {self.host}\r\nauthorization: Bearer {self.token}\r\n"
            f"content-type: application/json\r\ncontent-length: {length}\r\n\r\n"
        ).encode()


@dataclass(frozen=True, slots=True)
class Told:
    """What the client was told: the status, and the body as it came."""

    status: int
    body: bytes

    @property
    def said(self) -> dict[str, Any]:
        """The body as a value."""
        found = orjson.loads(self.body) if self.body else {}
        return found if isinstance(found, dict) else {}


class _Connection(asyncio.Protocol):
    """One request at a time."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._body: list[bytes] = []
        self._waiting: asyncio.Future[Told] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(str(error))

    def on_body(self, body: bytes) -> None:
        """Part of an answer (httptools calls it)."""
        self._body.append(body)

    def on_message_complete(self) -> None:
        """An answer is whole (httptools calls it)."""
        waiting, self._waiting = self._waiting, None
        body = b"".join(self._body)
        self._body.clear()
        if waiting is not None and not waiting.done():
            waiting.set_result(Told(self._parser.get_status_code(), body))

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None
        self._fail(str(exc or "closed"))

    def ask(self, request: bytes) -> "asyncio.Future[Told]":
        """Send; the future raises NoAnswer."""
        waiting: asyncio.Future[Told] = asyncio.get_running_loop().create_future()
        self._waiting = waiting
        if self.transport is None:
            self._fail("closed")
        else:
            self.transport.write(request)
        return waiting

    def _fail(self, why: str) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None and not waiting.done():
            waiting.set_exception(NoAnswer(why))


class Client:
    """A client that repeats what was not answered, under the same id, for as long as it is told to be patient."""

    def __init__(self, server: Server, patience_s: float) -> None:
        self._server, self._patience = server, patience_s
        self._connection: _Connection | None = None
        self.repeats = 0

    async def post(self, path: str, body: Mapping[str, Any]) -> Told:
        """Ask until there is an answer; 429 and 5xx are none. Raises NoAnswer when patience ends."""
        content = orjson.dumps(body)
        request = self._server.head(path, len(content)) + content
        until = asyncio.get_running_loop().time() + self._patience
        while True:
            try:
                async with asyncio.timeout_at(until):
                    told = await self._once(request)
                if told.status != 429 and told.status < 500:
                    return told
                why = f"status {told.status}: {told.body[:120]!r}"
            except (NoAnswer, OSError) as error:
                why = str(error) or "no answer in time"
                self.close()
                self._connection = None
            if asyncio.get_running_loop().time() > until:
                raise NoAnswer(why)
            self.repeats += 1
            await asyncio.sleep(0.05)

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None and self._connection.transport is not None:
            self._connection.transport.close()

    async def _once(self, request: bytes) -> Told:
        if self._connection is None or self._connection.transport is None:
            loop = asyncio.get_running_loop()
            _, self._connection = await loop.create_connection(_Connection, self._server.address, self._server.port)
        return await self._connection.ask(request)
