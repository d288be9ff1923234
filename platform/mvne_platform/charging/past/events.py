"""Rated events as they are stored, turned into what rating takes and answers."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from mvne_platform.catalogue import UNITS, NumberClass, Service
from mvne_platform.charging.rules import EventId
from mvne_platform.kernel import Unit
from mvne_platform.mediation import UsageEvent
from mvne_platform.rating import Outcome, Rated, Reason, Take, Trace, Wholesale

_UNANSWERED = Reason.UNANSWERED.value


def event_id(row: Any) -> EventId:
    """The identity of a stored row."""
    return EventId(row.subscription_id, row.key)


def event_of(row: Any) -> UsageEvent:
    """The usage event of a stored row, as far as rating looks at it; who it belongs to is known."""
    service = Service(row.service)
    event = UsageEvent(
        natural_key=(),
        identifiers=(),
        service=service,
        start=row.start,
        other_party=row.other_party,
        visited_network=row.visited_network,
        answered=False if row.first_reason == _UNANSWERED else None,
        operator=row.operator,
        number_class=NumberClass(row.number_class) if row.number_class else None,
    )
    return _with_quantity(event, UNITS[service], row.quantity)


def _with_quantity(event: UsageEvent, unit: Unit, quantity: int) -> UsageEvent:
    match unit:
        case Unit.SECOND:
            return replace(event, duration_s=quantity)
        case Unit.BYTE:
            return replace(event, bytes=quantity)
        case _:
            return replace(event, count=quantity)


def result_of(row: Any, units: Mapping[UUID, Unit]) -> Rated:
    """What a stored row says the event costs; `units` are the buckets'."""
    trace = Trace.from_ints(row.trace) if row.trace else None
    return Rated(
        outcome=Outcome(row.status),
        currency=row.currency,
        reason=Reason(row.reason) if row.reason else None,
        version_id=row.price_list_version_id,
        rate_id=row.rate_id,
        zone=row.zone,
        band=row.band,
        quantity=row.quantity,
        charged=row.charged,
        amount_micros=row.amount_micros,
        accrued_micros=row.accrued_micros,
        debited_micros=row.debited_micros,
        waived_micros=row.amount_micros - row.accrued_micros - row.debited_micros,
        counted=row.charged - trace.covered if trace and row.counter else 0,
        counter=row.counter,
        itemised=row.itemised,
        takes=tuple(Take(bucket, units[bucket], taken) for bucket, taken in takes_of(row)),
        trace=trace,
    )


def takes_of(row: Any) -> list[tuple[UUID, int]]:
    """The buckets a stored row took from, and how much."""
    return list(zip(row.bucket_ids or (), row.bucket_units or (), strict=True))


def wholesale_of(row: Any, currency: str) -> Wholesale | None:
    """What a stored row says the host operator charges; None when nothing is known."""
    if row.wholesale_micros is None:
        return None
    return Wholesale(currency, row.wholesale_micros, row.wholesale_rate_id)
