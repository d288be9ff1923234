"""The words of a decision: who is charged, sessions, what is decided, what is to be booked."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from mvne_platform.catalogue import NumberClass, OfflineDebit, OnlinePolicy, Tariff
from mvne_platform.charging.online.answers import Answer
from mvne_platform.charging.online.holds import Hold
from mvne_platform.charging.online.requests import Usage
from mvne_platform.mediation import UsageEvent
from mvne_platform.rating import Rated, Subscriber


@dataclass(frozen=True, slots=True)
class Numbers:
    """What reference data says of a called number: the operator of a ported one, and its class."""

    operator: str | None = None
    number_class: NumberClass | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """Who is charged, as of one instant: the subscriber with the plan's policies, and the prices.

    `host` is the wholesale tariff of the brand's contract. Usage that starts in [since, until) is charged so. A line
    that is not `in_service` (suspended, lapsed, over) is charged what it has used, and granted nothing.
    """

    subscriber: Subscriber
    refusing: Subscriber
    tariff: Tariff
    online: OnlinePolicy
    host: Tariff | None
    since: datetime
    until: datetime
    in_service: bool = True

    def holds_counters(self, hold: Hold) -> bool:
        """Whether something looks at the counters before the books are written: a spend limit, or tiers."""
        return self.subscriber.spend_limit_micros is not None or hold.counter is not None


def refusing(subscriber: Subscriber) -> Subscriber:
    """The subscriber online: nobody is granted what cannot be paid, whatever the plan does with records in files."""
    return replace(subscriber, offline_debit=OfflineDebit.REFUSE)


@dataclass(frozen=True, slots=True)
class Session:
    """An open session: `used` and `granted` count from its start; `hold` is what is reserved for both."""

    id: UUID
    subscription_id: UUID
    group_id: UUID | None
    client: str
    usage: Usage
    numbers: Numbers
    correlation: str | None
    started_at: datetime
    expires_at: datetime
    sequence: int
    used: int
    granted: int
    hold: Hold
    counters_held: bool
    version_id: UUID | None
    short: bool = False
    open: bool = True


@dataclass(frozen=True, slots=True)
class Finished:
    """Usage to be booked: the event, what it cost, and whether its counters were held."""

    charge_id: UUID
    event: UsageEvent
    rated: Rated
    subscriber: Subscriber
    host: Tariff | None
    counters_held: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """What answers a request and what changes by it: from the hold before to the one after."""

    id: UUID
    mark: int
    answer: Answer
    correlation: str | None
    before: Hold
    after: Hold
    counters_held: bool
    finished: Finished | None = None
    session: Session | None = None
