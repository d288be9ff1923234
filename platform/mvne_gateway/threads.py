"""A few threads that execute GraphQL operations, each with a private event loop for its loaders."""

import asyncio
import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from prometheus_client import Gauge

from mvne_platform.runtime.telemetry import METRICS

Result = TypeVar("Result")
WAITING = Gauge("mvne_graphql_operations_waiting", "Operations that wait for a thread or run in one.", registry=METRICS)


class Overloaded(Exception):
    """More operations wait than can be answered in good time."""


class Threads:
    """The pool. Two to four threads are best: more only fight over the interpreter."""

    def __init__(self, count: int, waiting: int) -> None:
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="graphql")
        self._own = threading.local()
        self._loops: list[asyncio.AbstractEventLoop] = []
        self._most = count + waiting
        self._under_way = 0

    async def run(self, work: Callable[[asyncio.AbstractEventLoop], Result]) -> Result:
        """Run `work` in a thread, with that thread's loop; raises Overloaded instead of queueing without end."""
        if self._under_way >= self._most:
            raise Overloaded
        self._under_way += 1
        WAITING.set(self._under_way)
        try:
            surroundings = contextvars.copy_context()
            return await asyncio.get_running_loop().run_in_executor(
                self._pool, lambda: surroundings.run(lambda: work(self._loop()))
            )
        finally:
            self._under_way -= 1
            WAITING.set(self._under_way)

    def _loop(self) -> asyncio.AbstractEventLoop:
        loop: asyncio.AbstractEventLoop | None = getattr(self._own, "loop", None)
        if loop is None:
            loop = self._own.loop = asyncio.new_event_loop()
            self._loops.append(loop)
        return loop

    def close(self) -> None:
        """Finish what runs; take nothing more."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        for loop in self._loops:
            loop.close()
