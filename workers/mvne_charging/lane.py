"""Group commit: requests that arrive while a statement is under way make up the next one.

A lane serves the charging groups that hash to it, over one connection, one statement at a time; a group that is in
hand waits for the next statement. An idle lane sends at once.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import structlog
from psycopg import OperationalError

from mvne_charging.connection import ChargingConnection, StatementFailed
from mvne_platform.charging.online import Reply, Request
from mvne_platform.charging.online.fronting import Account, Desk, PlainWritten, Written, parameters, plain_parameters
from mvne_platform.kernel import DomainError
from mvne_platform.runtime import Brand

log = structlog.get_logger()

MOST_IN_GROUP = 128
# A purse that is locked is asked for again so often, and so long after, before somebody waits for it.
PAUSES, PAUSE_SECONDS = 8, 0.005


@dataclass(slots=True, eq=False)
class Pending:
    """A request on its way to its answer.

    `account` is the one it was found to be for. `tries` counts statements that did not write it, `locked` those that
    found its purse locked.
    """

    request: Request
    answer: "asyncio.Future[Reply]"
    deadline: float
    account: Account | None = None
    tries: int = 0
    locked: int = 0

    def resolve(self, reply: Reply) -> None:
        """Answer, unless nobody waits any more."""
        if not self.answer.done():
            self.answer.set_result(reply)

    def refuse(self, error: Exception) -> None:
        """Answer with a refusal."""
        if not self.answer.done():
            self.answer.set_exception(error)


@dataclass(frozen=True, slots=True)
class Way:
    """Where a lane sends what it cannot answer: back to be read anew, or alone over a connection that may wait."""

    connect: Callable[[], Awaitable[ChargingConnection]]
    again: Callable[[Pending], None]
    alone: Callable[[Pending], None]


@dataclass(slots=True)
class _Group:
    """What goes in one transaction: plain charges, and everything else."""

    plain: list[tuple[Pending, Account, PlainWritten]] = field(default_factory=list)
    general: list[tuple[Pending, Account, Written]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.plain) + len(self.general)

    def asked(self) -> Iterator[tuple[Pending, Account]]:
        """Every request, with its account."""
        for pending, account, _ in (*self.plain, *self.general):
            yield pending, account


class Lane:
    """One connection's worth of a brand's charging groups."""

    def __init__(self, desk: Desk, brand: Callable[[], Brand], way: Way) -> None:
        self._desk, self._brand, self._way = desk, brand, way
        self._waiting: deque[Pending] = deque()
        self._work: asyncio.Task[None] | None = None
        self._connection: ChargingConnection | None = None

    def submit(self, pending: Pending) -> None:
        """Take a request; what is already there when the lane gets its turn goes with it."""
        self._waiting.append(pending)
        if self._work is None:
            self._work = asyncio.get_running_loop().create_task(self._run())

    async def close(self) -> None:
        """Finish what is in hand."""
        if self._work is not None:
            await asyncio.wait([self._work])
        if self._connection is not None:
            self._connection.close()

    async def _run(self) -> None:
        try:
            while self._waiting:
                await self._turn()
                # Who was just answered often asks again at once: that goes with the next statement, not the one after.
                await asyncio.sleep(0)
        finally:
            self._work = None

    async def _turn(self) -> None:
        brand = self._brand()
        now = brand.now()
        group = self._gather(now)
        if not len(group):
            return
        try:
            if self._connection is None:
                self._connection = await self._way.connect()
            plain = plain_parameters([one for _, _, one in group.plain], now, brand) if group.plain else None
            general = parameters([one for _, _, one in group.general], now, brand) if group.general else None
            written = await self._connection.execute(plain, general)
        except StatementFailed as error:
            # One of them is at fault, and alone it will not spoil the others.
            log.warning("charging_statement_failed", error=str(error)[:300], requests=len(group))
            self._give_back(group, self._way.alone)
        except OperationalError as error:
            log.warning("charging_connection_lost", error=str(error)[:200], requests=len(group))
            self._connection = None
            self._give_back(group, self._way.again)
        except Exception as error:
            log.exception("charging_lane_failed", requests=len(group))
            for pending, account in group.asked():
                self._desk.forget(account)
                pending.refuse(error)
        else:
            self._conclude(group, *written)

    def _gather(self, now: datetime) -> _Group:
        """Decide as many requests as go together: of each charging group the first one."""
        group = _Group()
        taken: set[UUID] = set()
        left: list[Pending] = []
        while self._waiting and len(group) < MOST_IN_GROUP:
            pending = self._waiting.popleft()
            account = None if pending.answer.done() else self._find(pending, now)
            if account is None:
                continue
            if account.charging_group in taken:
                left.append(pending)
            elif self._decide(pending, account, now, group):
                taken.add(account.charging_group)
        self._waiting.extendleft(reversed(left))
        return group

    def _find(self, pending: Pending, now: datetime) -> Account | None:
        if pending.account is not None and self._desk.still(pending.account, now):
            return pending.account
        try:
            account = self._desk.find(pending.request, now)
        except DomainError:
            # It may have been in order when it came for the first time.
            self._way.alone(pending)
            return None
        if account is None:
            self._way.again(pending)
        return account

    def _decide(self, pending: Pending, account: Account, now: datetime, group: _Group) -> bool:
        """Decide a request into the group; False when it went elsewhere."""
        try:
            plain = self._desk.decide_plain(pending.request, account, now)
            if plain is not None:
                group.plain.append((pending, account, plain))
            else:
                group.general.append((pending, account, self._desk.decide(pending.request, account, now)))
            return True
        except DomainError:
            # Alone it gets the same refusal, or the first answer of a report that came again.
            self._way.alone(pending)
        except Exception as error:
            log.exception("charging_decision_failed", request=str(pending.request.id))
            pending.refuse(error)
        return False

    def _conclude(self, group: _Group, plain: frozenset[int], general: frozenset[int]) -> None:
        for number, (pending, account, one) in enumerate(group.plain, 1):
            if number in plain:
                if one.bucket is not None:
                    account.advance_plain(one.amount)
                pending.resolve(Reply(one.body))
            else:
                self._unwritten(pending, account, locked=-number in plain)
        for number, (pending, account, decided) in enumerate(group.general, 1):
            if number in general:
                self._desk.conclude(account, decided)
                pending.resolve(Reply(decided.body))
            else:
                self._unwritten(pending, account, locked=-number in general)

    def _unwritten(self, pending: Pending, account: Account, *, locked: bool) -> None:
        """Somebody holds the purse, mostly for some milliseconds: in a moment again, then alone. Or it has moved."""
        if not locked:
            self._back(pending, account, self._way.again)
            return
        pending.locked += 1
        if pending.locked > PAUSES:
            self._way.alone(pending)
        else:
            asyncio.get_running_loop().call_later(PAUSE_SECONDS, self.submit, pending)

    def _give_back(self, group: _Group, way: Callable[[Pending], None]) -> None:
        for pending, account in group.asked():
            self._back(pending, account, way)

    def _back(self, pending: Pending, account: Account, way: Callable[[Pending], None]) -> None:
        pending.tries += 1
        self._desk.forget(account)
        way(pending)
