"""Writing rated events with COPY, in the order of their primary key."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from psycopg import Connection
from psycopg.types.json import Jsonb

from mvne_platform.charging.rules import EventId
from mvne_platform.mediation import UsageEvent
from mvne_platform.rating import Rated, Subscriber, Wholesale
from mvne_platform.runtime import Context

# Binary COPY takes values as they are, so each column's type is named.
COLUMNS = {
    "subscription_id": "uuid",
    "key": "uuid",
    "start": "timestamptz",
    "service": "text",
    "other_party": "text",
    "visited_network": "text",
    "operator": "text",
    "number_class": "text",
    "quantity": "int8",
    "charged": "int8",
    "status": "varchar",
    "reason": "text",
    "itemised": "bool",
    "price_list_version_id": "uuid",
    "rate_id": "uuid",
    "zone": "text",
    "band": "text",
    "currency": "text",
    "amount_micros": "int8",
    "accrued_micros": "int8",
    "debited_micros": "int8",
    "wholesale_micros": "int8",
    "wholesale_rate_id": "uuid",
    "bucket_ids": "uuid[]",
    "bucket_units": "int8[]",
    "trace": "int8[]",
    "bill_period": "date",
    "group_id": "uuid",
    "attributes": "jsonb",
    "file_id": "uuid",
    "file_row": "int8",
    "charge_id": "uuid",
}
COPY = f"COPY rated_event ({', '.join(COLUMNS)}) FROM STDIN (FORMAT BINARY)"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an event came from: a line of a file, or an online charge."""

    file_id: UUID | None = None
    file_row: int | None = None
    charge_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class RatedRow:
    """An event with what it cost, and whom: the sharing group and the billing period are the subscriber's."""

    id: EventId
    event: UsageEvent
    rated: Rated
    wholesale: Wholesale | None
    subscriber: Subscriber
    origin: Origin


def write_rated(ctx: Context, rows: Iterable[RatedRow]) -> None:
    """Add rated events on the transaction's own connection; an event that is there already breaks it."""
    ctx.db.flush()
    with driver_connection(ctx).cursor() as cursor, cursor.copy(COPY) as copy:
        copy.set_types(list(COLUMNS.values()))
        for values in _rows(rows):
            copy.write_row(values)


def driver_connection(ctx: Context) -> Connection[Any]:
    """The transaction's psycopg connection, for COPY."""
    return cast("Connection[Any]", ctx.db.connection().connection.driver_connection)


def _rows(rows: Iterable[RatedRow]) -> Iterator[tuple[object, ...]]:
    for row in sorted(rows, key=lambda row: row.id):
        event, rated, host = row.event, row.rated, row.wholesale
        yield (
            row.id.subscription_id,
            row.id.key,
            event.start,
            event.service.value,
            event.other_party,
            event.visited_network,
            event.operator,
            event.number_class.value if event.number_class else None,
            rated.quantity,
            rated.charged,
            rated.outcome.value,
            rated.reason.value if rated.reason else None,
            rated.itemised,
            rated.version_id,
            rated.rate_id,
            rated.zone,
            rated.band,
            rated.currency,
            rated.amount_micros,
            rated.accrued_micros,
            rated.debited_micros,
            host.amount_micros if host else None,
            host.rate_id if host else None,
            [take.bucket_id for take in rated.takes] or None,
            [take.quantity for take in rated.takes] or None,
            rated.trace.as_ints() if rated.trace else None,
            row.subscriber.period,
            row.subscriber.group_id,
            Jsonb(dict(event.attributes)) if event.attributes else None,
            row.origin.file_id,
            row.origin.file_row,
            row.origin.charge_id,
        )
