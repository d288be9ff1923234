"""The comparisons, line by line."""

from dataclasses import dataclass
from decimal import Decimal

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from mvne_cli.demo.reconciliation.files import HERE, Delivered, copy_all
from mvne_cli.demo.reconciliation.outside import Outside

MICROS = 1_000_000
_TEMPORARY = ("delivered", "raw_event")


@dataclass(frozen=True, slots=True)
class Line:
    """One comparison: what the files or the world outside say, and what the platform says."""

    brand: str
    what: str
    outside: Decimal | int
    platform: Decimal | int

    @property
    def holds(self) -> bool:
        """Whether both say the same."""
        return self.outside == self.platform


def reconcile(
    admin_dsn: str, brand: str, files: list[Delivered], *, zone: str, outside: Outside | None = None
) -> list[Line]:
    """Compare one brand's files and outside world with its tables, in one snapshot. Nothing is kept or changed.

    `zone` is that of the brand's Asterisk files. Needs the DDL login, which may take the brand's owner's role.
    """
    with psycopg.connect(admin_dsn) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        copy_all(connection, files, zone)
        _become_owner(connection, brand)
        lines = _lines(connection, brand, "usage.sql") + _lines(connection, brand, "books.sql")
        if outside is not None:
            lines += _outside_lines(connection, brand, outside)
        connection.rollback()
    return lines


def _become_owner(connection: psycopg.Connection, brand: str) -> None:
    owner = sql.Identifier(f"{brand}_owner")
    for table in _TEMPORARY:
        connection.execute(sql.SQL("GRANT SELECT ON {} TO {}").format(sql.Identifier(table), owner))
    connection.execute("SELECT set_config('role', %s, true)", [f"{brand}_owner"])
    connection.execute("SELECT set_config('search_path', %s, true)", [f"{brand}, pg_temp"])


def _lines(connection: psycopg.Connection, brand: str, file: str) -> list[Line]:
    rows = connection.execute((HERE / file).read_bytes()).fetchall()
    return [Line(brand, what, delivered, found) for what, delivered, found in rows]


def _outside_lines(connection: psycopg.Connection, brand: str, outside: Outside) -> list[Line]:
    with connection.cursor(row_factory=dict_row) as cursor:
        ours = cursor.execute((HERE / "outside.sql").read_bytes()).fetchone() or {}
    in_service = outside.active_imsis & set(ours["stock"])
    return [
        Line(brand, "lines in service in the network", len(in_service), len(ours["imsis"])),
        Line(brand, "lines in service on both sides", len(in_service | set(ours["imsis"])), len(ours["imsis"])),
        Line(brand, "micros captured by the payment provider", outside.captured * MICROS, ours["captured_micros"]),
        Line(brand, "mails received", outside.mails, ours["mails"]),
        Line(brand, "text messages received", outside.texts, ours["texts"]),
    ]
