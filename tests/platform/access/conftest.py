"""A platform session that is rolled back."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from mvne_platform.runtime.db import PLATFORM_ROLE, Scope, session
from tests.plugins.database import Database


@pytest.fixture
def platform_db(shared_database: Database) -> Iterator[Session]:
    with session(Scope(PLATFORM_ROLE, "platform,pg_catalog")) as db:
        yield db
        db.rollback()
