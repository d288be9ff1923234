"""Two brands with one thing of each kind, once per test file."""

import pytest

from tests.gateway.wire import Wire, staff_token
from tests.graphql.console.desk import Desk, furnished


@pytest.fixture(scope="module")
def desk(wire: Wire) -> Desk:
    return furnished()


@pytest.fixture(scope="module")
def other_desk(wire: Wire) -> Desk:
    return furnished("otherbrand")


@pytest.fixture(scope="module")
def admin(wire: Wire) -> str:
    """The token of an administrator of testbrand."""
    return staff_token("brand_admin")
