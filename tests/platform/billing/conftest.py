import pytest

from mvne_platform.runtime import Context
from tests.platform.billing.shop import Shop


@pytest.fixture
def shop(ctx: Context) -> Shop:
    made = Shop(ctx)
    made.tax()
    return made
