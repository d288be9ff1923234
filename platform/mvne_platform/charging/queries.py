"""Reads of a subscription's usage."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Date, Select, TextClause, cast, func, null, select, tuple_

from mvne_platform import balances
from mvne_platform.catalogue import UNITS, Service
from mvne_platform.charging import permissions, statements
from mvne_platform.charging.effective import column, effective
from mvne_platform.charging.models import RatedEvent, RatedStatus
from mvne_platform.kernel import Period, Unit
from mvne_platform.mediation import first_key, masked
from mvne_platform.rating import Trace
from mvne_platform.runtime import Context

PAGE = 25


class By(StrEnum):
    """What totals of usage are split by, besides the service."""

    DAY = "day"
    ZONE = "zone"


_SUMMED = ("quantity", "charged", "amount_micros", "accrued_micros", "debited_micros")


@dataclass(frozen=True, slots=True)
class UsageFilter:
    """Which usage is wanted; what is None does not narrow it. `during` is by the start of the event."""

    service: str | None = None
    zone: str | None = None
    during: Period | None = None


@dataclass(frozen=True, slots=True)
class BucketTake:
    """What an event took from one bucket, in the bucket's unit (money: micros)."""

    bucket_id: UUID
    quantity: int


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
    operator: str | None
    number_class: str | None
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
    wholesale_micros: int | None
    wholesale_rate_id: UUID | None
    takes: tuple[BucketTake, ...]
    trace: Trace | None
    file_id: UUID | None
    file_row: int | None
    charge_id: UUID | None


@dataclass(frozen=True, slots=True)
class UsageTotal:
    """A service's usage in sum: events, quantities in `unit`, amounts in micros of `currency`.

    Of one day (brand's zone) and to one zone, where totals were asked by day and by zone.
    """

    day: date | None
    zone: str | None
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
    statement = shown().where(RatedEvent.subscription_id == subscription_id)
    if narrowed.service is not None:
        statement = statement.where(RatedEvent.service == narrowed.service)
    if narrowed.zone is not None:
        statement = statement.where(column("zone") == narrowed.zone)
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
    found = _records(ctx, shown().where(RatedEvent.subscription_id == subscription_id, RatedEvent.key == key))
    return found[0] if found else None


def usage_totals(
    ctx: Context, subscription_id: UUID, during: Period, *, by: Collection[By] = (By.DAY,)
) -> list[UsageTotal]:
    """A subscription's usage by service, and by day (brand's zone) and zone as asked, the latest day first."""
    ctx.require(permissions.READ)
    found = shown().where(
        RatedEvent.subscription_id == subscription_id,
        RatedEvent.key >= first_key(during.start),
        RatedEvent.key < first_key(during.end),
    )
    event = found.subquery().c
    parts = {
        By.DAY: cast(func.timezone(ctx.brand.time_zone, event.start), Date),
        By.ZONE: event.zone,
    }
    keys = [(parts[part] if part in by else null()).label(part.value) for part in By]
    sums = [cast(func.sum(event[name]), BigInteger).label(name) for name in _SUMMED]
    statement = select(*keys, event.service, event.currency, func.count().label("events"), *sums)
    groups = [parts[part] for part in By if part in by]
    grouped = statement.group_by(*groups, event.service, event.currency)
    order = [keys[0].desc().nulls_last(), event.service, keys[1].asc().nulls_first(), event.currency]
    rows = ctx.db.execute(grouped.order_by(*order))
    return [UsageTotal(unit=UNITS[Service(row.service)], **row._mapping) for row in rows]  # noqa: SLF001  # public


def usage_of_entry(ctx: Context, bucket_id: UUID, chunk_id: UUID) -> list[UsageRecord]:
    """The events that a usage entry of a bucket's ledger is the sum of; `chunk_id` is the entry's `reason_id`.

    Needs the permission to read balances too. Raises UnknownBucket.
    """
    ctx.require(permissions.READ)
    terms = {"bucket_id": bucket_id, "chunk_id": chunk_id, "subscriptions": _may_take(ctx, bucket_id)}
    return _of(ctx, statements.EVENTS_OF_ENTRY, terms)


def usage_of_rerating(ctx: Context, bucket_id: UUID, run_id: UUID) -> list[UsageRecord]:
    """The events that a re-rating's entry of a bucket's ledger is the difference of, as they are now.

    `run_id` is the entry's `reason_id`. Needs the permission to read balances too. Raises UnknownBucket.
    """
    ctx.require(permissions.READ)
    terms = {"bucket_id": bucket_id, "run_id": run_id, "subscriptions": _may_take(ctx, bucket_id)}
    return _of(ctx, statements.EVENTS_OF_RERATING, terms)


def _may_take(ctx: Context, bucket_id: UUID) -> list[UUID]:
    """The subscriptions whose usage may have taken from a bucket; raises UnknownBucket."""
    bucket = balances.bucket(ctx, bucket_id)
    own = [bucket.subscription_id] if bucket.subscription_id else []
    return [*own, *ctx.db.scalars(statements.MEMBERS_EVER, {"group_id": bucket.group_id})]


def _of(ctx: Context, statement: TextClause, terms: Mapping[str, object]) -> list[UsageRecord]:
    found = [tuple(row) for row in ctx.db.execute(statement, terms)]
    taken = shown().where(tuple_(RatedEvent.subscription_id, RatedEvent.key).in_(found))
    return _records(ctx, taken.order_by(RatedEvent.key))


def shown() -> Select[Any]:
    """Events that a bill or a list of usage may show, with what holds for them."""
    return effective().where(column("itemised"))


def _records(ctx: Context, statement: Select[Any]) -> list[UsageRecord]:
    readable = ctx.actor.may(permissions.READ_NUMBERS)
    return [_record(event, readable=readable) for event in ctx.db.execute(statement)]


def _record(event: Any, *, readable: bool) -> UsageRecord:
    number = event.other_party
    return UsageRecord(
        subscription_id=event.subscription_id,
        key=event.key,
        start=event.start,
        service=event.service,
        other_party=number if readable or number is None else masked(number),
        visited_network=event.visited_network,
        operator=event.operator,
        number_class=event.number_class,
        unit=UNITS[Service(event.service)],
        quantity=event.quantity,
        charged=event.charged,
        status=RatedStatus(event.status),
        reason=event.reason,
        zone=event.zone,
        band=event.band,
        currency=event.currency,
        amount_micros=event.amount_micros,
        accrued_micros=event.accrued_micros,
        debited_micros=event.debited_micros,
        price_list_version_id=event.price_list_version_id,
        rate_id=event.rate_id,
        wholesale_micros=event.wholesale_micros,
        wholesale_rate_id=event.wholesale_rate_id,
        takes=tuple(map(BucketTake, event.bucket_ids or (), event.bucket_units or ())),
        trace=Trace.from_ints(event.trace) if event.trace else None,
        file_id=event.file_id,
        file_row=event.file_row,
        charge_id=event.charge_id,
    )
