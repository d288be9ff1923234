"""A demo brand in the test's database, and the simulators as the outside it talks to."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

import mvne_tenants
from mvne_platform import access
from mvne_platform.runtime import brand_work, outside, platform_work
from mvne_platform.runtime.settings import settings
from mvne_simulators import messages, network, partners
from mvne_simulators.partners.app import Pace
from mvne_simulators.serving import bind
from mvne_workers.relay import relay_platform
from tests.platform.outside_world import TOKEN, serving

BRANDS = Path("tenants/brands")
SHARED = Path("tenants/shared")


@pytest.fixture
def outside_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The simulators as real servers that the platform's settings point at; answers their addresses."""
    states = tmp_path / "simulators"
    states.mkdir()
    smtp = bind("127.0.0.1", 0)
    apps = {
        "network": network.create_app(states / "network.sqlite", TOKEN),
        "partners": partners.create_app(states / "partners.sqlite", TOKEN, Pace(200, 200)),
        "sms": messages.create_app(states / "messages.sqlite", TOKEN, smtp),
    }
    with ExitStack() as running:
        addresses = {name: running.enter_context(serving(app)) for name, app in apps.items()}
        addresses["smtp"] = f"127.0.0.1:{smtp.getsockname()[1]}"
        for name, address in addresses.items():
            monkeypatch.setenv(f"MVNE_{name.upper()}_URL", address)
            monkeypatch.setenv(f"MVNE_{name.upper()}_TOKEN", TOKEN)
        settings.cache_clear()
        outside.close_clients()
        yield addresses
        outside.close_clients()


def onboard(slug: str) -> str:
    """Apply a demo brand; answers a storefront token of its shop."""
    for folder in SHARED.iterdir():
        mvne_tenants.publish_shared(folder)
    mvne_tenants.apply(mvne_tenants.read_folder(BRANDS / slug))
    relay_platform(lambda *_: None)
    with brand_work(slug) as ctx, platform_work() as db:
        client_id, _ = access.create_client(ctx, "Story", ("catalogue", "shop", "care"))
        row = ctx.db.query(access.ApiClient).filter_by(client_id=client_id).one()
        return access.client_token(db, row, f"{slug}.localhost", ("catalogue", "shop", "care"))
