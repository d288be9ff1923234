"""A load generator that costs as little as can be: raw HTTP/1.1 over kept connections, each answer compared."""

import asyncio
import time
from dataclasses import dataclass, field
from functools import partial

_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = b"content-length:"


class WrongAnswer(Exception):
    """The server answered something else than it was expected to."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where to send which request, and the body that must come back."""

    port: int
    request: bytes
    expected: bytes


@dataclass(slots=True)
class _Client(asyncio.Protocol):
    """One connection: sends the next request as soon as an answer is complete."""

    target: Target
    until: float
    ended: asyncio.Future[None]
    answered: int = 0
    transport: asyncio.Transport | None = None
    _received: bytearray = field(default_factory=bytearray)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  # what create_connection makes
        self.transport = transport
        transport.write(self.target.request)

    def data_received(self, data: bytes) -> None:
        """Collect, and go on when an answer is whole."""
        self._received += data
        answer = split_answer(self._received)
        if answer is None:
            return
        status, body, length = answer
        if status != 200 or body != self.target.expected:
            self._end(WrongAnswer(f"Status {status}: {body[:300]!r}"))
            return
        del self._received[:length]
        self.answered += 1
        if time.perf_counter() >= self.until:
            self._end(None)
        elif self.transport is not None:
            self.transport.write(self.target.request)

    def connection_lost(self, exc: Exception | None) -> None:
        """A server that hangs up spoils the round."""
        self._end(exc or WrongAnswer("The server closed the connection."))

    def _end(self, error: Exception | None) -> None:
        if not self.ended.done():
            if error is None:
                self.ended.set_result(None)
            else:
                self.ended.set_exception(error)
        if self.transport is not None:
            self.transport.close()


def split_answer(received: bytearray) -> tuple[int, bytes, int] | None:
    """Status, body and total length of the answer at the beginning; None while it is incomplete."""
    end = received.find(_END_OF_HEAD)
    if end < 0:
        return None
    head = bytes(received[:end]).lower()
    at = head.find(_LENGTH)
    if at < 0:
        raise WrongAnswer("The answer does not say how long it is.")
    length = int(head[at + len(_LENGTH) :].split(b"\r\n", 1)[0])
    start = end + len(_END_OF_HEAD)
    if len(received) < start + length:
        return None
    return int(head[9:12]), bytes(received[start : start + length]), start + length


def post(host: str, path: str, body: bytes) -> bytes:
    """The bytes of a JSON request."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        f"Accept: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def requests_in(target: Target, *, connections: int, seconds: float) -> int:
    """Send the request over and over; answers how often it was answered. Raises WrongAnswer, OSError."""
    return asyncio.run(_all(target, connections, seconds))


async def _all(target: Target, connections: int, seconds: float) -> int:
    loop = asyncio.get_running_loop()
    until = time.perf_counter() + seconds
    clients = [_Client(target, until, loop.create_future()) for _ in range(connections)]
    for client in clients:
        await loop.create_connection(partial(_same, client), "127.0.0.1", target.port)
    await asyncio.gather(*(client.ended for client in clients))
    return sum(client.answered for client in clients)


def _same(client: _Client) -> _Client:
    return client


def answer_of(port: int, request: bytes) -> tuple[int, bytes]:
    """Send one request on a connection of its own; answers status and body."""
    return asyncio.run(_one(port, request))


async def _one(port: int, request: bytes) -> tuple[int, bytes]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    received = bytearray()
    try:
        writer.write(request)
        while (answer := split_answer(received)) is None:
            data = await reader.read(65_536)
            if not data:
                raise WrongAnswer("The server closed the connection.")
            received += data
    finally:
        writer.close()
    return answer[0], answer[1]
