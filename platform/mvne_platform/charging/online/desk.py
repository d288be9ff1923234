"""What a front end remembers of one brand, and deciding from it without the database: no I/O, one thread.

A decision is made on remembered purses and counts only once the database has found their versions unchanged.
"""

import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mvne_platform.charging.online import deciding
from mvne_platform.charging.online.accounts import REMEMBERED, Account, Loaded, Wanted, numbers_of
from mvne_platform.charging.online.plain import PlainCharges, PlainWritten
from mvne_platform.charging.online.requests import ChargeRequest, Opening, Request
from mvne_platform.charging.online.rules import Party, Session
from mvne_platform.charging.online.writing import Written, written
from mvne_platform.kernel import DomainError
from mvne_platform.mediation import Identifier, NumberData

MOST_ACCOUNTS = 100_000
# By the machine's clock as well: a sandbox's may stand still.
MOST_SECONDS = REMEMBERED.total_seconds()
RENEWED_AFTER_SECONDS = MOST_SECONDS - 15.0


@dataclass(frozen=True, slots=True)
class Needs:
    """What has to be read before requests can be decided."""

    wanted: frozenset[Wanted]
    sessions: frozenset[UUID]


class Desk:
    """One brand's remembered accounts."""

    def __init__(self) -> None:
        self.numbers: NumberData | None = None
        self._plain = PlainCharges()
        self._accounts: dict[UUID, Account] = {}
        self._holders: dict[Identifier, UUID] = {}
        # Whose a session is, and the sessions of each: they outlive what is remembered of purses.
        self._sessions: dict[UUID, UUID] = {}
        self._open: dict[UUID, set[UUID]] = {}
        # When each was read, the oldest first; only of the last time, however often that is.
        self._by_age: OrderedDict[UUID, float] = OrderedDict()

    def find(self, request: Request, now: datetime) -> Account | None:
        """The account a request is for, if it is remembered and what is remembered holds; raises BadStart."""
        if not isinstance(request, Opening):
            return self._remembered(self._sessions.get(request.session_id))
        identifier = request.usage.identifier
        account = self._remembered(self._holders.get(identifier))
        if account is None or identifier not in account.held_until:
            return None
        start = deciding.start_of(request, now)
        until = min(account.party.until, account.held_until[identifier])
        return account if account.party.since <= start < until else None

    def still(self, account: Account, now: datetime) -> bool:
        """Whether an account that was found a moment ago is still the one that is remembered, and holds."""
        return self._accounts.get(account.subscription_id) is account and now < account.party.until

    def decide(self, request: Request, account: Account, now: datetime) -> Written:
        """A request decided on a remembered account; raises the refusals of a request that can never work."""
        if self.numbers is None:
            raise LookupError("Nothing was loaded yet.")
        decision = deciding.decide(request, account, self.numbers, now)
        return written(decision, account.subscription_id, account.versions)

    def decide_plain(self, request: Request, account: Account, now: datetime) -> PlainWritten | None:
        """The quick way, for a charge that is plain."""
        if account.stamp is None or not isinstance(request, ChargeRequest) or self.numbers is None:
            return None
        known = numbers_of(self.numbers, request.usage.other_party, request.usage.at or now)
        return self._plain.decide(request, account, known, now)

    def conclude(self, account: Account, one: Written) -> None:
        """A decision was written: go on from there."""
        decision = one.decision
        account.advance(decision, one.moves, bumped=one.bump)
        session = decision.session
        if session is None:
            return
        if session.open:
            _, party = account.sessions.get(session.id, (None, account.party))
            account.sessions[session.id] = (session, party)
            self._note(session.id, account.subscription_id)
        else:
            account.sessions.pop(session.id, None)
            self._drop(session.id)

    def forget(self, account: Account) -> None:
        """The account is no longer as it was read. Others of its sharing group find out by themselves."""
        self._accounts.pop(account.subscription_id, None)

    def needs(self, requests: Iterable[Request], now: datetime) -> Needs:
        """What to read for these requests; the open sessions of their accounts come along. Skips what is refused."""
        wanted: set[Wanted] = set()
        sessions: set[UUID] = set()
        for request in requests:
            if not isinstance(request, Opening):
                sessions |= {request.session_id, *self._open_of(self._sessions.get(request.session_id))}
                continue
            try:
                wanted.add(deciding.wanted(request, now))
            except DomainError:
                continue
            sessions |= self._open_of(self._holders.get(request.usage.identifier))
        return Needs(frozenset(wanted), frozenset(sessions))

    def remember(self, loaded: Loaded) -> None:
        """Take over what was read; of one subscription read as of several instants, as of the latest.

        When price lists, or who gets which, have changed, everybody else is read anew. A session of before its line
        changed its sharing group holds of another purse: its requests are not for here.
        """
        self.numbers = loaded.numbers
        if loaded.shelf.changed:
            self._accounts.clear()
        if len(self._accounts) > MOST_ACCOUNTS:
            self._clear()
        for session_id in loaded.over:
            self._drop(session_id)
        for account in _merged(loaded).values():
            self._holders |= dict.fromkeys(account.held_until, account.subscription_id)
            known = self._accounts.get(account.subscription_id)
            if known is not None and known.versions == account.versions:
                # Nothing has changed since: what was known of other identifiers of the line holds.
                account.held_until = known.held_until | account.held_until
            self._accounts[account.subscription_id] = account
            self._by_age[account.subscription_id] = account.read_at
            self._by_age.move_to_end(account.subscription_id)
            for session_id in account.sessions:
                self._note(session_id, account.subscription_id)

    def ageing(self, now: datetime, most: int) -> Needs:
        """Accounts that are in use and soon too old, up to so many: to be read anew before anybody has to wait."""
        wanted: set[Wanted] = set()
        sessions: set[UUID] = set()
        renewed = time.monotonic() - RENEWED_AFTER_SECONDS
        while self._by_age and len(wanted) < most and next(iter(self._by_age.values())) < renewed:
            subscription_id, _ = self._by_age.popitem(last=False)
            account = self._accounts.get(subscription_id)
            if account is not None and account.used:
                wanted.add(Wanted(account.wanted.identifier, now.replace(microsecond=0)))
                sessions.update(self._open.get(account.subscription_id, ()))
        return Needs(frozenset(wanted), frozenset(sessions))

    def _remembered(self, subscription_id: UUID | None) -> Account | None:
        """The account of a subscription, unless it was read too long ago."""
        account = None if subscription_id is None else self._accounts.get(subscription_id)
        return account if account is not None and time.monotonic() - account.read_at < MOST_SECONDS else None

    def _note(self, session_id: UUID, subscription_id: UUID) -> None:
        self._sessions[session_id] = subscription_id
        self._open.setdefault(subscription_id, set()).add(session_id)

    def _drop(self, session_id: UUID) -> None:
        """The session is not open any more."""
        holder = self._sessions.pop(session_id, None)
        if holder is not None:
            others = self._open[holder]
            others.discard(session_id)
            if not others:
                del self._open[holder]

    def _open_of(self, subscription_id: UUID | None) -> set[UUID]:
        return set(self._open.get(subscription_id, ())) if subscription_id is not None else set()

    def _clear(self) -> None:
        self._accounts.clear()
        self._holders.clear()
        self._sessions.clear()
        self._open.clear()
        self._by_age.clear()


def _merged(loaded: Loaded) -> dict[UUID, Account]:
    """By subscription, what was read as of several instants as one account: the latest, with what the others know."""
    found = [(one, account) for one, account in loaded.accounts.items() if isinstance(account, Account)]
    merged: dict[UUID, Account] = {}
    for _, account in sorted(found, key=lambda pair: pair[0].at):
        before = merged.get(account.subscription_id)
        if before is not None:
            account.held_until = before.held_until | account.held_until
            account.sessions |= _of_group(before.sessions, account.group_id)
            account.purse.counters = before.purse.counters | account.purse.counters
        merged[account.subscription_id] = account
    return merged


def _of_group(
    sessions: Mapping[UUID, tuple[Session, Party]], group_id: UUID | None
) -> dict[UUID, tuple[Session, Party]]:
    return {key: one for key, one in sessions.items() if one[1].subscriber.group_id == group_id}
