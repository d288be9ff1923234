"""Sessions: one event each.

Every update rates what is used plus what is asked for from the session's start, on the purse as it would be without the
session, and holds the result.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from mvne_platform.catalogue import OfflineDebit
from mvne_platform.charging.online.answers import Answer, Grant, Result
from mvne_platform.charging.online.errors import BadQuantity, OutOfOrder
from mvne_platform.charging.online.holds import Hold, given_back, hold_of
from mvne_platform.charging.online.requests import Report, SessionRelease, SessionStart, SessionUpdate
from mvne_platform.charging.online.rules.charges import (
    RATER,
    answer_to,
    check_quantity,
    event_of,
    refusal_of,
    start_of,
    unpaid,
)
from mvne_platform.charging.online.rules.terms import Decision, Finished, Numbers, Party, Session
from mvne_platform.mediation import UsageEvent
from mvne_platform.rating import Outcome, Purse, Rated, Reason

# The network reports before the quota is used up, so that the next one arrives in time.
_THRESHOLD_PARTS = 5


def decide_start(request: SessionStart, who: Party, numbers: Numbers, purse: Purse, now: datetime) -> Decision:
    """Open a session with its first quota, or refuse it; raises BadQuantity."""
    check_quantity(request.requested, "requested")
    if request.requested == 0:
        raise BadQuantity("Ask for one unit or more, or leave 'requested' out for the plan's.", field=("requested",))
    start = start_of(request.usage, now)
    session = Session(
        id=request.id,
        subscription_id=who.subscriber.subscription_id,
        group_id=who.subscriber.group_id,
        client=request.client,
        usage=request.usage,
        numbers=numbers,
        correlation=request.correlation,
        started_at=start,
        expires_at=now + timedelta(seconds=who.online.validity_s),
        sequence=0,
        used=0,
        granted=0,
        hold=Hold(who.subscriber.period),
        counters_held=False,
        version_id=None,
    )
    offer = _offer(session, 0, request.requested, who, purse)
    grown = _grown(session, 0, 0, offer, who, now)
    answer = _session_answer(request.id, grown, offer, who, ended=offer.units == 0)
    if offer.units == 0:
        return Decision(request.id, request.mark, answer, None, session.hold, session.hold, counters_held=False)
    return Decision(
        request.id,
        request.mark,
        answer,
        request.correlation,
        session.hold,
        grown.hold,
        grown.counters_held,
        session=grown,
    )


def decide_report(request: Report, session: Session, who: Party, purse: Purse, now: datetime) -> Decision:
    """Take a report of use, then grant more (an update) or end the session (a release); raises BadQuantity, OutOfOrder.

    Usage that has happened is charged whatever was granted: beyond the grant as the plan treats records in files.
    """
    check_quantity(request.used, "used")
    if request.sequence <= session.sequence:
        raise OutOfOrder(
            f"The session has had number {session.sequence}; go on with {session.sequence + 1}.", field=("sequence",)
        )
    used = session.used + request.used
    if isinstance(request, SessionRelease):
        return _release(request, session, used, who, purse)
    check_quantity(request.requested, "requested")
    return _update(request, session, used, who, purse, now)


def _update(request: SessionUpdate, session: Session, used: int, who: Party, purse: Purse, now: datetime) -> Decision:
    with given_back(purse, session.hold, who.subscriber):
        offer = _offer(session, used, request.requested, who, purse)
    grown = _grown(session, request.sequence, used, offer, who, now)
    answer = _session_answer(request.id, grown, offer, who, ended=False)
    return Decision(
        request.id, request.mark, answer, None, session.hold, grown.hold, grown.counters_held, session=grown
    )


def _release(request: SessionRelease, session: Session, used: int, who: Party, purse: Purse) -> Decision:
    with given_back(purse, session.hold, who.subscriber):
        rated = _used(session, used, who, purse)
    after = hold_of(rated, who.subscriber.period) if used else Hold(session.hold.period)
    ended = replace(
        session, sequence=request.sequence, used=used, granted=used, hold=after, open=False, version_id=rated.version_id
    )
    offer = _Offer(rated, 0, None, shortened=False)
    answer = _session_answer(request.id, ended, offer, who, ended=True)
    finished = Finished(session.id, _event(session, used), rated, who.subscriber, who.host, session.counters_held)
    held = session.counters_held
    return Decision(
        request.id,
        request.mark,
        answer,
        None,
        session.hold,
        after,
        held,
        finished=finished if used else None,
        session=ended,
    )


@dataclass(frozen=True, slots=True)
class _Offer:
    """What can be given beyond what is used: units, the rating of both together, and why it is not more."""

    rated: Rated
    units: int
    reason: str | None
    shortened: bool


def _offer(session: Session, used: int, requested: int | None, who: Party, purse: Purse) -> _Offer:
    """The quota asked for, or the most of it that can be paid; the purse is without the session's hold."""
    quota = who.online.quota(session.usage.service)
    wanted = quota if requested is None else min(requested, quota)

    def rate(units: int) -> tuple[Rated, str | None]:
        rated = RATER.rate(_event(session, units), who.refusing, who.tariff, purse)
        return rated, refusal_of(rated, who, purse)

    rated, reason = rate(used + wanted)
    if reason is None:
        return _Offer(rated, wanted, None, shortened=False)
    most = _most_affordable(used, used + wanted, lambda units: rate(units)[1] is None) if who.in_service else used
    if most > used:
        return _Offer(rate(most)[0], most - used, None, shortened=True)
    return _Offer(_used(session, used, who, purse), 0, reason, shortened=True)


def affords(session: Session, units: int, who: Party, purse: Purse) -> bool:
    """Whether the session could have had `units` in all, on the purse as it is with the session's hold in it."""
    with given_back(purse, session.hold, who.subscriber):
        rated = RATER.rate(_event(session, units), who.refusing, who.tariff, purse)
        return refusal_of(rated, who, purse) is None


def _used(session: Session, used: int, who: Party, purse: Purse) -> Rated:
    """What the used units cost. They are paid where that is possible, else as the plan treats what has happened.

    Raises BadQuantity for what has no price: an event that failed cannot be booked.
    """
    event = _event(session, used)
    rated = RATER.rate(event, who.refusing, who.tariff, purse)
    if unpaid(rated, who.refusing, purse) is None:
        return rated
    rated = RATER.rate(event, who.subscriber, who.tariff, purse)
    if rated.reason is Reason.NO_MAIN_BALANCE:
        # Nothing can be overdrawn: what is there is taken, and the rest given up and flagged.
        rated = RATER.rate(event, replace(who.subscriber, offline_debit=OfflineDebit.AVAILABLE), who.tariff, purse)
    if used and rated.outcome is Outcome.FAILED:
        raise BadQuantity(
            f"The session's {used} units in all cannot be charged: {rated.detail} Report what was used before that.",
            field=("used",),
        )
    return rated


def _most_affordable(low: int, high: int, affordable: Callable[[int], bool]) -> int:
    """The largest number of units in [low, high) that can be paid; `low` when none above it can."""
    while high - low > 1:
        middle = (low + high) // 2
        if affordable(middle):
            low = middle
        else:
            high = middle
    return low


def _event(session: Session, quantity: int) -> UsageEvent:
    return event_of(session.id, session.usage, session.numbers, quantity, session.started_at, session.correlation)


def _grown(session: Session, sequence: int, used: int, offer: _Offer, who: Party, now: datetime) -> Session:
    hold = hold_of(offer.rated, who.subscriber.period)
    return replace(
        session,
        sequence=sequence,
        used=used,
        granted=used + offer.units,
        hold=hold,
        # Decided at the start, once: what is given back later must have been held.
        counters_held=session.counters_held if sequence else who.holds_counters(hold),
        version_id=offer.rated.version_id,
        expires_at=now + timedelta(seconds=who.online.validity_s),
        short=offer.shortened,
    )


def _session_answer(request_id: UUID, session: Session, offer: _Offer, who: Party, *, ended: bool) -> Answer:
    result = Result.GRANTED if offer.reason is None else Result.REFUSED
    final = who.online.final_unit_action if offer.shortened else None
    asked_more = session.open and not (ended and offer.units)
    grant = Grant(offer.units, who.online.validity_s, 0 if final else offer.units // _THRESHOLD_PARTS, final)
    return replace(
        answer_to(request_id, result, offer.rated, who, session.usage, reason=offer.reason),
        session_id=session.id,
        sequence=session.sequence,
        used=session.used,
        ended=ended,
        grant=grant if asked_more else None,
    )
