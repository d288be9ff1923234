"""What the database itself refuses, whatever the code forgot: other brands, history, and any change of structure."""

from typing import Any
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from mvne_platform.migrations import all_models
from mvne_platform.runtime import Context, brand_work
from mvne_platform.runtime.models import Rights
from mvne_platform.runtime.numbering import next_number
from tests.plugins.database import Database

BRAND_MODELS = all_models.models("brand")
TABLES = [model.__tablename__ for model in BRAND_MODELS]
HISTORY = [m.__tablename__ for m in BRAND_MODELS if m.__rights__ in (Rights.APPEND, Rights.READ)]


def refused(ctx: Context, statement: str) -> str:
    """The database's words of refusal, with the transaction left usable."""
    with pytest.raises(ProgrammingError) as raised, ctx.db.begin_nested():
        ctx.db.execute(text(statement))
    return str(raised.value.orig)


@pytest.mark.parametrize("table", TABLES)
def test_no_table_of_another_brand_can_be_read_or_written(ctx: Context, table: str) -> None:
    for statement in (
        f'SELECT 1 FROM otherbrand."{table}"',
        f'INSERT INTO otherbrand."{table}" DEFAULT VALUES',
        f'DELETE FROM otherbrand."{table}"',
    ):
        assert "permission denied for schema otherbrand" in refused(ctx, statement)


def test_history_is_what_we_think_it_is() -> None:
    assert sorted(HISTORY) == [
        "audit",
        "fact",
        "fact_position",
        "failure_action",
        "invoice_line",
        "invoice_tax",
        "ledger_entry",
        "network_exchange",
        "number_data_load",
        "online_charge",
        "partial_record",
        "points_entry",
        "rated_event",
        "receivable_entry",
        "rerated_event",
        "usage_chunk",
        "usage_exception",
        "usage_file_action",
        "usage_gap_waiver",
        "usage_notice",
        "voucher_attempt",
    ]


@pytest.mark.parametrize("table", HISTORY)
def test_history_is_neither_changed_nor_deleted(ctx: Context, table: str) -> None:
    column = list(all_models.METADATA["brand"].tables[table].columns)[-1].name
    assert f"permission denied for table {table}" in refused(ctx, f'UPDATE "{table}" SET "{column}" = "{column}"')
    assert f"permission denied for table {table}" in refused(ctx, f'DELETE FROM "{table}"')
    assert f"permission denied for table {table}" in refused(ctx, f'TRUNCATE "{table}"')


def test_the_audit_cannot_be_forged(ctx: Context) -> None:
    statement = (
        "INSERT INTO audit (table_name, row_id, operation, actor, request_id, at)"
        " VALUES ('customer', 'x', 'UPDATE', 'staff:somebody', '', '2026-01-01')"
    )
    assert "permission denied for table audit" in refused(ctx, statement)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE loot (id int)",
        "CREATE TABLE public.loot (id int)",
        "CREATE SCHEMA loot",
        "CREATE TEMP TABLE loot (id int)",
        "ALTER TABLE customer ADD COLUMN loot text",
        "DROP TABLE customer",
        "ALTER TABLE audit DISABLE TRIGGER ALL",
        "DROP TRIGGER audit_update ON customer",
        "CREATE FUNCTION loot() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE ROLE loot",
        "SET ROLE testbrand_owner",
        "SET ROLE mvne_admin",
        "SELECT pg_read_file('PG_VERSION')",
        "COPY customer TO PROGRAM 'cat'",
    ],
)
def test_the_application_changes_no_structure(ctx: Context, statement: str) -> None:
    words = refused(ctx, statement)
    assert "permission denied" in words or "must be owner" in words, words


def test_the_application_gives_no_rights_away(ctx: Context) -> None:
    ctx.db.execute(text("GRANT SELECT ON customer TO PUBLIC"))  # PostgreSQL answers with a warning, and does nothing
    assert not ctx.db.scalar(text("SELECT has_table_privilege('otherbrand_app', 'testbrand.customer', 'SELECT')"))


@pytest.mark.parametrize("table", ["staff", "signing_key", "host", "job", "audit", "revoked_token"])
def test_a_brand_cannot_read_the_platforms_tables(ctx: Context, table: str) -> None:
    assert f"permission denied for table {table}" in refused(ctx, f"SELECT 1 FROM platform.{table}")


def test_a_brand_sees_and_moves_no_other_brands_timers(ctx: Context, other_ctx: Context) -> None:
    other_ctx.db.execute(
        text(
            "INSERT INTO platform.timer (id, due_at, job, queue, arguments)"
            " VALUES (:id, '2030-01-01', 'x.y', 'events', '{}')"
        ),
        {"id": uuid4()},
    )
    assert ctx.db.scalar(text("SELECT count(*) FROM platform.timer WHERE brand_role <> current_user")) == 0
    forged = (
        "INSERT INTO platform.timer (id, brand_role, due_at, job, queue, arguments)"
        f" VALUES ('{uuid4()}', 'otherbrand_app', '2030-01-01', 'x.y', 'events', '{{}}')"
    )
    assert "row-level security" in refused(ctx, forged)


def test_role_and_path_end_with_the_transaction(database: Database) -> None:
    with brand_work("testbrand") as ctx:
        next_number(ctx, "order")
        connection = ctx.db.connection().connection.driver_connection
    assert connection is not None
    with psycopg.connect(database.app_dsn) as fresh:
        assert fresh.execute("SELECT current_user, current_setting('search_path')").fetchone() == (
            "mvne_app",
            '"$user", public',
        )


def test_rights_in_the_database_are_the_models(database: Database) -> None:
    query = """
        SELECT c.relname, string_agg(lower(p.privilege_type), ', ' ORDER BY p.privilege_type)
        FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) p JOIN pg_roles r ON r.oid = p.grantee
        WHERE c.relnamespace = 'testbrand'::regnamespace AND c.relkind IN ('r', 'p') AND r.rolname = 'testbrand_app'
        GROUP BY 1
    """
    with psycopg.connect(database.superuser_dsn) as connection:
        found = dict(connection.execute(query).fetchall())
    expected = {m.__tablename__: rights_on_the_table(m) for m in BRAND_MODELS}
    assert found == expected


def rights_on_the_table(model: Any) -> str:
    """Where only some columns may be updated, the right is theirs and not the table's."""
    rights = set(str(model.__rights__).split(", ")) - ({"update"} if model.__updates__ else set())
    return ", ".join(sorted(rights))


def test_of_some_tables_only_named_columns_may_be_updated(database: Database) -> None:
    query = """
        SELECT c.relname, string_agg(a.attname, ' ' ORDER BY a.attname)
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        CROSS JOIN LATERAL aclexplode(a.attacl) p JOIN pg_roles r ON r.oid = p.grantee
        WHERE c.relnamespace = 'testbrand'::regnamespace AND r.rolname = 'testbrand_app' AND p.privilege_type = 'UPDATE'
        GROUP BY 1
    """
    with psycopg.connect(database.superuser_dsn) as connection:
        found = dict(connection.execute(query).fetchall())
    assert found == {m.__tablename__: " ".join(sorted(m.__updates__)) for m in BRAND_MODELS if m.__updates__}
    assert found["invoice"] == "document_digest document_path document_state"


def test_every_change_of_an_audited_row_is_written_with_its_actor(database: Database) -> None:
    with brand_work("testbrand") as ctx:
        ctx.db.execute(
            text(
                "INSERT INTO api_client (id, client_id, name, secret_hash, scopes, token_seconds, active, created_at)"
                " VALUES (:id, 'shop', 'Shop', 'hash', '{shop}', 900, true, '2026-10-01')"
            ),
            {"id": uuid4()},
        )
        ctx.db.execute(text("UPDATE api_client SET name = 'Webshop', secret_hash = 'other'"))
    with brand_work("testbrand") as ctx:
        rows = ctx.db.execute(text("SELECT operation, actor, before, after FROM audit ORDER BY id")).all()
    assert [(row.operation, row.actor) for row in rows] == [("INSERT", "system"), ("UPDATE", "system")]
    assert rows[1].before["name"] == "Shop"
    assert rows[1].after["name"] == "Webshop"
    assert "secret_hash" not in rows[1].after
