"""An installation with a PostgreSQL of its own, which may be killed, and the network it provisions on."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from mvne_cli.installation import Installation
from mvne_cli.preparation import prepare
from tests.faults.trial import BRAND
from tests.plugins.database import forget
from tests.plugins.onboarding import onboard, outside_world


@pytest.fixture
def installation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, outside_world: dict[str, str]
) -> Iterator[Installation]:
    """The demo brand `fjord` on a fresh cluster; this process and its children find it through the environment."""
    made = Installation(tmp_path / "installation")
    server = made.postgres.ensure_running()
    prepare(made, server)
    addresses = {name: os.environ[f"MVNE_{name.upper()}_URL"] for name in outside_world}
    for name, value in made.environment(server).items():
        monkeypatch.setenv(name, value)
    for name, value in addresses.items():
        monkeypatch.setenv(f"MVNE_{name.upper()}_URL", value)
        monkeypatch.setenv(f"MVNE_{name.upper()}_TOKEN", "token-of-the-tests")
    forget()
    monkeypatch.setenv("STOREFRONT_TOKEN", onboard(BRAND))
    yield made
    forget()
    made.postgres.stop(adopted=True)


__all__ = ["installation", "outside_world"]
