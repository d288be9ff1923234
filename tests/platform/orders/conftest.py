import pytest

from mvne_platform.runtime import Context
from tests.platform.orders.shop import Shop, opened


@pytest.fixture
def shop(ctx: Context) -> Shop:
    return opened(ctx)
