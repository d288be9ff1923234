"""Front end and database killed with SIGKILL again and again under load: what clients were told is what is stored.

The load generator repeats what was not answered under the same id and keeps a log of every answer; top-ups go on
meanwhile. Afterwards the log is compared with the database, request by request.
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
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError

from mvne_charging.settler import end_sessions, settle_brand
from mvne_cli.installation import Installation, free_ports
from mvne_platform.catalogue import PaymentMode
from mvne_platform.runtime import brand_work
from mvne_simulators.charging import load as loads
from mvne_simulators.charging.http_client import Server
from mvne_simulators.charging.journal import Journal
from tests.faults.trial import BRAND
from tests.gateway.wire import client_token
from tests.platform.charging.shop import open_line
from tests.platform.charging_online.desk import check_books, check_nothing_held, give_money
from tests.plugins.database import forget

SEED = 20261123
KILLS = {"front end": 6, "database": 4}
LINES = 24
TOP_UP = 1_000_000


@dataclass
class Charging:
    """The front end as a process that can be killed."""

    port: int
    log: Path
    process: subprocess.Popen[bytes] | None = None
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


@contextmanager
def in_background(work: Any) -> Iterator[None]:
    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def open_lines() -> dict[str, UUID]:
    with brand_work(BRAND) as ctx:
        made = {}
        for number in range(LINES):
            msisdn = f"+456200{number:04}"
            made[msisdn] = open_line(ctx, msisdn, PaymentMode.PREPAID, price_list="fjord-2026")
            give_money(ctx, made[msisdn], 20_000_000)
        return made


def kill_now_and_then(charging: Charging, installation: Installation, over: threading.Event) -> None:
    chance = random.Random(SEED)
    what = [name for name, count in KILLS.items() for _ in range(count)]
    chance.shuffle(what)
    for name in what:
        time.sleep(chance.uniform(0.4, 1.6))
        if name == "database":
            installation.postgres.kill()
            installation.postgres.ensure_running()
        else:
            charging.kill()
            charging.start()
        charging.killed[name] += 1
    time.sleep(1.0)
    over.set()


def top_up_now_and_then(lines: dict[str, UUID], given: Counter[UUID], over: threading.Event) -> None:
    chance = random.Random(SEED + 1)
    while not over.wait(0.05):
        line = chance.choice([*lines.values()])
        try:
            with brand_work(BRAND) as ctx:
                give_money(ctx, line, TOP_UP)
            given[line] += 1
        except DBAPIError:  # killed in the middle: nobody was told that it was done
            forget()


@pytest.mark.fault
def test_what_clients_were_told_is_what_is_stored(
    installation: Installation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = open_lines()
    token = client_token(("charging",), brand=BRAND, lifetime=timedelta(hours=1))
    charging = Charging(free_ports(["charging"])["charging"], tmp_path / "charging.log")
    charging.start()
    over = threading.Event()
    given: Counter[UUID] = Counter()
    log = tmp_path / "told.jsonl"
    try:
        with (
            in_background(lambda: kill_now_and_then(charging, installation, over)),
            in_background(lambda: top_up_now_and_then(lines, given, over)),
        ):
            repeats = asyncio.run(
                ask_until(over, Server("127.0.0.1", charging.port, f"{BRAND}.localhost", token), lines, log)
            )
    finally:
        charging.kill()
    settle_everything()

    told = [json.loads(line) for line in log.read_text().splitlines()]
    with capsys.disabled():
        answers = Counter((one["what"], (one["answer"] or {}).get("result")) for one in told)
        sys.stdout.write(f"\nkilled: {dict(charging.killed)}; repeated {repeats} times; told: {dict(answers)}\n")
    assert charging.killed == KILLS
    assert repeats > 0
    compare(told, installation)


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
                other_party="+4520111222",
                patience_s=120,
                seed=seed,
            )
            await loads.run(server, load, journal)
        return journal.repeats


def settle_everything() -> None:
    forget()
    with brand_work(BRAND) as ctx:
        ctx.db.connection().exec_driver_sql("UPDATE charging_session SET expires_at = started_at - interval '1 hour'")
    end_sessions(BRAND)
    settle_brand(BRAND)


def compare(told: list[dict[str, Any]], installation: Installation) -> None:
    with psycopg.connect(installation.postgres.ensure_running().dsn_of("mvne")) as connection:
        connection.execute(f"SET search_path TO {BRAND}")
        stored = dict(connection.execute("SELECT id, answer FROM online_charge").fetchall())
        booked = connection.execute("SELECT charge_id, quantity, amount_micros FROM rated_event").fetchall()
    events = {charge: (quantity, amount) for charge, quantity, amount in booked}
    assert len(events) == len(booked), "something was booked twice"
    assert all(one["status"] == 200 for one in told), [one for one in told if one["status"] != 200][:3]
    for one in told:
        assert json.loads(stored[UUID(one["answer"]["id"])]) == one["answer"]

    charges = {UUID(one["answer"]["id"]): one["answer"] for one in told if one["what"] == "charge"}
    ends = {UUID(one["answer"]["session"]): one["answer"] for one in told if one["what"] == "release"}
    expected = {key: said for key, said in {**charges, **ends}.items() if said["result"] == "granted" and said["units"]}
    assert {key: (said["units"], micros(said["amount"])) for key, said in expected.items()} == events
    with brand_work(BRAND) as ctx:
        check_books(ctx)
        check_nothing_held(ctx)


def micros(amount: str) -> int:
    whole, _, rest = amount.partition(".")
    return int(whole) * 1_000_000 + int(rest.ljust(6, "0"))
