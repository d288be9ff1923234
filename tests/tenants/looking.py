"""What a brand is made of in the database, whoever made it: rows without ids and times."""

from typing import Any

import psycopg
from psycopg import sql

from tests.plugins.database import Database

# Tables an application fills, with the columns that do not differ between two applications of one manifest.
_CONTENT: dict[str, str] = {
    "tax_rate": "country, tax_class, valid_from, rate_millionths, label",
    "holiday": "day, as_weekday, name",
    "price_list": "code, currency",
    "price_list_version": "version, valid_from, digest, exchange",
    "zone": "code, name, treatment",
    "zone_prefix": "prefix, short_code",
    "zone_network": "mcc, mnc",
    "time_band": "code, start_minute, end_minute",
    "rate": "service, band, connection_fee_micros, price_micros, per",
    "offering": "code, version, name, position, hidden, shared_version, valid_from, valid_to",
    "offering_price": "kind, amount_micros, currency, tax_class, period_days",
    "offering_allowance": "code, unit, quantity, services, zones, priority",
    "letter_template": "code, language, channel, subject, body",
    "programme": "code, name",
    "accrual_rule": "code, trigger, points, per_micros, months",
    "reward": "code, name, points, unit, quantity, services, zones, valid_days, hidden",
    "sim": "iccid, imsi, kind, batch, state",
    "number": 'msisdn, "group", state',
    "api_client": "name, scopes, active",
    "fact": "kind, payload - 'offering_id' - 'price_list_version_id'",
}
_PLATFORM: dict[str, str] = {
    "brand": "slug, state, name, country, currency, time_zone, languages, profile, manifest_digest, clock_at, version",
    "host": "host, slug",
    "timer": "brand_role, due_at, job, arguments",
}

Rows = list[str]


def content(database: Database, slug: str) -> dict[str, Rows]:
    """Every table's rows as sorted texts."""
    with psycopg.connect(database.superuser_dsn) as connection:
        found = {table: _rows(connection, slug, table, columns) for table, columns in _CONTENT.items()}
        for table, columns in _PLATFORM.items():
            rows = _rows(connection, "platform", table, columns)
            found[f"platform.{table}"] = [row for row in rows if slug in row]
    return found


def _rows(connection: psycopg.Connection[Any], schema: str, table: str, columns: str) -> Rows:
    query = f"SELECT row({columns})::text FROM {schema}.{table} ORDER BY 1"
    return [row[0] for row in connection.execute(query.encode()).fetchall()]


def count(database: Database, table: str) -> int:
    """How many rows a table (schema.table) has."""
    with psycopg.connect(database.superuser_dsn) as connection:
        name = sql.Identifier(*table.split("."))
        row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(name)).fetchone()
    assert row is not None
    return int(row[0])


def schema_exists(database: Database, slug: str) -> bool:
    """Whether the brand has a schema."""
    with psycopg.connect(database.superuser_dsn) as connection:
        return connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [slug]).fetchone() is not None


def registered(database: Database) -> list[str]:
    """The slugs of the registry."""
    with psycopg.connect(database.superuser_dsn) as connection:
        return [row[0] for row in connection.execute("SELECT slug FROM platform.brand ORDER BY slug").fetchall()]
