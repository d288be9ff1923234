"""What a load looks up about events: their partitions, repeats, and billed periods."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from mvne_platform.charging import statements
from mvne_platform.charging.rules import EventId, Place
from mvne_platform.runtime import Context


def ensure_partitions(ctx: Context, months: Collection[date]) -> None:
    """Make the months' partitions (first days, UTC) where they are missing."""
    for month in sorted(months):
        ctx.db.execute(statements.ENSURE_PARTITION, {"day": month})


def billed_until(ctx: Context, account_ids: Collection[UUID]) -> dict[UUID, date]:
    """The first day (brand's zone) of each account that has not been billed; stays so while its purses are locked."""
    rows = ctx.db.execute(statements.BILLED_UNTIL, {"accounts": list(account_ids)})
    return {row.id: row.billed_until for row in rows}


def known_events(ctx: Context, ids: Sequence[EventId]) -> dict[EventId, Place]:
    """Those of the events that are rated already, and where they were first."""
    if not ids:
        return {}
    wanted = {"subscriptions": [one.subscription_id for one in ids], "keys": [one.key for one in ids]}
    rows = ctx.db.execute(statements.KNOWN_EVENTS, wanted)
    return {EventId(row.subscription_id, row.key): Place(row.name, row.file_row) for row in rows}
