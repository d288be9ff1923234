"""Trials of loading: a crowd, files that share records, workers that load them and may be killed, and what is there."""

import multiprocessing
import os
import random
import signal
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess
from uuid import UUID

import psycopg
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from mvne_cli.installation import Installation
from mvne_platform import charging
from mvne_platform.charging import columns, jobs
from mvne_platform.charging.columns import advancing
from mvne_platform.charging.columns.arrays import Ints
from mvne_platform.charging.columns.rated import Prepared
from mvne_platform.runtime import Context, brand_work
from mvne_platform.runtime.db import app_engine
from mvne_platform.runtime.models import JobRow
from mvne_workers import runner
from mvne_workers.faults import LOADING_STEPS
from tests.faults.trial import BRAND
from tests.platform.charging import crowd
from tests.platform.charging.shop import receive, reconcile, state_hash

KILLED_AT = LOADING_STEPS
NOW = datetime(2026, 10, 20, 12, tzinfo=UTC)
ROWS, CHUNK = 420, 90
WORKERS = 2
# A killed worker's file is taken up after so long.
LEASE = timedelta(seconds=0.3)
processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["tests.faults.loading"])

_EMPTY = (
    "rated_event, usage_chunk, usage_exception, counter, usage_notice, late_usage, fact_position, outbox, fact, job,"
    " usage_file, partial_call, rerating_run, rerated_event, rerating_change"
)
_RESET = (
    f"TRUNCATE {_EMPTY} CASCADE",
    "DELETE FROM ledger_entry WHERE reason IN ('usage', 'rerating')",
    "DELETE FROM bucket b WHERE NOT EXISTS (SELECT FROM bucket_before o WHERE o.id = b.id)",
    "UPDATE bucket b SET amount = o.amount FROM bucket_before o WHERE o.id = b.id",
    "UPDATE purse SET rated_until = NULL",
)


class Trial:
    """Two files with the crowd's records, the second of which repeats some of the first."""

    def __init__(self, installation: Installation, seed: int, number: int, *, planted: bool = False) -> None:
        """`planted`: the loader has a fault (see `plant`)."""
        self._installation = installation
        if number == 0:
            open_crowd(installation)
        lines = crowd.records(random.Random(seed), ROWS)
        self._files = (lines[: ROWS * 2 // 3], lines[ROWS // 2 :])
        # One trial in three goes row by row.
        terms = {"TRIAL_AS_ROWS": str(int(number % 3 == 2)), "TRIAL_PLANTED": str(int(planted))}
        self._environment = dict(os.environ) | terms

    def uninterrupted(self) -> str:
        """Load in one process that nobody kills; answers the state, and forgets it."""
        self._receive()
        worker = self._start()
        worker.join(120)
        assert worker.exitcode == 0
        state = self.state()
        self.clear()
        return state

    def interrupted(self, plan: str, chance: random.Random) -> bool:
        """Load while workers are killed as planned, until others have finished; answers whether one was."""
        self._receive()
        if plan == "database":
            killed = self._with_database_killed(chance)
        elif plan == "instant":
            killed = self._with_worker_killed(chance)
        else:
            killed = self._with_point_armed(plan, chance)
        self._finish()
        return killed

    def state(self) -> str:
        """The hash of rows, balances, buckets and counters; every row is accounted for."""
        with brand_work(BRAND) as ctx:
            for (file_id,) in ctx.db.connection().exec_driver_sql("SELECT id FROM usage_file"):
                reconcile(ctx, file_id)
            assert ctx.db.connection().exec_driver_sql("SELECT count(*) FROM job").scalar() == 0
            return state_hash(ctx)

    def clear(self) -> None:
        """Put everything back to before the load."""
        statements(self._installation, *_RESET)

    def _receive(self) -> None:
        with brand_work(BRAND) as ctx:
            for number, lines in enumerate(self._files):
                file = receive(ctx, *lines, name=f"{number}.csv", header=crowd.HEADER)
                charging.start_load(ctx, file.id)

    def _start(self, armed: dict[str, str] | None = None) -> BaseProcess:
        process = processes.Process(target=work, args=(self._environment | (armed or {}),))
        process.start()
        return process

    def _with_point_armed(self, point: str, chance: random.Random) -> bool:
        """One in two trials has another worker beside the one that will die."""
        after, beside = chance.randint(1, 5), chance.random() < 0.5
        workers = [self._start({"MVNE_FAULT_STEP": point, "MVNE_FAULT_AFTER": str(1 if beside else after)})]
        if beside:
            time.sleep(0.2)
            workers.append(self._start())
        for worker in workers:
            worker.join(120)
        return workers[0].exitcode == -signal.SIGKILL

    def _with_worker_killed(self, chance: random.Random) -> bool:
        workers = [self._start() for _ in range(WORKERS)]
        self._wait_for_rows(chance)
        victim = workers[0]
        with suppress(ProcessLookupError):
            os.kill(victim.pid or 0, signal.SIGKILL)
        for worker in workers:
            worker.join(120)
        return victim.exitcode == -signal.SIGKILL

    def _with_database_killed(self, chance: random.Random) -> bool:
        workers = [self._start() for _ in range(WORKERS)]
        self._wait_for_rows(chance)
        self._installation.postgres.kill()
        for worker in workers:
            worker.join(120)
        self._installation.postgres.ensure_running()
        app_engine().dispose()
        return any(worker.exitcode != 0 for worker in workers)

    def _wait_for_rows(self, chance: random.Random) -> None:
        """Until a worker has begun, and a little longer."""
        begun = "SELECT count(*) FROM usage_chunk"
        with psycopg.connect(
            self._installation.postgres.ensure_running().dsn_of("mvne"), autocommit=True
        ) as connection:
            connection.execute(f"SET search_path TO {BRAND}")
            until = time.monotonic() + 60
            while time.monotonic() < until and connection.execute(begun).fetchone() == (0,):
                time.sleep(0.002)
        time.sleep(chance.uniform(0.0, 0.15))

    def _finish(self) -> None:
        """What a scheduler does after a death: leases end, and what is still there is sent again."""
        statements(self._installation, "UPDATE job SET leased_until = NULL, relayed_at = NULL WHERE failed_at IS NULL")
        worker = self._start()
        worker.join(120)
        assert worker.exitcode == 0


def open_crowd(installation: Installation) -> None:
    """The crowd in the demo brand, whose clock stands; what its buckets held is remembered."""
    with psycopg.connect(installation.postgres.ensure_running().dsn_of("mvne")) as connection:
        connection.execute("UPDATE platform.brand SET clock_at = %s WHERE slug = %s", [NOW, BRAND])
    with brand_work(BRAND) as ctx:
        crowd.open_crowd(ctx)
    statements(
        installation, "CREATE TABLE bucket_before AS TABLE bucket", "TRUNCATE job, outbox, fact_position, fact CASCADE"
    )


def statements(installation: Installation, *texts: str) -> None:
    """Run statements in the brand's schema as the superuser."""
    with psycopg.connect(installation.postgres.ensure_running().dsn_of("mvne")) as connection:
        connection.execute(f"SET search_path TO {BRAND}")
        for statement in texts:
            connection.execute(statement.encode())


def work(environment: dict[str, str]) -> None:
    """A process's life: run jobs until none is left, or until it is killed or the database is away.

    The oldest job comes first, for all workers: which file is loaded first decides who pays with the last of a bucket.
    """
    os.environ.clear()
    os.environ.update(environment)
    charging.load_chunk.__kwdefaults__["size"] = CHUNK
    columns.CHUNK_ROWS = CHUNK
    jobs.COLUMNS_FROM_BYTES = 1 << 60 if environment["TRIAL_AS_ROWS"] == "1" else 0
    runner.STEP_LEASE = LEASE
    if environment["TRIAL_PLANTED"] == "1":
        plant()
    try:
        while (job_id := _oldest_job()) is not None:
            if runner.run_job(BRAND, job_id).state is runner.State.ELSEWHERE:
                time.sleep(0.02)
    except OperationalError:
        os._exit(3)


def plant() -> None:
    """Rated events are committed before what they move: a chunk that dies in between moves nothing for them."""
    whole = advancing.note

    def note(ctx: Context, rated: Prepared, rows: Ints) -> None:
        whole(ctx, rated, rows)
        ctx.db.commit()

    advancing.note = note


def _oldest_job() -> UUID | None:
    with brand_work(BRAND) as ctx:
        return ctx.db.scalar(select(JobRow.id).order_by(JobRow.id).limit(1))
