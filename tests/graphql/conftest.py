"""The same application as in tests/gateway, and a brand that sells."""

import pytest

from mvne_platform.runtime import brand_work
from tests.gateway.conftest import own_wire, wire
from tests.gateway.wire import Wire
from tests.platform.orders.shop import Shop, opened

__all__ = ["own_wire", "selling", "wire"]


@pytest.fixture(scope="module")
def selling(wire: Wire) -> Shop:
    """What `testbrand` sells, with stock for forty orders."""
    with brand_work("testbrand") as ctx:
        return opened(ctx, sims=40, numbers=40)
