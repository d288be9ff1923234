"""The charging front end in this process, asked over ASGI as over HTTP."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx2
import uvloop

from mvne_charging.app import Charging
from tests.gateway.wire import client_token

T = TypeVar("T")
HOST = "testbrand.localhost"


@dataclass(frozen=True, slots=True)
class Wire:
    """A client of the charging interface."""

    client: httpx2.AsyncClient
    token: str
    host: str = HOST

    async def post(self, path: str, body: Any, **headers: str) -> httpx2.Response:
        """Ask."""
        sent = {"authorization": f"Bearer {self.token}", "host": self.host} | headers
        answer: httpx2.Response = await self.client.post(f"/charging/v1/{path}", json=body, headers=sent)
        return answer

    async def get(self, path: str) -> httpx2.Response:
        """Look."""
        sent = {"authorization": f"Bearer {self.token}", "host": self.host}
        answer: httpx2.Response = await self.client.get(f"/charging/v1/{path}", headers=sent)
        return answer


def over_wire(story: Callable[[Wire], Awaitable[T]], token: str | None = None) -> T:
    """Run a story against a front end of its own."""

    async def live() -> T:
        app = Charging()
        transport = httpx2.ASGITransport(app=app)
        try:
            async with httpx2.AsyncClient(transport=transport, base_url=f"http://{HOST}") as client:
                return await story(Wire(client, token or client_token(("charging",))))
        finally:
            await app.close()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(live())
