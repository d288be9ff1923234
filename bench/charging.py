"""Online charging beside pgbench on the same server: durable answers per second.

Ours is a front end over prepaid lines with the price list, the host contract and the number data of a demo brand; each
client waits for its answer before it asks again. What is charged is booked after a round, outside the stopwatch;
`charging.booked.c32` counts what is answered and booked, with the booking process at work beside it.
"""

import asyncio
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import uvloop

from bench.ceilings.pgbench import Pgbench
from bench.charging_lines import open_lines, usage_file
from bench.measure import Result, paces
from bench.place import BRAND, Place
from bench.processes import accepts, free_port, running
from mvne_charging.front import Front
from mvne_charging.server import SWITCH_SECONDS
from mvne_charging.settler import settle_brand
from mvne_cli.commands.simulate import access_of
from mvne_platform.catalogue import Service
from mvne_platform.charging.online import ChargeRequest, Usage
from mvne_platform.charging.online import Result as Answered
from mvne_platform.kernel import uuid7
from mvne_platform.mediation import Identifier
from mvne_platform.runtime.work import find_brand

LINES = 10_000
SECONDS = 4.0
CLIENTS = 32
# So many rounds' time until the load generator has met nearly all lines.
WARM_UP = 6
ROWS = 1_500_000
# Of an answer, a booking and an event as ours writes them, in bytes.
SIZES = (275, 175, 430)
# So many numbers are written to: a price is remembered by what a price list looks at, not by number.
NUMBERS = 5_000
Charging = Callable[[int, float], float]


class NotGranted(Exception):
    """A charge was refused: the figure would be of something else."""


def c32(place: Place, lines: int = LINES, seconds: float = SECONDS) -> Result:
    """Charges by 32 clients ÷ simple updates by 32."""
    return _beside_simple_update("charging.c32", place, lines, CLIENTS, seconds)


def c1(place: Place, lines: int = LINES, seconds: float = SECONDS) -> Result:
    """Charges by one client ÷ simple updates by one."""
    return _beside_simple_update("charging.c1", place, lines, 1, seconds)


def same(place: Place, lines: int = LINES, seconds: float = SECONDS) -> Result:
    """Charges by 32 clients ÷ 32 clients of pgbench calling the same function with one charge each."""
    pgbench, numbers = _pgbench(place), open_lines(place.superuser_dsn, lines)

    def ceiling() -> float:
        try:
            return pgbench.same_function(BRAND, lines, SIZES, CLIENTS, seconds)
        finally:
            pgbench.forget_charges(BRAND)

    with _front(numbers, reread=True) as charge:
        return paces("charging.c32.same", "charges/s", lambda: charge(CLIENTS, seconds), ceiling)


def booked(place: Place, lines: int = LINES, seconds: float = SECONDS) -> Result:
    """Charges by 32 clients, until all are booked ÷ simple updates by 32."""
    pgbench, numbers = _pgbench(place), open_lines(place.superuser_dsn, lines)
    with _front(numbers, settle=False) as charge, _settler(place):

        def ours() -> float:
            started = time.perf_counter()
            charged = charge(CLIENTS, seconds) * seconds
            settle_brand(BRAND)
            return charged / (time.perf_counter() - started)

        return paces("charging.booked.c32", "charges/s", ours, lambda: pgbench.simple_update(CLIENTS, seconds))


def http(place: Place, lines: int = LINES, seconds: float = SECONDS) -> Result:
    """The same behind HTTP: `mvne charging`, which books meanwhile, and the load generator, each its own process."""
    pgbench, numbers = _pgbench(place), open_lines(place.superuser_dsn, lines)
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if name.startswith("MVNE_")}
    command = ["-m", "mvne_cli.main", "charging", "--port", str(port)]
    with running("charging", command, environment=environment, logs=place.logs, ready=lambda: accepts(port)):
        ask = _load_generator(place, numbers, port)
        ask(WARM_UP * seconds)  # by then nearly all lines are known
        return paces(
            "charging.http.c32", "charges/s", lambda: ask(seconds), lambda: pgbench.simple_update(CLIENTS, seconds)
        )


def during_batch(place: Place, lines: int = LINES, rows: int = ROWS) -> Result:
    """Charges by 32 clients while a file of the same lines' usage is loaded ÷ the same without."""
    numbers = open_lines(place.superuser_dsn, lines)
    with _front(numbers) as charge:

        def ours() -> float:
            with usage_file(place, numbers, rows) as loading:
                rate = charge(CLIENTS, SECONDS)
                if loading.poll() is not None:
                    raise TimeoutError("The file was loaded before the round was over; give it more rows.")
                return rate

        return paces("charging.during_batch", "charges/s", ours, lambda: charge(CLIENTS, SECONDS), rounds=3)


def _beside_simple_update(name: str, place: Place, lines: int, clients: int, seconds: float) -> Result:
    pgbench, numbers = _pgbench(place), open_lines(place.superuser_dsn, lines)
    with _front(numbers) as charge:
        return paces(
            name, "charges/s", lambda: charge(clients, seconds), lambda: pgbench.simple_update(clients, seconds)
        )


def _pgbench(place: Place) -> Pgbench:
    return Pgbench(place.installation.postgres.program("pgbench"), place.superuser_dsn, place.scratch)


@contextmanager
def _front(numbers: Sequence[str], *, settle: bool = True, reread: bool = False) -> Iterator[Charging]:
    """A front end that knows its lines; answers how many charges a second clients get, and books them afterwards.

    `reread` has it read all lines again before each round, for somebody else has moved their purses.
    """
    usual = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    usages = _usages(numbers)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner, ThreadPoolExecutor(4) as pool:

        async def opened() -> Front:
            return Front(find_brand(BRAND), pool)

        front = runner.run(opened())
        runner.run(_once_each(front, usages))

        def charge(clients: int, seconds: float) -> float:
            if reread:
                runner.run(_once_each(front, usages))
            try:
                return runner.run(_charge(front, usages, clients, seconds))
            finally:
                if settle:
                    settle_brand(BRAND)

        yield charge
        runner.run(front.close())
    settle_brand(BRAND)
    sys.setswitchinterval(usual)


def _usages(numbers: Sequence[str]) -> list[Usage]:
    chance = random.Random(32)
    others = [f"+4520{chance.randrange(10**6):06}" for _ in range(NUMBERS)]
    return [Usage(Identifier("msisdn", number), Service.SMS_OUT, chance.choice(others)) for number in numbers]


async def _once_each(front: Front, usages: Sequence[Usage]) -> None:
    for start in range(0, len(usages), 500):
        asked: list[Awaitable[object]] = [
            front.ask(ChargeRequest(uuid7(), one, 1)) for one in usages[start : start + 500]
        ]
        await asyncio.gather(*asked)


async def _charge(front: Front, usages: Sequence[Usage], clients: int, seconds: float) -> float:
    """Charges a second that `clients` get, each waiting for its answer."""
    granted = b'"result":"%s"' % Answered.GRANTED.value.encode()
    answered = 0
    started = time.perf_counter()

    async def client(number: int) -> None:
        nonlocal answered
        choice = random.Random(number).choice
        while time.perf_counter() - started < seconds:
            reply = await front.ask(ChargeRequest(uuid7(), choice(usages), 1))
            if granted not in reply.body:
                raise NotGranted(reply.body.decode())
            answered += 1

    await asyncio.gather(*(client(number) for number in range(clients)))
    return answered / (time.perf_counter() - started)


@contextmanager
def _settler(place: Place) -> Iterator[None]:
    """The booking process, as `mvne charging` runs it."""
    code = "import threading; from mvne_charging.settler import run_settler; run_settler(threading.Event())"
    environment = {name: value for name, value in os.environ.items() if name.startswith("MVNE_")}
    with running("settler", ["-c", code], environment=environment, logs=place.logs, ready=lambda: True):
        time.sleep(3.0)
        yield


def _load_generator(place: Place, numbers: Sequence[str], port: int) -> Callable[[float], float]:
    """The load generator as a process; answers requests a second."""
    host, token = access_of(BRAND)
    place.scratch.mkdir(parents=True, exist_ok=True)
    subscribers = place.scratch / "charging.json"
    subscribers.write_text(json.dumps(list(numbers)), encoding="utf-8")
    command = [sys.executable, "-m", "mvne_simulators", "charging-load", "--url", f"http://127.0.0.1:{port}"]
    command += ["--host", host, "--subscribers", str(subscribers), "--clients", str(CLIENTS), "--to", "+4520111222"]

    def ask(seconds: float) -> float:
        done = subprocess.run(
            [*command, "--duration", str(seconds), "--seed", str(time.time_ns() % 10**6)],
            env=os.environ | {"MVNE_SIMULATOR_TOKEN": token},
            capture_output=True,
            text=True,
            check=True,
        )
        said = json.loads(done.stdout)
        if set(said["results"]) != {"granted"}:
            raise NotGranted(str(said["results"]))
        return float(said["per_second"])

    return ask
