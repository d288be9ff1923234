"""What resolvers find around them: who asks, for which brand, and the transaction, opened when first needed."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias, TypeVar, cast

import strawberry
from sqlalchemy.orm import Session
from strawberry.dataloader import DataLoader

from mvne_graphql.errors import database_is_away
from mvne_platform.access import Audience, StaffMember
from mvne_platform.kernel import InvalidInput
from mvne_platform.runtime import Actor, ActorKind, Brand, Context, brand_work, platform_work

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
Opened = TypeVar("Opened")


class BrandMissing(InvalidInput):
    """The request does not say for which brand it is."""

    code = "BRAND_MISSING"


class Discarded(Exception):
    """Thrown into open transactions so that they roll back."""


@dataclass
class Work:
    """The transactions of one query, or of one mutation field: opened at first use, ended together."""

    brand: str | None
    actor: Actor
    request_id: str
    key: str | None = None
    known: Brand | None = None
    is_dry_run: bool = False
    is_refused: bool = False
    leaves_trace: bool = False
    loaders: dict[Hashable, DataLoader[Any, Any]] = field(default_factory=dict)
    _open: ExitStack = field(default_factory=ExitStack)

    @cached_property
    def ctx(self) -> Context:
        """The brand's transaction; raises BrandMissing at a console request without `X-Brand`."""
        slug = self.brand
        if slug is None:
            raise BrandMissing("Name the brand in the header X-Brand; the query `me` lists those you may choose.")
        return self._entered(lambda: brand_work(slug, self.actor, self.request_id, known=self.known))

    @cached_property
    def platform(self) -> Session:
        """A transaction on the platform's own tables."""
        return self._entered(lambda: platform_work(self.actor, self.request_id))

    def _entered(self, opening: Callable[[], AbstractContextManager[Opened]]) -> Opened:
        try:
            return self._open.enter_context(opening())
        except Exception as error:
            if not database_is_away(error):
                raise
        # A pooled connection died while it lay there. Nothing was done yet, so a fresh one may try.
        return self._open.enter_context(opening())

    def commit(self) -> None:
        """Keep what was written."""
        self._open.close()

    def discard(self) -> None:
        """Undo what was written."""
        try:
            self._open.__exit__(Discarded, Discarded(), None)
        except Discarded:
            return


@dataclass
class RequestContext:
    """One operation's surroundings, as `info.context`."""

    endpoint: Audience
    brand: str | None
    actor: Actor
    request_id: str
    loop: asyncio.AbstractEventLoop
    member: StaffMember | None = None
    # The brand of the host, as it was some seconds ago.
    known: Brand | None = None
    languages: tuple[str, ...] = ()
    idempotency_key: str | None = None
    request_digest: bytes = b""
    work: Work = field(init=False)

    def __post_init__(self) -> None:
        self.begin()

    def begin(self, key: str | None = None) -> Work:
        """Start the next unit of work, under an idempotency key if it has one; the unit before has ended."""
        self.work = Work(self.brand, self.actor, self.request_id, key, self.known)
        return self.work

    @property
    def ctx(self) -> Context:
        """The brand's context of the current unit of work."""
        return self.work.ctx

    @property
    def platform(self) -> Session:
        """The platform session of the current unit of work."""
        return self.work.platform

    def actor_at(self, brand: str) -> Actor:
        """The same person or client as an actor at another brand: with the grants of that brand."""
        return self.member.actor(brand) if self.member else Actor(ActorKind.PUBLIC)

    @cached_property
    def language(self) -> str:
        """The brand's language that the reader prefers (RFC 9110 §12.5.4), else its first."""
        offered = self.ctx.brand.languages
        for wanted in self.languages:
            found = next((one for one in offered if one == wanted or one == wanted.split("-")[0]), None)
            if found:
                return found
        return self.ctx.brand.language

    def load(self, many: Callable[[Context, Sequence[Key]], Sequence[Value]], key: Key) -> Awaitable[Value]:
        """One of many: all keys asked for in the same step are loaded by one call of `many`, in their order."""
        work = self.work
        loader = work.loaders.get(many)
        if loader is None:

            async def load_many(keys: list[Key]) -> Sequence[Value]:
                return many(work.ctx, keys)

            loader = DataLoader(load_many, loop=self.loop)
            work.loaders[many] = loader
        return cast("Awaitable[Value]", loader.load(key))


Info: TypeAlias = strawberry.Info[RequestContext, None]
