"""Simulators in process, with a clock that only the test moves, and as real processes."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from tests.simulators.simulated import HEADERS, Clock, Process


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client_of() -> Iterator[Callable[[Starlette], TestClient]]:
    with ExitStack() as running:
        yield lambda app: running.enter_context(TestClient(app, headers=HEADERS))


@pytest.fixture
def start_process() -> Iterator[Callable[..., Process]]:
    started: list[Process] = []

    def start(*arguments: str, port: int) -> Process:
        started.append(Process(*arguments, port=port))
        return started[-1]

    yield start
    for process in started:
        if process.process.poll() is None:
            process.kill()


@pytest.fixture
def free_port() -> Callable[[], int]:
    def find() -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
            return port

    return find
