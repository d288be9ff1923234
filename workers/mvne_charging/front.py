"""One brand's front end: requests go to lanes when their account is remembered, else are read in sets, or go alone."""

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar
from uuid import UUID

import structlog
from psycopg import OperationalError
from psycopg.errors import LockNotAvailable
from sqlalchemy import exc, text

from mvne_charging.connection import ChargingConnection
from mvne_charging.lane import Lane, Pending, Way
from mvne_charging.planner import analyse
from mvne_platform.charging import online
from mvne_platform.charging.online import Answer, Reply, Request, SessionView, Usage
from mvne_platform.charging.online.fronting import (
    Busy,
    Desk,
    Loaded,
    Needs,
    RequestIdTaken,
    Shelf,
    first_answers,
    load,
    read_shelf,
)
from mvne_platform.kernel import DomainError
from mvne_platform.runtime import Actor, ActorKind, Brand, Context, brand_work, settings
from mvne_platform.runtime.work import brand_scope, find_brand

log = structlog.get_logger()

LANES = 2
MOST_READ = 200
MOST_RENEWED = 500
SHELF_SECONDS = 1.0
MOST_TRIES = 4
PATIENCE_SECONDS = 8.0
PAUSE_SECONDS = 0.1
# So many of a brand's requests wait for locks at once, each so long at a time.
MOST_ALONE, LOCK_MILLISECONDS = 8, 2_000
FOLLOW_SECONDS = 1.0
ACTOR = Actor(ActorKind.SYSTEM, "charging")
AWAY = (OperationalError, exc.OperationalError, exc.InterfaceError)
T = TypeVar("T")
_First = dict[UUID, Reply | RequestIdTaken]


class Unavailable(Busy):
    """The database is away; the same request may be sent again."""

    code = "UNAVAILABLE"


class Front:
    """Everything of one brand that answers requests; lives on one event loop."""

    def __init__(self, brand: Brand, pool: ThreadPoolExecutor, lanes: int = LANES) -> None:
        self.brand = brand
        self._pool = pool
        # Of their own: whoever waits for a lock must not keep others from being read.
        self._alone_pool = ThreadPoolExecutor(MOST_ALONE, thread_name_prefix="charging alone")
        self._loop = asyncio.get_running_loop()
        self._desk = Desk()
        way = Way(self._connect, self._again, self._alone)
        self._lanes = [Lane(self._desk, lambda: self.brand, way) for _ in range(lanes)]
        self._unread: list[Pending] = []
        self._reading: asyncio.Task[None] | None = None
        self._apart: set[asyncio.Task[None]] = set()
        self._analysed = False
        self._shelf: Shelf | None = None
        self._shelf_read = float("-inf")

    def ask(self, request: Request) -> "asyncio.Future[Reply]":
        """Put a request on its way.

        The future raises the request's refusal; Unavailable when its answer could not be written in good time.
        """
        pending = Pending(request, self._loop.create_future(), time.monotonic() + PATIENCE_SECONDS)
        self._route(pending, self._again)
        return pending.answer

    async def price(self, usage: Usage, quantity: int, client: str) -> Answer:
        """What usage would cost now."""
        return await self.in_brand(lambda ctx: online.price(ctx, usage, quantity, client))

    async def session(self, session_id: UUID, client: str) -> SessionView:
        """A session as it stands."""
        return await self.in_brand(lambda ctx: online.session(ctx, session_id, client))

    async def refresh(self) -> None:
        """Notice that the brand's clock or price lists have changed, and read anew what is used and soon too old."""
        slug = self.brand.slug
        self.brand = await self._loop.run_in_executor(self._pool, lambda: find_brand(slug))
        while True:
            needs = self._desk.ageing(self.brand.now(), MOST_RENEWED)
            await self._load(needs, [])
            if len(needs.wanted) < MOST_RENEWED:
                return

    async def follow(self) -> None:
        """Refresh every second, until cancelled; a database that is away is waited for."""
        while True:
            await asyncio.sleep(FOLLOW_SECONDS)
            try:
                await self.refresh()
            except AWAY as error:
                log.warning("charging_waits_for_database", error=str(error).strip()[:200])
            except Exception:
                log.exception("charging_refresh_failed", brand=self.brand.slug)

    async def in_brand(self, work: Callable[[Context], T]) -> T:
        """Do something in a transaction of the brand, on a thread."""
        return await self._loop.run_in_executor(self._pool, lambda: self._in_transaction(work))

    async def close(self) -> None:
        """Answer what is in hand."""
        if self._reading is not None:
            await asyncio.wait([self._reading])
        if self._apart:
            await asyncio.wait(self._apart)
        for lane in self._lanes:
            await lane.close()
        self._alone_pool.shutdown(wait=False)

    def _route(self, pending: Pending, otherwise: Callable[[Pending], None]) -> None:
        """To the lane of its charging group, if its account is remembered."""
        try:
            account = self._desk.find(pending.request, self.brand.now())
        except DomainError:
            # It may have been in order when it came for the first time.
            self._alone(pending)
            return
        if account is None:
            otherwise(pending)
        elif pending.tries >= MOST_TRIES:
            self._alone(pending)
        else:
            pending.account = account
            self._lanes[account.charging_group.int % len(self._lanes)].submit(pending)

    def _again(self, pending: Pending) -> None:
        self._unread.append(pending)
        if self._reading is None:
            self._reading = self._loop.create_task(self._read_all())

    async def _read_all(self) -> None:
        try:
            while self._unread:
                batch, self._unread = self._unread[:MOST_READ], self._unread[MOST_READ:]
                await self._read(batch)
        finally:
            self._reading = None

    async def _read(self, batch: Sequence[Pending]) -> None:
        needs = self._desk.needs((pending.request for pending in batch), self.brand.now())
        tried = [pending.request for pending in batch if pending.tries]
        try:
            first = await self._load(needs, tried)
        except AWAY as error:
            await self._wait_for_database(batch, error)
            return
        except Exception as error:
            log.exception("charging_read_failed", requests=len(batch))
            for pending in batch:
                pending.refuse(error)
            return
        for pending in batch:
            answered = first.get(pending.request.id)
            if answered is None:
                self._route(pending, self._alone)
            elif isinstance(answered, RequestIdTaken):
                pending.refuse(answered)
            else:
                pending.resolve(answered)

    async def _load(self, needs: Needs, tried: Sequence[Request]) -> _First:
        """Read what is needed, and the first answers of what was tried before."""
        shelf = self._shelf if time.monotonic() - self._shelf_read < SHELF_SECONDS else None
        before = self._shelf
        # As of one instant: purses, with their versions, and everything that is remembered with them.
        work = partial(self._in_transaction, lambda ctx: _read(ctx, needs, tried, shelf or read_shelf(ctx, before)))
        read = await self._loop.run_in_executor(self._pool, partial(work, snapshot=True))
        self.brand, loaded, first = read
        if shelf is None:
            self._shelf, self._shelf_read = loaded.shelf, time.monotonic()
        self._desk.remember(loaded)
        loaded.shelf.changed = False
        return first

    async def _wait_for_database(self, batch: Sequence[Pending], error: Exception) -> None:
        log.warning("charging_waits_for_database", error=str(error).strip()[:200])
        await asyncio.sleep(PAUSE_SECONDS)
        for pending in batch:
            if time.monotonic() > pending.deadline:
                pending.refuse(_unavailable())
            else:
                pending.tries += 1
                self._unread.append(pending)

    def _alone(self, pending: Pending) -> None:
        task = self._loop.create_task(self._carry_out(pending))
        self._apart.add(task)
        task.add_done_callback(self._apart.discard)

    async def _carry_out(self, pending: Pending) -> None:
        """One request in a transaction of its own, which waits for locks."""
        while True:
            try:
                work = partial(_within_patience, request=pending.request)
                pending.resolve(await self._loop.run_in_executor(self._alone_pool, self._in_transaction, work))
                return
            except (*AWAY, Busy) as error:
                if time.monotonic() > pending.deadline:
                    pending.refuse(_too_late(error))
                    return
                await asyncio.sleep(PAUSE_SECONDS)
            except Exception as error:  # noqa: BLE001  # whatever it is, who asked is told
                pending.refuse(error)
                return

    async def _connect(self) -> ChargingConnection:
        if not self._analysed:
            await self.in_brand(analyse)
            self._analysed = True
        return await ChargingConnection.open(settings().database_url, brand_scope(self.brand.slug, ACTOR))

    def _in_transaction(self, work: Callable[[Context], T], *, snapshot: bool = False) -> T:
        with brand_work(self.brand.slug, ACTOR, known=self.brand, snapshot=snapshot) as ctx:
            return work(ctx)


def _read(ctx: Context, needs: Needs, tried: Sequence[Request], shelf: Shelf) -> tuple[Brand, Loaded, _First]:
    first = first_answers(ctx, tried)
    return ctx.brand, load(ctx, needs.wanted, needs.sessions, shelf=shelf), first


def _within_patience(ctx: Context, request: Request) -> Reply:
    """In its own transaction; who holds the purse is not waited for beyond all measure."""
    ctx.db.execute(text(f"SET LOCAL lock_timeout = {LOCK_MILLISECONDS}"))
    return online.carry_out(ctx, request)


def _too_late(error: Exception) -> Busy:
    if isinstance(error, Busy):
        return error
    if isinstance(getattr(error, "orig", error), LockNotAvailable):
        return Busy("The subscriber's balances are being moved. Send the same request again, with the same id.")
    return _unavailable()


def _unavailable() -> Unavailable:
    return Unavailable("The database cannot be reached. Send the same request again, with the same id.")
