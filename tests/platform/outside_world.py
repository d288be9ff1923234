"""The simulators as real HTTP servers, and one step of a job that asks them."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
import uvicorn
from starlette.types import ASGIApp

from mvne_platform.runtime import Again, Context, OutsideJob, outside
from mvne_simulators.serving import Protocol

TOKEN = "token-of-the-tests"


@dataclass(slots=True)
class Clock:
    """A simulator's clock that only tests move."""

    seconds: float = 1_790_805_600.0  # 2026-09-30 22:00 UTC, where the brand's clock stands

    def __call__(self) -> float:
        return self.seconds


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """Serve an application on a port of its own; answers its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, http=Protocol, ws="none", log_level="warning", access_log=False, lifespan="on")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        while not server.started:
            time.sleep(0.005)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def reaching(monkeypatch: pytest.MonkeyPatch, *, token: str = TOKEN, **addresses: str) -> Iterator[None]:
    """Let the platform find these outside systems, and no others."""
    with ExitStack() as opened, monkeypatch.context() as patch:
        clients = {
            name: opened.enter_context(
                httpx2.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=5)
            )
            for name, url in addresses.items()
        }
        patch.setattr(outside, "client", clients.__getitem__)
        yield


def step(ctx: Context, job: OutsideJob, **arguments: Any) -> Again | None:
    """One attempt of a job as a worker makes it; raises what `perform` raises."""
    prepared = job.prepare(ctx, **arguments)
    assert prepared is not None
    return job.record(ctx, prepared, job.perform(prepared))


def closed_address() -> str:
    """An address at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"
