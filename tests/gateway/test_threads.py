"""Operations run in a few threads, each with its own event loop; more than can wait are turned away at once."""

import asyncio
import contextvars
import threading

import pytest

from mvne_gateway.threads import Overloaded, Threads

WHO = contextvars.ContextVar("who", default="nobody")


def test_work_runs_in_its_threads_with_the_callers_surroundings() -> None:
    async def story() -> tuple[str, str, bool]:
        threads = Threads(1, waiting=1)
        WHO.set("me")
        try:
            seen = await threads.run(lambda loop: (WHO.get(), threading.current_thread().name, loop.is_running()))
        finally:
            threads.close()
        return seen

    who, name, running = asyncio.run(story())
    assert (who, running) == ("me", False)
    assert name.startswith("graphql")


def test_each_thread_keeps_its_loop() -> None:
    async def story() -> set[int]:
        threads = Threads(1, waiting=9)
        try:
            return {id(await threads.run(lambda loop: loop)) for _ in range(3)}
        finally:
            threads.close()

    assert len(asyncio.run(story())) == 1


def test_what_cannot_wait_is_turned_away_and_room_comes_back() -> None:
    async def story() -> str:
        threads, go_on = Threads(1, waiting=1), threading.Event()
        try:
            running = [asyncio.create_task(threads.run(lambda _: go_on.wait(10))) for _ in range(2)]
            await asyncio.sleep(0)
            with pytest.raises(Overloaded):
                await threads.run(lambda _: "turned away")
            go_on.set()
            await asyncio.gather(*running)
            return await threads.run(lambda _: "room again")
        finally:
            threads.close()

    assert asyncio.run(story()) == "room again"
