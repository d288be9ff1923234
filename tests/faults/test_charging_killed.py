"""Online charging and files on the same lines at once, everything killed with SIGKILL again and again.

The load generator repeats what was not answered under the same id and keeps a log of every answer. Meanwhile files of
the same lines come in, overlapping, and are loaded; top-ups go on. Front end, the process that books, loader and
PostgreSQL die at random instants. Afterwards log, files and top-ups are compared with the database: every answered
charge is there once, every record is there once, and each line holds to the micro what that leaves.
"""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from mvne_charging.settler import end_sessions, settle_brand
from mvne_cli.installation import Installation, free_ports
from mvne_platform import charging
from mvne_platform.catalogue import PaymentMode
from mvne_platform.charging import online
from mvne_platform.runtime import brand_work
from mvne_simulators.charging import load as loads
from mvne_simulators.charging.http_client import Server
from mvne_simulators.charging.journal import Journal
from tests.faults import loading
from tests.faults.trial import BRAND
from tests.gateway.wire import client_token
from tests.platform.charging.shop import open_line, receive, reconcile
from tests.platform.charging_online.desk import check_books, check_nothing_held, give_money, usage
from tests.plugins.database import forget

SEED = 20261123
KILLS = {"front end": 5, "settler": 3, "loader": 6, "database": 5}
LINES = 24
GIVEN = 2_000_000_000
TOP_UP = 1_000_000
CALLED = "+4520111222"
# Of a file's records so many are new, and so many are the first ones of the file before.
RECORDS, REPEATED = 150, 50


@dataclass
class Charging:
    """The front end as a process that can be killed, and the loader beside it."""

    port: int
    log: Path
    process: subprocess.Popen[bytes] | None = None
    loader: BaseProcess | None = None
    killed: Counter[str] = field(default_factory=Counter)

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "mvne_cli.main", "charging", "--port", str(self.port)],
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(os.environ),
                start_new_session=True,
            )

    def kill(self) -> None:
        """The whole of it: the one that answers and the one that books."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def kill_settler(self) -> bool:
        """Only the one that books; answers whether it was there."""
        assert self.process is not None
        for pid in children(self.process.pid):
            with suppress(FileNotFoundError, ProcessLookupError):
                if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    os.kill(pid, signal.SIGKILL)
                    return True
        return False

    def kill_loader(self) -> bool:
        """A loader at work; answers whether there was one."""
        worker = self.loader
        if worker is None or worker.pid is None:
            return False
        with suppress(ProcessLookupError):
            os.kill(worker.pid, signal.SIGKILL)
            return True
        return False


def children(pid: int) -> list[int]:
    """The processes that any thread of a process has started."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += map(int, task.read_text().split())
    return found


@contextmanager
def in_background(over: threading.Event, *works: Callable[[], None]) -> Iterator[None]:
    """Do these beside, until `over`; what goes wrong in them fails the test."""
    with ThreadPoolExecutor(len(works)) as pool:
        doing = [pool.submit(work) for work in works]
        try:
            yield
        finally:
            over.set()
    for one in doing:
        one.result()


def open_lines() -> dict[str, UUID]:
    with brand_work(BRAND) as ctx:
        made = {}
        for number in range(LINES):
            msisdn = f"+456200{number:04}"
            made[msisdn] = open_line(ctx, msisdn, PaymentMode.PREPAID, price_list="fjord-2026")
            give_money(ctx, made[msisdn], GIVEN)
        return made


def kill_now_and_then(charging_: Charging, installation: Installation, over: threading.Event) -> None:
    chance = random.Random(SEED)
    what = [name for name, count in KILLS.items() for _ in range(count)]
    chance.shuffle(what)
    try:
        for name in what:
            time.sleep(chance.uniform(0.6, 2.2))
            kill_one(name, charging_, installation)
            charging_.killed[name] += 1
        time.sleep(1.0)
    finally:
        over.set()


def kill_one(name: str, charging_: Charging, installation: Installation) -> None:
    """Kill it now, or as soon as it is there."""
    if name == "database":
        installation.postgres.kill()
        installation.postgres.ensure_running()
    elif name == "front end":
        charging_.kill()
        charging_.start()
    else:
        kill = charging_.kill_settler if name == "settler" else charging_.kill_loader
        until = time.monotonic() + 60
        while not kill():
            assert time.monotonic() < until, f"There never was a {name} to kill."
            time.sleep(0.005)


def top_up_now_and_then(lines: dict[str, UUID], given: Counter[UUID], over: threading.Event) -> None:
    chance = random.Random(SEED + 1)
    while not over.wait(0.05):
        line = chance.choice([*lines.values()])
        try:
            with brand_work(BRAND) as ctx:
                give_money(ctx, line, TOP_UP)
            given[line] += 1
        except DBAPIError:  # killed in the middle: nobody was told that it was done
            continue


def records(number: int, at: str) -> list[str]:
    """A file's records, the same whenever it is asked for; the last ones were in the file before."""
    chance = random.Random(f"{SEED}/{number}")
    new = [
        f"{number}-{row},sms_out,+456200{chance.randrange(LINES):04},,{CALLED},{at},,,1,,," for row in range(RECORDS)
    ]
    return new + (records(number - 1, at)[:REPEATED] if number else [])


def send_files_now_and_then(at: str, received: list[int], over: threading.Event) -> None:
    number = 0
    while not over.wait(0.2):
        try:
            with brand_work(BRAND) as ctx:
                file = receive(ctx, *records(number, at), name=f"{number}.csv")
                charging.start_load(ctx, file.id)
            received.append(number)
        except DBAPIError:  # it may have come or not: what is there is asked in the end
            pass
        number += 1


def load_again_and_again(charging_: Charging, over: threading.Event) -> None:
    while not over.wait(0.02):
        charging_.loader = worker = loader()
        worker.join()
        charging_.loader = None


def loader() -> BaseProcess:
    process = loading.processes.Process(
        target=loading.work, args=(dict(os.environ) | {"TRIAL_AS_ROWS": "1", "TRIAL_PLANTED": "0"},)
    )
    process.start()
    return process


@pytest.mark.fault
def test_charges_and_records_are_booked_once_whoever_is_killed_when(
    installation: Installation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = open_lines()
    with brand_work(BRAND) as ctx:
        at = f"{ctx.now - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
    token = client_token(("charging",), brand=BRAND, lifetime=timedelta(hours=1))
    charging_ = Charging(free_ports(["charging"])["charging"], tmp_path / "charging.log")
    charging_.start()
    over = threading.Event()
    given: Counter[UUID] = Counter()
    received: list[int] = []
    log = tmp_path / "told.jsonl"
    try:
        with in_background(
            over,
            lambda: kill_now_and_then(charging_, installation, over),
            lambda: top_up_now_and_then(lines, given, over),
            lambda: send_files_now_and_then(at, received, over),
            lambda: load_again_and_again(charging_, over),
        ):
            server = Server("127.0.0.1", charging_.port, f"{BRAND}.localhost", token)
            repeats = asyncio.run(ask_until(over, server, lines, log))
    finally:
        charging_.kill()
    settle_everything(installation)

    told = [json.loads(line) for line in log.read_text().splitlines()]
    with capsys.disabled():
        answers = Counter((one["what"], (one["answer"] or {}).get("result")) for one in told)
        sys.stdout.write(f"\nkilled: {dict(charging_.killed)}; {len(received)} files; repeated {repeats} times; ")
        sys.stdout.write(f"told: {dict(answers)}\n")
    assert charging_.killed == KILLS
    assert repeats > 0
    charged = compare_charges(told, installation)
    used = compare_records(lines, received, at)
    compare_money(lines, given, charged + used)


async def ask_until(over: threading.Event, server: Server, lines: dict[str, UUID], log: Path) -> int:
    """Rounds of load until everything was killed that should be."""
    seed = 0
    with Journal(log) as journal:
        while not over.is_set():
            seed += 1
            load = loads.Load(
                tuple(lines),
                clients=8,
                duration_s=1.0,
                sessions=0.3,
                other_party=CALLED,
                patience_s=120,
                seed=seed,
            )
            await loads.run(server, load, journal)
        return journal.repeats


def settle_everything(installation: Installation) -> None:
    """Load what is still there, end all sessions, book everything."""
    forget()
    loading.statements(installation, "UPDATE job SET leased_until = NULL, relayed_at = NULL WHERE failed_at IS NULL")
    worker = loader()
    worker.join(120)
    assert worker.exitcode == 0
    with brand_work(BRAND) as ctx:
        ctx.db.connection().exec_driver_sql("UPDATE charging_session SET expires_at = started_at - interval '1 hour'")
    end_sessions(BRAND)
    settle_brand(BRAND)


def compare_charges(told: list[dict[str, Any]], installation: Installation) -> Counter[UUID]:
    """Every answer is stored as it was told, and what was granted is booked once; answers what lines were charged."""
    with psycopg.connect(installation.postgres.ensure_running().dsn_of("mvne")) as connection:
        connection.execute(f"SET search_path TO {BRAND}")
        stored = dict(connection.execute("SELECT id, answer FROM online_charge").fetchall())
        booked = connection.execute(
            "SELECT charge_id, quantity, amount_micros FROM rated_event WHERE charge_id IS NOT NULL"
        ).fetchall()
    events = {charge: (quantity, amount) for charge, quantity, amount in booked}
    assert len(events) == len(booked), "something was booked twice"
    assert all(one["status"] == 200 for one in told), [one for one in told if one["status"] != 200][:3]
    for one in told:
        assert json.loads(stored[UUID(one["answer"]["id"])]) == one["answer"]

    charges = {UUID(one["answer"]["id"]): one["answer"] for one in told if one["what"] == "charge"}
    ends = {UUID(one["answer"]["session"]): one["answer"] for one in told if one["what"] == "release"}
    expected = {key: said for key, said in {**charges, **ends}.items() if said["result"] == "granted" and said["units"]}
    assert {key: (said["units"], micros(said["amount"])) for key, said in expected.items()} == events
    charged: Counter[UUID] = Counter()
    for said in expected.values():
        charged[UUID(said["subscription"])] += micros(said["amount"])
    return charged


def compare_records(lines: dict[str, UUID], received: list[int], at: str) -> Counter[UUID]:
    """Every record of every file that came is rated once; answers what lines were charged for them."""
    with brand_work(BRAND) as ctx:
        price = online.price(ctx, usage("sms_out", CALLED, next(iter(lines))), 1).amount_micros
        files = ctx.db.execute(text("SELECT id, name FROM usage_file")).all()
        for file in files:
            reconcile(ctx, file.id)
        found = Counter(
            dict(
                ctx.db.execute(
                    text(
                        "SELECT subscription_id, sum(debited_micros) FROM rated_event WHERE file_id IS NOT NULL"
                        " AND status = 'rated' GROUP BY 1"
                    )
                ).all()
            )
        )
    numbers = {int(file.name.removesuffix(".csv")) for file in files}
    assert numbers.issuperset(received)
    came = {row for number in numbers for row in records(number, at)}
    used = Counter(lines[row.split(",")[2]] for row in came)
    assert found == Counter({line: count * price for line, count in used.items()})
    return found


def compare_money(lines: dict[str, UUID], given: Counter[UUID], used: Counter[UUID]) -> None:
    """What lines hold is what they were given less what they used; books agree, and nothing is held any more."""
    with brand_work(BRAND) as ctx:
        held = dict(ctx.db.execute(text("SELECT subscription_id, amount FROM bucket WHERE code = 'main'")).all())
        topped_up = dict(
            ctx.db.execute(
                text(
                    "SELECT b.subscription_id, sum(e.delta) FROM ledger_entry e JOIN bucket b ON b.id = e.bucket_id"
                    " WHERE e.reason = 'top_up' GROUP BY 1"
                )
            ).all()
        )
        check_books(ctx)
        check_nothing_held(ctx)
    for line in lines.values():
        # A top-up that was cut off may have been done all the same.
        assert topped_up[line] >= GIVEN + given[line] * TOP_UP
        assert held[line] == topped_up[line] - used[line]


def micros(amount: str) -> int:
    whole, _, rest = amount.partition(".")
    return int(whole) * 1_000_000 + int(rest.ljust(6, "0"))
