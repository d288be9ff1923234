"""Booking finished charges: rated events by COPY, one ledger entry per bucket, counters, notices. Each exactly once.

A transaction takes rows of the queue, all or none of each: what is in it has been answered, what has left it is booked.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from uuid import UUID

import psycopg
from psycopg import Connection
from sqlalchemy import exc, text

from mvne_platform import balances
from mvne_platform.balances import CounterKey
from mvne_platform.charging import lookups
from mvne_platform.charging.events import ChargesSettled
from mvne_platform.charging.online import binary, statements
from mvne_platform.charging.online.bookings import (
    COPY_END,
    COPY_HEAD,
    KEY_BYTES,
    LAYOUTS,
    Booking,
    booking_of,
    in_period,
    settled,
)
from mvne_platform.kernel import start_of_day, uuid7
from mvne_platform.mediation import start_of
from mvne_platform.runtime import Context

# Purses stay locked for as long as so many take.
CHUNK = 500

_UNMOVED = text("SELECT set_config('mvne.purses', 'unmoved', true)")
_MOVING = text("SELECT set_config('mvne.purses', '', true)")
_RELEASE = text("""
UPDATE bucket SET reserved = bucket.reserved - t.units
FROM unnest(CAST(:buckets AS uuid[]), CAST(:units AS bigint[])) AS t (bucket_id, units)
WHERE bucket.id = t.bucket_id
""")
_RELEASE_COUNTERS = text("""
UPDATE counter SET reserved = counter.reserved - t.units
FROM unnest(CAST(:subscriptions AS uuid[]), CAST(:codes AS text[]), CAST(:periods AS timestamptz[]),
            CAST(:units AS bigint[])) AS t (subscription_id, code, period_start, units)
WHERE counter.subscription_id = t.subscription_id AND counter.code = t.code AND counter.period_start = t.period_start
""")


_UNBOOKABLE = (psycopg.DataError, psycopg.IntegrityError, exc.DataError, exc.IntegrityError)


@dataclass(frozen=True, slots=True)
class _Charged:
    """A row of the queue."""

    charge_id: UUID
    layout: int
    booking: Booking
    stored: str
    event: bytes


class PursesTaken(Exception):
    """Somebody locked a purse, or billed an account, while charges were being written: nothing is booked."""


class NotBooked(Exception):
    """The database refused what these charges would write: nothing of them is booked."""

    def __init__(self, charge_ids: Sequence[UUID]) -> None:
        super().__init__(f"{len(charge_ids)} charges cannot be booked together.")
        self.charge_ids = charge_ids


def settle(ctx: Context, *, size: int = CHUNK, leaving: Collection[UUID] = ()) -> int:
    """Book up to `size` finished charges whose purses nobody has locked, but for those named; answers how many.

    What is available of buckets does not move by it, nor what is counted with what is held: who remembers a purse need
    not read it again. Purses are locked last, for as short as can be: online charging goes on meanwhile.
    Raises PursesTaken when they were not free any more by then, and NotBooked; the transaction is to be rolled back.
    """
    charges = _free(ctx, _pick(ctx, size, leaving))
    if not charges:
        return 0
    try:
        _book(ctx, charges)
    except _UNBOOKABLE as error:
        raise NotBooked([charge.charge_id for charge in charges]) from error
    return len(charges)


def _book(ctx: Context, charges: Sequence[_Charged]) -> None:
    owners = {charge.booking.subscription_id for charge in charges}
    billed = _billed_until(ctx, owners)
    settlement = uuid7()
    _store_events(ctx, charges, billed, settlement)

    purses = {purse for charge in charges for purse in charge.booking.purses}
    if _lock_free(ctx, purses) != purses or _billed_until(ctx, owners) != billed:
        raise PursesTaken
    ctx.db.execute(_UNMOVED)
    bookings = [charge.booking for charge in charges]
    _book_takes(ctx, bookings, settlement)
    _count(ctx, bookings)
    ctx.db.execute(_MOVING)
    ctx.emit(ChargesSettled(settlement, len(charges)))


def settle_all(ctx: Context) -> int:
    """Book everything that can be booked now, in one transaction; answers how many."""
    done = 0
    while booked := settle(ctx):
        done += booked
    return done


def _pick(ctx: Context, size: int, leaving: Collection[UUID]) -> list[_Charged]:
    with _driver(ctx).cursor(binary=True) as cursor:
        cursor.execute(statements.PICK, [list(leaving), size])
        return [_Charged(row[0], row[1], booking_of(row[2]), row[2], row[3]) for row in cursor]


def _free(ctx: Context, charges: Sequence[_Charged]) -> list[_Charged]:
    """Those whose purses nobody holds at the moment; the others go back into the queue."""
    if not charges:
        return []
    attempt = ctx.db.begin_nested()
    free = _lock_free(ctx, {purse for charge in charges for purse in charge.booking.purses})
    attempt.rollback()  # locks end with it
    left = [charge for charge in charges if not free.issuperset(charge.booking.purses)]
    if left:
        with _driver(ctx).cursor() as cursor:
            rows = [(charge.charge_id, charge.layout, charge.stored, charge.event) for charge in left]
            cursor.executemany(statements.PUT_BACK, rows)
    return [charge for charge in charges if free.issuperset(charge.booking.purses)]


def _lock_free(ctx: Context, purses: Collection[UUID]) -> set[UUID]:
    with _driver(ctx).cursor(binary=True) as cursor:
        cursor.execute(statements.LOCK_FREE, [list(purses)])
        return {row[0] for row in cursor}


def _store_events(ctx: Context, charges: Sequence[_Charged], billed: Mapping[UUID, date], settlement: UUID) -> None:
    rows: dict[int, list[bytes]] = {}
    months: set[date] = set()
    for charge in charges:
        row = settled(_in_open_period(charge, billed[charge.booking.subscription_id]), settlement)
        rows.setdefault(charge.layout, []).append(row)
        months.add(start_of(_key(row)).date().replace(day=1))
    lookups.ensure_partitions(ctx, months)
    for layout, found in rows.items():
        _copy(ctx, layout, sorted(found, key=lambda row: row[KEY_BYTES]))


def _in_open_period(charge: _Charged, billed_until: date) -> bytes:
    """The event's row; a bill that was made since leaves it to the next one."""
    period = binary.day(billed_until)[4:]
    return in_period(charge.event, max(charge.event[-4:], period))


def _key(row: bytes) -> UUID:
    return UUID(bytes=row[KEY_BYTES][-16:])


def _copy(ctx: Context, layout: int, rows: Iterable[bytes]) -> None:
    statement = f"COPY rated_event ({LAYOUTS[layout]}, settlement_id) FROM STDIN (FORMAT BINARY)"
    with _driver(ctx).cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(b"".join((COPY_HEAD, *rows, COPY_END)))


def _billed_until(ctx: Context, subscription_ids: Collection[UUID]) -> dict[UUID, date]:
    with _driver(ctx).cursor(binary=True) as cursor:
        cursor.execute(statements.BILLED, [list(subscription_ids)])
        return dict(cursor.fetchall())


def _book_takes(ctx: Context, bookings: Iterable[Booking], settlement: UUID) -> None:
    taken: Counter[UUID] = Counter()
    for booking in bookings:
        for bucket, units in booking.takes:
            taken[bucket] += units
    if not taken:
        return
    # First: an allowance never holds less than is reserved of it.
    ctx.db.execute(_RELEASE, {"buckets": list(taken), "units": list(taken.values())})
    balances.post_usage(ctx, taken, settlement)


def _count(ctx: Context, bookings: Iterable[Booking]) -> None:
    counted: Counter[CounterKey] = Counter()
    held: Counter[CounterKey] = Counter()
    for booking in bookings:
        for code, period, units, was_held in booking.counters:
            key = CounterKey(booking.subscription_id, code, _period_start(ctx, period))
            counted[key] += units
            if was_held:
                held[key] += units
    if held:
        columns = {
            "subscriptions": [key.subscription_id for key in held],
            "codes": [key.code for key in held],
            "periods": [key.period_start for key in held],
            "units": list(held.values()),
        }
        ctx.db.execute(_RELEASE_COUNTERS, columns)
    balances.move_counters(ctx, counted)


def _period_start(ctx: Context, period: str) -> Any:
    return start_of_day(date.fromisoformat(period), ctx.brand.time_zone)


def _driver(ctx: Context) -> Connection[Any]:
    ctx.db.flush()
    return cast("Connection[Any]", ctx.db.connection().connection.driver_connection)
