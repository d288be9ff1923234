"""A charge at once, and what every decision is made with: the event, its refusal, its answer."""

from datetime import datetime
from uuid import UUID

from mvne_platform.catalogue import UNITS, PaymentMode
from mvne_platform.charging.online.answers import Answer, Refusal, Result
from mvne_platform.charging.online.errors import BadQuantity
from mvne_platform.charging.online.holds import Hold, hold_of
from mvne_platform.charging.online.requests import ChargeRequest, Usage
from mvne_platform.charging.online.rules.terms import Decision, Finished, Numbers, Party
from mvne_platform.kernel import Unit
from mvne_platform.mediation import UsageEvent
from mvne_platform.rating import SPEND, Outcome, Purse, Rated, Rater, Reason, ScalarRater, Subscriber

RATER: Rater = ScalarRater()
MOST_UNITS = 10**15
# What charged events are named by in their natural keys, before the request's id.
ORIGIN = "online"


def decide_charge(request: ChargeRequest, who: Party, numbers: Numbers, purse: Purse, now: datetime) -> Decision:
    """Charge at once, or refuse; raises BadQuantity."""
    check_quantity(request.quantity, "quantity")
    start = start_of(request.usage, now)
    event = event_of(request.id, request.usage, numbers, request.quantity, start, request.correlation)
    rated = RATER.rate(event, who.refusing, who.tariff, purse)
    reason = refusal_of(rated, who, purse)
    nothing = Hold(who.subscriber.period)
    if reason is not None:
        answer = answer_to(request.id, Result.REFUSED, rated, who, request.usage, reason=reason)
        return Decision(request.id, request.mark, answer, None, nothing, nothing, counters_held=False)
    after = hold_of(rated, who.subscriber.period)
    held = who.holds_counters(after)
    answer = answer_to(request.id, Result.GRANTED, rated, who, request.usage)
    finished = Finished(request.id, event, rated, who.subscriber, who.host, held)
    return Decision(request.id, request.mark, answer, request.correlation, nothing, after, held, finished)


def refusal_of(rated: Rated, who: Party, purse: Purse) -> str | None:
    """Why usage may not happen, by how it was rated for a subscriber whose policy is to refuse; None when it may.

    Emergency and freephone numbers may always be called.
    """
    if not who.in_service and rated.reason is not Reason.FREE_NUMBER:
        return Refusal.NOT_IN_SERVICE
    return unpaid(rated, who.refusing, purse)


def unpaid(rated: Rated, who: Subscriber, purse: Purse) -> str | None:
    """Why the usage cannot be paid; None when it can."""
    if rated.outcome in (Outcome.FAILED, Outcome.BARRED):
        return rated.reason or rated.outcome
    if rated.reason is Reason.BALANCE_REFUSED:
        return Refusal.BALANCE_TOO_LOW
    limit = who.spend_limit_micros
    if who.payment_mode is PaymentMode.POSTPAID and limit is not None and rated.accrued_micros:
        spent = purse.counted(who, SPEND) + rated.accrued_micros
        return Refusal.SPEND_LIMIT_REACHED if spent > limit else None
    return None


def event_of(
    request_id: UUID, usage: Usage, numbers: Numbers, quantity: int, start: datetime, correlation: str | None
) -> UsageEvent:
    """The usage as the event that will be rated and stored."""
    unit = UNITS[usage.service]
    return UsageEvent(
        natural_key=(ORIGIN, request_id.hex),
        identifiers=(usage.identifier,),
        service=usage.service,
        start=start,
        duration_s=quantity if unit is Unit.SECOND else None,
        bytes=quantity if unit is Unit.BYTE else None,
        count=quantity if unit is Unit.MESSAGE else None,
        other_party=usage.other_party,
        visited_network=usage.visited_network,
        answered=True if unit is Unit.SECOND else None,
        operator=numbers.operator,
        number_class=numbers.number_class,
        correlation=correlation,
        attributes=usage.attributes,
    )


def answer_to(
    request_id: UUID, result: Result, rated: Rated, who: Party, usage: Usage, *, reason: str | None = None
) -> Answer:
    """The answer to a request by how its usage was rated."""
    refused = result is Result.REFUSED
    return Answer(
        id=request_id,
        result=result,
        subscription_id=who.subscriber.subscription_id,
        service=usage.service.value,
        unit=UNITS[usage.service],
        currency=rated.currency,
        units=rated.quantity,
        charged=0 if refused else rated.charged,
        amount_micros=rated.amount_micros,
        debited_micros=0 if refused else rated.debited_micros,
        accrued_micros=0 if refused else rated.accrued_micros,
        reason=reason or rated.reason,
        zone=rated.zone,
    )


def start_of(usage: Usage, now: datetime) -> datetime:
    """When usage begins, to the second."""
    return (usage.at or now).replace(microsecond=0)


def check_quantity(quantity: int | None, field: str) -> None:
    """Raise BadQuantity for what no usage can be."""
    if quantity is not None and not 0 <= quantity <= MOST_UNITS:
        raise BadQuantity(f"'{field}' is a whole number from 0 to {MOST_UNITS}.", field=(field,))
