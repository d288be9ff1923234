"""What a front end remembers of one brand, and deciding from it without the database: no I/O, one thread.

A decision is made on remembered purses and counts only once the database has found their versions unchanged.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from mvne_platform.charging.online import deciding
from mvne_platform.charging.online.accounts import Account, Loaded, Wanted, numbers_of
from mvne_platform.charging.online.plain import PlainCharges, PlainWritten
from mvne_platform.charging.online.requests import ChargeRequest, Opening, Request
from mvne_platform.charging.online.writing import Written, written
from mvne_platform.kernel import DomainError
from mvne_platform.mediation import Identifier, NumberData

MOST_ACCOUNTS = 100_000
RENEWED_BEFORE = timedelta(seconds=15)


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
        self._by_age: deque[Account] = deque()

    def find(self, request: Request, now: datetime) -> Account | None:
        """The account a request is for, if it is remembered and what is remembered holds; raises BadStart."""
        if not isinstance(request, Opening):
            holder = self._sessions.get(request.session_id)
            return None if holder is None else self._accounts.get(holder)
        holder = self._holders.get(request.usage.identifier)
        account = None if holder is None else self._accounts.get(holder)
        if account is None:
            return None
        start = deciding.start_of(request, now)
        return account if account.party.since <= start < account.party.until else None

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
            self._sessions.pop(session.id, None)
            self._open.get(account.subscription_id, set()).discard(session.id)

    def forget(self, account: Account) -> None:
        """The account is no longer as it was read. Others of its sharing group find out by themselves."""
        self._accounts.pop(account.subscription_id, None)

    def needs(self, requests: Iterable[Request], now: datetime) -> Needs:
        """What to read for these requests; the open sessions of their accounts come along. Skips what is refused."""
        wanted: set[Wanted] = set()
        sessions: set[UUID] = set()
        for request in requests:
            if not isinstance(request, Opening):
                sessions.add(request.session_id)
                continue
            try:
                wanted.add(deciding.wanted(request, now))
            except DomainError:
                continue
            sessions |= self._open_of(request.usage.identifier)
        return Needs(frozenset(wanted), frozenset(sessions))

    def remember(self, loaded: Loaded) -> None:
        """Take over what was read; of one subscription read as of several instants, as of the latest.

        When price lists, or who gets which, have changed, everybody else is read anew.
        """
        self.numbers = loaded.numbers
        if loaded.shelf.changed:
            self._accounts.clear()
        if len(self._accounts) > MOST_ACCOUNTS:
            self._clear()
        found = [(one, account) for one, account in loaded.accounts.items() if isinstance(account, Account)]
        merged: dict[UUID, Account] = {}
        for wanted, account in sorted(found, key=lambda pair: pair[0].at):
            self._holders[wanted.identifier] = account.subscription_id
            before = merged.get(account.subscription_id)
            if before is not None:
                account.sessions = before.sessions | account.sessions
                account.purse.counters = before.purse.counters | account.purse.counters
            merged[account.subscription_id] = account
        for account in merged.values():
            self._accounts[account.subscription_id] = account
            self._by_age.append(account)
            for session_id in account.sessions:
                self._note(session_id, account.subscription_id)

    def ageing(self, now: datetime, most: int) -> Needs:
        """Accounts that are in use and soon too old, up to so many: to be read anew before anybody has to wait."""
        wanted: set[Wanted] = set()
        sessions: set[UUID] = set()
        while self._by_age and len(wanted) < most and self._by_age[0].party.until - now < RENEWED_BEFORE:
            account = self._by_age.popleft()
            if account.used and self._accounts.get(account.subscription_id) is account:
                wanted.add(Wanted(account.wanted.identifier, now.replace(microsecond=0)))
                sessions.update(self._open.get(account.subscription_id, ()))
        return Needs(frozenset(wanted), frozenset(sessions))

    def _note(self, session_id: UUID, subscription_id: UUID) -> None:
        self._sessions[session_id] = subscription_id
        self._open.setdefault(subscription_id, set()).add(session_id)

    def _open_of(self, identifier: Identifier) -> set[UUID]:
        holder = self._holders.get(identifier)
        return set(self._open.get(holder, ())) if holder is not None else set()

    def _clear(self) -> None:
        self._accounts.clear()
        self._holders.clear()
        self._sessions.clear()
        self._open.clear()
        self._by_age.clear()
