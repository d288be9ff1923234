"""A context's transaction sees its own brand only, and what it promises is written with it."""

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from mvne_platform.runtime import Context, brand_work
from mvne_platform.runtime.models import BrandRow, Doorbell
from tests.plugins.database import Database


def test_a_brand_sees_its_own_registry_row_only(ctx: Context) -> None:
    assert ctx.db.scalars(select(BrandRow.slug)).all() == ["testbrand"]


def test_another_brands_rows_are_refused_by_the_database(ctx: Context) -> None:
    with pytest.raises(ProgrammingError, match="permission denied for schema otherbrand"):
        ctx.db.execute(text("SELECT * FROM otherbrand.customer"))


def test_a_session_without_a_brand_sees_nothing(database: Database) -> None:
    with psycopg.connect(database.app_dsn) as connection, pytest.raises(psycopg.errors.UndefinedTable):
        connection.execute("SELECT id FROM customer")


def test_a_doorbell_is_rung_with_the_brands_own_name(database: Database) -> None:
    with brand_work("testbrand") as ctx:
        ctx.db.add(Doorbell())
    with psycopg.connect(database.superuser_dsn) as connection:
        assert connection.execute("SELECT brand_role FROM platform.doorbell").fetchall() == [("testbrand_app",)]
