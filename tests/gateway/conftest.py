"""The web application as over the wire."""

from collections.abc import Iterator

import pytest

from mvne_cli.embedded import Server
from tests.gateway.wire import Wire, opened
from tests.plugins.database import Database, installed


@pytest.fixture(scope="module")
def wire(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    """One installation for all tests of a file: each makes its own people and things."""
    with (
        pytest.MonkeyPatch.context() as patch,
        installed(server, tmp_path_factory.mktemp("web"), patch),
        opened() as made,
    ):
        yield made


@pytest.fixture
def own_wire(database: Database) -> Iterator[Wire]:
    """An installation of the test's own, for those that break it or count everything."""
    with opened() as made:
        yield made
