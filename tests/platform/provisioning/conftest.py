"""The network simulator as a real server, reached by the platform."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from mvne_simulators.network import create_app
from tests.platform.outside_world import TOKEN, Clock, reaching, serving


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def network(clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx2.Client]:
    """The network from its operator's side."""
    with serving(create_app(tmp_path / "network.sqlite", TOKEN, clock=clock)) as url:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        with reaching(monkeypatch, network=url), httpx2.Client(base_url=url, headers=headers) as client:
            yield client
