"""What a re-rating changes: per subscription for people to look at, per bucket and counter for the books. Pure."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from mvne_platform.charging.past import Again, Scope
from mvne_platform.charging.rerating.errors import BadRerating
from mvne_platform.rating import SPEND, CounterId

LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """One subscription's events rated again: how many, how many changed or would fail now; amounts in micros."""

    subscription_id: UUID
    events: int
    changed: int
    failed: int
    before_micros: int
    after_micros: int
    accrued_delta_micros: int
    debited_delta_micros: int
    digest: str


def check_scope(scope: Scope, reason: str) -> None:
    """Raise BadRerating unless the scope is a period and somebody says why."""
    if scope.until is not None and scope.until <= scope.since:
        raise BadRerating("The period ends before it begins; give a later end, or none.", field=("starts_before",))
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise BadRerating(f"Say why usage is rated again, in up to {LONGEST_REASON} characters.", field=("reason",))


def differences(agains: Iterable[Again]) -> list[Difference]:
    """What changes for each subscription; those for whom nothing does, and nothing would fail, are left out."""
    of: dict[UUID, list[Again]] = defaultdict(list)
    for again in agains:
        of[again.past.id.subscription_id].append(again)
    found = (_difference(subscription_id, some) for subscription_id, some in sorted(of.items()))
    return [one for one in found if one.changed or one.failed]


def _difference(subscription_id: UUID, agains: Sequence[Again]) -> Difference:
    return Difference(
        subscription_id=subscription_id,
        events=len(agains),
        changed=sum(again.changed for again in agains),
        failed=sum(again.failure is not None for again in agains),
        before_micros=sum(again.past.result.amount_micros for again in agains),
        after_micros=sum(again.result.amount_micros for again in agains),
        accrued_delta_micros=sum(again.accrued_delta for again in agains),
        debited_delta_micros=sum(again.debited_delta for again in agains),
        digest=digest_of(agains),
    )


def digest_of(agains: Iterable[Again]) -> str:
    """A digest of what changes, however the events are ordered."""
    changed = sorted((again for again in agains if again.changed), key=lambda again: again.past.id)
    told = hashlib.sha256()
    for again in changed:
        told.update(repr((again.past.id, again.told, again.past.told)).encode())
    return told.hexdigest()


def more_taken(agains: Iterable[Again]) -> dict[UUID, int]:
    """What is taken from each bucket more (less, below zero), in its unit."""
    taken = Counter[UUID]()
    for again in agains:
        for take in again.result.takes:
            taken[take.bucket_id] += take.quantity
        for take in again.past.result.takes:
            taken[take.bucket_id] -= take.quantity
    return dict(taken)


def counter_deltas(agains: Iterable[Again]) -> dict[CounterId, int]:
    """What each counter gains or loses: micros accrued, units that tiers count."""
    deltas = Counter[CounterId]()
    for again in agains:
        line, period = again.past.id.subscription_id, again.past.subscriber.period
        deltas[CounterId(line, SPEND, period)] += again.accrued_delta
        for result, sign in ((again.past.result, -1), (again.result, 1)):
            if result.counter is not None:
                deltas[CounterId(line, result.counter, period)] += sign * result.counted
    return {counter: delta for counter, delta in deltas.items() if delta}


def billed_in(period: date, billed_until: date) -> date:
    """The billing period of a difference: the event's own, or the first that is not billed yet."""
    return max(period, billed_until)
