"""Locks and look-ups of a load; reads of a subscription's usage."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from mvne_platform import balances
from mvne_platform.catalogue import UNITS, Service
from mvne_platform.charging import permissions, statements
from mvne_platform.charging.models import RatedEvent, RatedStatus
from mvne_platform.charging.rules import EventId, Place
from mvne_platform.kernel import Period, Unit
from mvne_platform.mediation import first_key, masked
from mvne_platform.rating import Reason
from mvne_platform.runtime import Context

PAGE = 25
FREE = Reason.FREE_NUMBER


@dataclass(frozen=True, slots=True)
class UsageFilter:
    """Which usage is wanted; what is None does not narrow it. `during` is by the start of the event."""

    service: str | None = None
    zone: str | None = None
    during: Period | None = None


@dataclass(frozen=True, slots=True)
class UsageRecord:
    """One usage event as a person may see it; amounts in micros of `currency`, quantities in `unit`.

    `other_party` lacks its last three digits unless the actor may read called numbers.
    """

    subscription_id: UUID
    key: UUID
    start: datetime
    service: str
    other_party: str | None
    visited_network: str | None
    unit: Unit
    quantity: int
    charged: int
    status: RatedStatus
    reason: str | None
    zone: str | None
    band: str | None
    currency: str
    amount_micros: int
    accrued_micros: int
    debited_micros: int
    price_list_version_id: UUID | None
    rate_id: UUID | None
    takes: tuple[dict[str, Any], ...]
    trace: tuple[dict[str, Any], ...]
    file_id: UUID
    file_row: int


@dataclass(frozen=True, slots=True)
class UsageTotal:
    """A service on one day (brand's zone): events, quantities in `unit`, amounts in micros of `currency`."""

    day: date
    service: str
    unit: Unit
    currency: str
    events: int
    quantity: int
    charged: int
    amount_micros: int
    accrued_micros: int
    debited_micros: int


def usage(
    ctx: Context,
    subscription_id: UUID,
    *,
    wanted: UsageFilter | None = None,
    first: int = PAGE,
    before: UUID | None = None,
) -> list[UsageRecord]:
    """A subscription's usage, latest first; `before` is the key of the last event of the page before.

    Emergency and freephone numbers, and helplines, are never in it.
    """
    ctx.require(permissions.READ)
    narrowed = wanted or UsageFilter()
    statement = _shown().where(RatedEvent.subscription_id == subscription_id)
    if narrowed.service is not None:
        statement = statement.where(RatedEvent.service == narrowed.service)
    if narrowed.zone is not None:
        statement = statement.where(RatedEvent.zone == narrowed.zone)
    if narrowed.during is not None:
        statement = statement.where(
            RatedEvent.key >= first_key(narrowed.during.start), RatedEvent.key < first_key(narrowed.during.end)
        )
    if before is not None:
        statement = statement.where(RatedEvent.key < before)
    return _records(ctx, statement.order_by(RatedEvent.key.desc()).limit(first))


def usage_event(ctx: Context, subscription_id: UUID, key: UUID) -> UsageRecord | None:
    """One event of a subscription; None when there is none, or it is never shown."""
    ctx.require(permissions.READ)
    found = _records(ctx, _shown().where(RatedEvent.subscription_id == subscription_id, RatedEvent.key == key))
    return found[0] if found else None


def usage_totals(ctx: Context, subscription_id: UUID, during: Period) -> list[UsageTotal]:
    """A subscription's usage by day (brand's zone) and service, the latest day first."""
    ctx.require(permissions.READ)
    bounds = {"lowest": first_key(during.start), "highest": first_key(during.end)}
    rows = ctx.db.execute(
        statements.TOTALS, {"subscription_id": subscription_id, "zone": ctx.brand.time_zone, **bounds}
    )
    return [UsageTotal(unit=UNITS[Service(row.service)], **row._mapping) for row in rows]  # noqa: SLF001  # public


def usage_of_entry(ctx: Context, bucket_id: UUID, chunk_id: UUID) -> list[UsageRecord]:
    """The events that a usage entry of a bucket's ledger is the sum of; `chunk_id` is the entry's `reason_id`.

    Needs the permission to read balances too. Raises UnknownBucket.
    """
    ctx.require(permissions.READ)
    owner = balances.bucket(ctx, bucket_id).subscription_id
    terms = {"bucket_id": bucket_id, "chunk_id": chunk_id, "subscription_id": owner}
    keys = ctx.db.scalars(statements.EVENTS_OF_ENTRY, terms).all()
    taken = _shown().where(RatedEvent.subscription_id == owner, RatedEvent.key.in_(keys))
    return _records(ctx, taken.order_by(RatedEvent.key))


def ensure_partitions(ctx: Context, months: Collection[date]) -> None:
    """Make the months' partitions (first days, UTC) where they are missing."""
    for month in sorted(months):
        ctx.db.execute(statements.ENSURE_PARTITION, {"day": month})


def lock_accounts(ctx: Context, account_ids: Collection[UUID]) -> dict[UUID, date]:
    """Lock billing accounts until the transaction ends; answers until when each has been billed."""
    rows = ctx.db.execute(statements.LOCK_ACCOUNTS, {"accounts": sorted(account_ids)})
    return {row.id: row.billed_until for row in rows}


def known_events(ctx: Context, ids: Sequence[EventId]) -> dict[EventId, Place]:
    """Those of the events that are rated already, and where they were first."""
    wanted = {"subscriptions": [one.subscription_id for one in ids], "keys": [one.key for one in ids]}
    rows = ctx.db.execute(statements.KNOWN_EVENTS, wanted)
    return {EventId(row.subscription_id, row.key): Place(row.name, row.file_row) for row in rows}


def _shown() -> Select[Any]:
    return select(RatedEvent).where(RatedEvent.reason.is_distinct_from(FREE))


def _records(ctx: Context, statement: Select[Any]) -> list[UsageRecord]:
    readable = ctx.actor.may(permissions.READ_NUMBERS)
    return [_record(event, readable=readable) for event in ctx.db.scalars(statement)]


def _record(event: RatedEvent, *, readable: bool) -> UsageRecord:
    number = event.other_party
    return UsageRecord(
        subscription_id=event.subscription_id,
        key=event.key,
        start=event.start,
        service=event.service,
        other_party=number if readable or number is None else masked(number),
        visited_network=event.visited_network,
        unit=UNITS[Service(event.service)],
        quantity=event.quantity,
        charged=event.charged,
        status=event.status,
        reason=event.reason,
        zone=event.zone,
        band=event.band,
        currency=event.currency,
        amount_micros=event.amount_micros,
        accrued_micros=event.accrued_micros,
        debited_micros=event.debited_micros,
        price_list_version_id=event.price_list_version_id,
        rate_id=event.rate_id,
        takes=tuple(event.takes),
        trace=tuple(event.trace),
        file_id=event.file_id,
        file_row=event.file_row,
    )
