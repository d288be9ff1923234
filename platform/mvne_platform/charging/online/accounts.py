"""What online charging knows of the subscribers it charges: read in sets, and remembered.

It is true as long as the versions of the purses are what they were.
"""

import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from mvne_platform import balances, subscriptions
from mvne_platform.balances import SPEND, BucketState
from mvne_platform.catalogue import Tariff
from mvne_platform.charging import lookups, purses
from mvne_platform.charging.online import queries
from mvne_platform.charging.online.errors import NotCharged, UnknownSubscriber
from mvne_platform.charging.online.holds import Takes, take
from mvne_platform.charging.online.rules import Decision, Numbers, Party, Session, refusing
from mvne_platform.charging.online.shelf import Shelf, read_shelf
from mvne_platform.charging.online.stamps import Stamp, stamp_of
from mvne_platform.charging.subjects import NoPrices, Subject, Subjects
from mvne_platform.kernel import DomainError, month_of
from mvne_platform.mediation import Identifier, NumberData
from mvne_platform.rating import CounterId, Purse
from mvne_platform.runtime import Context
from mvne_platform.subscriptions import Line, PlanPeriod, Timeline

# Whatever a charge looks at moves the purse's version when it changes; this is a bound for what a purse cannot know.
REMEMBERED = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose account is asked for: the holder of an identifier at an instant."""

    identifier: Identifier
    at: datetime


@dataclass(slots=True)
class Account:
    """One subscription as it can pay: its purse and its group's, with the versions they had when they were read.

    `used` is set once something was charged to it since; `read_at` is when, in seconds of `time.monotonic`.
    `held_until` are the identifiers by which it was read, each as far as it is known whose it is.
    `stamp` is set if its charges may be plain ones. `shared` are the group's buckets. `sessions` are those of its open
    ones that were asked for.
    """

    wanted: Wanted
    subscription_id: UUID
    group_id: UUID | None
    versions: dict[UUID, int]
    purse: Purse
    shared: frozenset[UUID]
    party: Party
    read_at: float
    sessions: dict[UUID, tuple[Session, Party]] = field(default_factory=dict)
    stamp: Stamp | None = None
    used: bool = False
    held_until: dict[Identifier, datetime] = field(default_factory=dict)

    @property
    def charging_group(self) -> UUID:
        """Who shares a purse is charged one after the other."""
        return self.group_id or self.subscription_id

    def advance(self, decision: Decision, moved: Takes, *, bumped: bool) -> None:
        """Go on from what a decision has written, without reading it again."""
        subscriber = self.party.subscriber
        take(self.purse, decision.before, subscriber, -1)
        take(self.purse, decision.after, subscriber, +1)
        self.used = True
        touched = {self._purse_of(bucket) for bucket, _ in moved} or (set(self.versions) if bumped else set())
        for purse in touched:
            self.versions[purse] += 1

    def advance_plain(self, amount: int) -> None:
        """Go on from a plain charge that took `amount` from the only bucket."""
        self.used = True
        self.purse.buckets[0].amount -= amount
        self.versions[self.subscription_id] += 1

    def _purse_of(self, bucket: UUID) -> UUID:
        return self.group_id if bucket in self.shared and self.group_id else self.subscription_id


@dataclass(frozen=True, slots=True)
class Loaded:
    """Accounts by what was asked for; a refusal stands where there is none. `over`: sessions that are not open."""

    accounts: Mapping[Wanted, Account | DomainError]
    shelf: Shelf
    over: frozenset[UUID] = frozenset()

    @property
    def numbers(self) -> NumberData:
        """The brand's number data."""
        return self.shelf.numbers


def load(
    ctx: Context,
    wanted: Collection[Wanted],
    sessions: Collection[UUID] = (),
    *,
    shelf: Shelf | None = None,
    locked: bool = False,
) -> Loaded:
    """Read accounts, and the open sessions named; the purses stay locked until the transaction ends if asked for.

    `shelf` is the brand's, if it was read a moment ago. Who will remember what is read calls this in a snapshot: read
    one after the other, a session could be older than the version of its purse.
    """
    shelf = shelf or read_shelf(ctx)
    opened = queries.open_sessions(ctx, sessions)
    asked = set(wanted) | {_wanted(session) for session in opened}
    timeline = subscriptions.timeline(ctx, {one.identifier for one in asked})
    lines = {one: timeline.holder(*one.identifier, one.at) for one in asked}
    found = {line.subscription_id: line for line in lines.values() if line is not None}

    earliest = min((one.at for one in asked), default=ctx.now)
    heads = (balances.lock_purses if locked else balances.purses)(ctx, found, since=earliest)
    reading = _Reading(
        ctx,
        timeline,
        _subjects(ctx, found.values(), shelf),
        shelf.host,
        queries.in_service(ctx, found),
        {key: head.version for key, head in heads.items()},
        _by_purse(balances.buckets_of_purses(ctx, heads, earliest)),
    )
    accounts = {one: _account(reading, one, line) for one, line in lines.items()}
    _read_counters(ctx, [account for account in accounts.values() if isinstance(account, Account)])
    for session in opened:
        account = accounts[_wanted(session)]
        if isinstance(account, Account):
            account.sessions[session.id] = (session, account.party)
    return Loaded(accounts, shelf, frozenset(sessions) - {session.id for session in opened})


def _subjects(ctx: Context, lines: Collection[Line], shelf: Shelf) -> Subjects:
    return Subjects(
        ctx=ctx,
        choice=shelf.choice,
        sharing=balances.sharing_of(ctx, {line.subscription_id for line in lines}),
        billed_until=lookups.billed_until(ctx, {line.account_id for line in lines}),
        _tariffs=shelf.tariffs,
    )


def _wanted(session: Session) -> Wanted:
    return Wanted(session.usage.identifier, session.started_at)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What was read in sets, to be taken apart by account."""

    ctx: Context
    timeline: Timeline
    subjects: Subjects
    host: Tariff | None
    in_service: frozenset[UUID]
    versions: Mapping[UUID, int]
    buckets: Mapping[UUID, Sequence[BucketState]]


def _account(reading: _Reading, wanted: Wanted, line: Line | None) -> Account | DomainError:
    if line is None:
        kind, _ = wanted.identifier
        return UnknownSubscriber(
            f"No subscription of the brand held this {kind} at {wanted.at:%Y-%m-%dT%H:%M:%SZ}.", field=("subscriber",)
        )
    plan = line.plan_at(wanted.at)
    if plan is None:
        return NotCharged(f"The subscription had no plan at {wanted.at:%Y-%m-%dT%H:%M:%SZ}.", field=("subscriber",))
    subject = reading.subjects.at(line, plan, wanted.at)
    if isinstance(subject, NoPrices):
        return NotCharged(subject.detail, field=("subscriber",))
    return _opened(reading, line, plan, wanted, subject)


def _opened(reading: _Reading, line: Line, plan: PlanPeriod, wanted: Wanted, subject: Subject) -> Account:
    subscriber = subject.subscriber
    own, group = subscriber.subscription_id, subscriber.group_id
    ids = [own] if group is None else [own, group]
    held = [bucket for one in ids for bucket in reading.buckets.get(one, ())]
    since, until = _span(reading, line, plan, wanted)
    purse = Purse(purses.as_purse_bucket(bucket) for bucket in held)
    who = Party(
        subscriber=subscriber,
        refusing=refusing(subscriber),
        tariff=subject.tariff,
        online=plan.online,
        host=reading.host,
        since=since,
        until=until,
        in_service=own in reading.in_service,
    )
    return Account(
        wanted=wanted,
        subscription_id=own,
        group_id=group,
        versions={one: reading.versions[one] for one in ids},
        purse=purse,
        shared=frozenset(bucket.id for bucket in held if bucket.group_id is not None),
        party=who,
        read_at=time.monotonic(),
        stamp=stamp_of(who, purse),
        held_until={wanted.identifier: until},
    )


def _span(reading: _Reading, line: Line, plan: PlanPeriod, wanted: Wanted) -> tuple[datetime, datetime]:
    """The starts for which what holds at the one asked for holds too; as far as it may be remembered."""
    at = wanted.at
    month = month_of(at, reading.ctx.brand.time_zone)
    ends = [at + REMEMBERED, month.end, plan.valid_to, reading.timeline.held_until(*wanted.identifier, at)]
    ends += reading.subjects.changes(line)
    return at, min(end for end in ends if end is not None and end > at)


def _by_purse(buckets: Iterable[BucketState]) -> dict[UUID, list[BucketState]]:
    found: dict[UUID, list[BucketState]] = defaultdict(list)
    for bucket in buckets:
        found[bucket.purse_id].append(bucket)
    return found


def _read_counters(ctx: Context, accounts: Collection[Account]) -> None:
    """What limits and tiers look at, with what is held: into the purses."""
    zone = ctx.brand.time_zone
    wanted = [(account, key) for account in accounts for key in _counters_of(account)]
    values = queries.counters(ctx, {purses.stored_key(key, zone): key for _, key in wanted})
    for account, key in wanted:
        account.purse.counters[key] = values.get(key, 0)


def _counters_of(account: Account) -> Iterable[CounterId]:
    subscriber = account.party.subscriber
    codes = _tier_counters(account.party.tariff)
    if subscriber.spend_limit_micros is not None:
        codes |= {SPEND}
    return (CounterId(subscriber.subscription_id, code, subscriber.period) for code in codes)


_MOST_TARIFFS = 200
_counted_by: dict[int, tuple[Tariff, frozenset[str]]] = {}


def _tier_counters(tariff: Tariff) -> frozenset[str]:
    """The codes that a price list's tiers count under; a list has thousands of rates and is asked for every account."""
    known = _counted_by.get(id(tariff))
    if known is not None and known[0] is tariff:
        return known[1]
    if len(_counted_by) >= _MOST_TARIFFS:
        _counted_by.clear()
    codes = purses.tier_counters(tariff)
    _counted_by[id(tariff)] = (tariff, codes)
    return codes


def numbers_of(data: NumberData, other_party: str | None, at: datetime) -> Numbers:
    """What was known of a called number at an instant."""
    if other_party is None:
        return _NOTHING
    facts = data.at(other_party, at)
    return Numbers(facts.operator, facts.number_class) if facts.operator or facts.number_class else _NOTHING


_NOTHING = Numbers()
