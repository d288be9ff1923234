"""What a piece of work leaves in the database, so that ours and the ceiling's can be held against each other."""

from collections.abc import Callable
from dataclasses import dataclass

import psycopg
from psycopg import sql


class Unequal(Exception):
    """Ours and the ceiling did not do the same: their figures must not be compared."""


@dataclass(frozen=True, slots=True)
class Footprint:
    """How many rows each table has, by `schema.table`, and how many of them were touched by whom."""

    rows: dict[str, int]

    def since(self, before: "Footprint") -> dict[str, int]:
        """The tables that have another number of rows, and by how many."""
        return {
            name: count - before.rows.get(name, 0)
            for name, count in self.rows.items()
            if count != before.rows.get(name, 0)
        }


def footprint(dsn: str, schemas: list[str]) -> Footprint:
    """Count every row; `dsn` is a superuser's. Updated states count too, by table and state."""
    with psycopg.connect(dsn) as connection:
        tables = connection.execute(
            "SELECT n.nspname, c.relname, EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid"
            " AND a.attname = 'state' AND NOT a.attisdropped) FROM pg_class c JOIN pg_namespace n"
            " ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname = ANY(%s)",
            [schemas],
        ).fetchall()
        rows: dict[str, int] = {}
        for schema, table, has_state in tables:
            rows |= _counted(connection, schema, table, has_state=has_state)
    return Footprint(rows)


def _counted(connection: psycopg.Connection, schema: str, table: str, *, has_state: bool) -> dict[str, int]:
    state = sql.SQL("state::text" if has_state else "''")
    query = sql.SQL("SELECT {}, count(*) FROM {} GROUP BY 1").format(state, sql.Identifier(schema, table))
    return {
        f"{schema}.{table}{':' + found if found else ''}": count
        for found, count in connection.execute(query).fetchall()
    }


def same_effect(
    dsn: str, schemas: list[str], ours: Callable[[], object], ceiling: Callable[[], object]
) -> dict[str, int]:
    """Run both once; answers what each left. Raises Unequal when they left different things, or nothing."""
    start = footprint(dsn, schemas)
    ours()
    middle = footprint(dsn, schemas)
    ceiling()
    left, left_by_ceiling = middle.since(start), footprint(dsn, schemas).since(middle)
    if left != left_by_ceiling or not left:
        raise Unequal(f"Ours left {left}, the ceiling {left_by_ceiling}.")
    return left
