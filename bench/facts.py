"""`facts.relay`: from a fact's commit until its reaction is done, through the real scheduler and worker."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import psycopg

from bench.ceilings.connections import Connections
from bench.ceilings.facts import Relay
from bench.footprint import Unequal, same_effect
from bench.measure import Result, paces
from bench.place import BRAND, Place
from bench.processes import running
from mvne_platform.kernel import uuid7
from mvne_platform.party import IdentityVerified
from mvne_platform.runtime import brand_work
from mvne_workers.leader import somebody_leads
from mvne_workers.worker import DEFAULT_THREADS

FACTS = 400
PATIENCE_SECONDS = 60.0
_LEFT = f"SELECT (SELECT count(*) FROM {BRAND}.outbox) + (SELECT count(*) FROM {BRAND}.job)"  # noqa: S608  # our own name
_WORKING = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'mvne_app' AND pid <> pg_backend_pid()"
_WORKING += " AND (state = 'active' OR state LIKE 'idle in transaction%')"


def relay(place: Place, count: int = FACTS) -> Result:
    """Facts per second; each has one reaction, which finds nothing to do."""
    with ExitStack() as stack:
        looking = stack.enter_context(psycopg.connect(place.superuser_dsn, autocommit=True))
        processes = [stack.enter_context(_process(place, name)) for name in ("scheduler", "worker")]
        with brand_work(BRAND) as ctx:
            now = ctx.now
        pool = stack.enter_context(ThreadPoolExecutor(DEFAULT_THREADS))
        connections = stack.enter_context(Connections(place.app_dsn))
        bare = Relay(connections, BRAND, now, pool)
        _wait_until_handled(looking)

        def ours() -> float:
            _emit(count)
            started = time.perf_counter()
            _wait_until_handled(looking)
            return count / (time.perf_counter() - started)

        def ceiling() -> float:
            with _paused(processes, looking):
                bare.emit(count)
                started = time.perf_counter()
                done = bare.handle()
                seconds = time.perf_counter() - started
            if done != count:
                raise Unequal(f"The ceiling handled {done} of {count} facts.")
            return count / seconds

        left = same_effect(place.superuser_dsn, [BRAND, "platform"], ours, ceiling)
        if left != {f"{BRAND}.fact": count, f"{BRAND}.fact_position": count}:
            raise Unequal(f"Handling {count} facts left {left}.")
        return paces("facts.relay", "facts/s", ours, ceiling)


def _emit(count: int) -> None:
    with brand_work(BRAND) as ctx:
        for _ in range(count):
            ctx.emit(IdentityVerified(uuid7(), uuid7()))


def _wait_until_handled(looking: psycopg.Connection) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while looking.execute(_LEFT).fetchone() != (0,):
        if time.monotonic() > deadline:
            raise TimeoutError(f"Facts were not handled within {PATIENCE_SECONDS:.0f} s.")
        time.sleep(0.005)


@contextmanager
def _process(place: Place, name: str) -> Iterator[subprocess.Popen[bytes]]:
    arguments = ["-m", "mvne_cli.main", "--data", str(place.installation.data), name]
    environment = {name: value for name, value in os.environ.items() if name.startswith("MVNE_")}
    ready = somebody_leads if name == "scheduler" else (place.logs / "worker.log").exists
    with running(name, arguments, environment=environment, logs=place.logs, ready=ready) as process:
        yield process


@contextmanager
def _paused(processes: list[subprocess.Popen[bytes]], looking: psycopg.Connection) -> Iterator[None]:
    """Stop our processes, between two transactions, so that they neither take the ceiling's facts nor its time."""
    for process in processes:
        _stop_between_transactions(process, looking)
    try:
        yield
    finally:
        for process in processes:
            process.send_signal(signal.SIGCONT)


def _stop_between_transactions(process: subprocess.Popen[bytes], looking: psycopg.Connection) -> None:
    process.send_signal(signal.SIGSTOP)
    time.sleep(0.02)
    while looking.execute(_WORKING).fetchone() != (0,):
        process.send_signal(signal.SIGCONT)
        time.sleep(0.005)
        process.send_signal(signal.SIGSTOP)
        time.sleep(0.02)
