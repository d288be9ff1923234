"""Writing rated events with COPY, in the order of their primary key."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from uuid import UUID

from psycopg import Connection
from psycopg.types.json import Jsonb

from mvne_platform.charging.rules import Identified
from mvne_platform.rating import Rated
from mvne_platform.runtime import Context

# Binary COPY takes values as they are, so each column's type is named.
COLUMNS = {
    "subscription_id": "uuid",
    "key": "uuid",
    "start": "timestamptz",
    "service": "text",
    "other_party": "text",
    "visited_network": "text",
    "quantity": "int8",
    "charged": "int8",
    "status": "varchar",
    "reason": "text",
    "price_list_version_id": "uuid",
    "rate_id": "uuid",
    "zone": "text",
    "band": "text",
    "currency": "text",
    "amount_micros": "int8",
    "accrued_micros": "int8",
    "debited_micros": "int8",
    "takes": "jsonb",
    "trace": "jsonb",
    "bill_period": "date",
    "file_id": "uuid",
    "file_row": "int8",
}
_COPY = f"COPY rated_event ({', '.join(COLUMNS)}) FROM STDIN (FORMAT BINARY)"


@dataclass(frozen=True, slots=True)
class RatedRow:
    """An identified row with what it cost and the first day of the period that bills it."""

    one: Identified
    rated: Rated
    period: date


def write_rated(ctx: Context, file_id: UUID, rows: Iterable[RatedRow]) -> None:
    """Add rated events on the transaction's own connection; an event that is there already breaks it."""
    ctx.db.flush()
    connection = cast("Connection[Any]", ctx.db.connection().connection.driver_connection)
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        copy.set_types(list(COLUMNS.values()))
        for values in _rows(file_id, rows):
            copy.write_row(values)


def _rows(file_id: UUID, rows: Iterable[RatedRow]) -> Iterator[tuple[object, ...]]:
    for row in sorted(rows, key=lambda row: row.one.id):
        event, rated = row.one.event, row.rated
        yield (
            row.one.id.subscription_id,
            row.one.id.key,
            event.start,
            event.service.value,
            event.other_party,
            event.visited_network,
            rated.quantity,
            rated.charged,
            rated.outcome.value,
            rated.reason.value if rated.reason else None,
            rated.version_id,
            rated.rate_id,
            rated.zone,
            rated.band,
            rated.currency,
            rated.amount_micros,
            rated.accrued_micros,
            rated.debited_micros,
            Jsonb([{"bucket_id": str(t.bucket_id), "unit": t.unit.value, "quantity": t.quantity} for t in rated.takes]),
            Jsonb(list(rated.trace)),
            row.period,
            file_id,
            row.one.row.number,
        )
