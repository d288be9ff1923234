"""Why an event costs what it costs, from what is stored with it."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import select

from mvne_platform import balances, catalogue
from mvne_platform.catalogue import NumberClass, Service
from mvne_platform.charging import permissions
from mvne_platform.charging.models import RatedEvent
from mvne_platform.charging.queries import UsageRecord
from mvne_platform.mediation import masked
from mvne_platform.rating import ExplanationStep, Outcome, Reason, StoredEvent, explain
from mvne_platform.runtime import Context


def explanation(ctx: Context, record: UsageRecord) -> Sequence[ExplanationStep]:
    """Every step to the event's amount with its rule, version, bucket and arithmetic, in the order they were taken.

    The called number stands in the steps as the reader may see it. Raises ExplanationMismatch when what is stored does
    not add up.
    """
    ctx.require(permissions.READ)
    version = catalogue.tariff_version(ctx, record.price_list_version_id) if record.price_list_version_id else None
    number = ctx.db.scalar(
        select(RatedEvent.other_party).where(
            RatedEvent.subscription_id == record.subscription_id, RatedEvent.key == record.key
        )
    )
    steps = explain(_stored(record, number), version, _names(ctx, [take.bucket_id for take in record.takes]))
    if ctx.actor.may(permissions.READ_NUMBERS):
        return steps
    return [_without_number(step, number or "") for step in steps]


def _without_number(step: ExplanationStep, number: str) -> ExplanationStep:
    """The step with no more of the called number in it than may be seen: a prefix may be a whole number."""
    whole, shown = number.removeprefix("+"), masked(number).removeprefix("+")

    def hidden(text: str) -> str:
        for length in range(len(whole), len(shown.rstrip("x")), -1):
            text = text.replace(whole[:length], shown[:length])
        return text

    values = {name: hidden(value) if isinstance(value, str) else value for name, value in step.values.items()}
    return replace(step, title=hidden(step.title), values=values)


def _names(ctx: Context, bucket_ids: Sequence[UUID]) -> dict[UUID, str]:
    return {bucket_id: state.code for bucket_id, state in balances.states(ctx, bucket_ids).items()}


def _stored(record: UsageRecord, number: str | None) -> StoredEvent:
    return StoredEvent(
        service=Service(record.service),
        start=record.start,
        outcome=Outcome(record.status.value),
        currency=record.currency,
        quantity=record.quantity,
        charged=record.charged,
        amount_micros=record.amount_micros,
        accrued_micros=record.accrued_micros,
        debited_micros=record.debited_micros,
        reason=Reason(record.reason) if record.reason else None,
        other_party=number,
        visited_network=record.visited_network,
        operator=record.operator,
        number_class=NumberClass(record.number_class) if record.number_class else None,
        rate_id=record.rate_id,
        zone=record.zone,
        band=record.band,
        takes=[(take.bucket_id, take.quantity) for take in record.takes],
        trace=record.trace,
    )
