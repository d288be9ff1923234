"""Many brands migrate one by one: one that cannot is named, keeps its revision, and follows when run again."""

import psycopg
import pytest

from mvne_platform.migrations import migrate_brands, runner, versions_behind
from mvne_platform.migrations.history import head
from tests.plugins.database import Database

BRANDS = ["otherbrand", "testbrand"]
NEXT = "9999"
STEP = f"ALTER TABLE customer ADD COLUMN note text; UPDATE alembic_version SET version_num = '{NEXT}'"


def test_a_locked_brand_is_named_keeps_its_revision_and_follows_later(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = head("brand")
    monkeypatch.setattr(runner, "head", lambda history: NEXT if history == "brand" else head(history))
    monkeypatch.setattr(runner, "upgrade_sql", lambda _history, _start: STEP)
    monkeypatch.setattr(runner, "LOCK_TIMEOUT", "200ms")

    with psycopg.connect(database.superuser_dsn) as reader:
        reader.execute("SELECT count(*) FROM testbrand.customer")  # holds its lock until the transaction ends
        done, refused = migrate_brands(database.admin_dsn, BRANDS)

    assert (done.schema, done.before, done.after, done.error) == ("otherbrand", now, NEXT, None)
    assert (refused.schema, refused.after) == ("testbrand", None)
    assert "lock timeout" in (refused.error or "")
    assert versions_behind(database.admin_dsn, BRANDS) == {"testbrand": now}

    again = migrate_brands(database.admin_dsn, BRANDS)

    assert [(each.before, each.after, each.error) for each in again] == [(NEXT, NEXT, None), (now, NEXT, None)]
    assert versions_behind(database.admin_dsn, BRANDS) == {}
