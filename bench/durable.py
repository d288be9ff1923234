"""`rating.durable`: from a CSV file to rated rows, balances, buckets and counters on disk.

The ceiling is COPY of the very same rows, encoded beforehand, into the same keyed table, in transactions of the same
number of rows. `BENCH_EVENTS=10000000` measures the large file.
"""

import os
import resource
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Self
from uuid import UUID

import psycopg

from bench.ceilings.durable import Rows, copy_all, take_rows
from bench.durable_lines import number, open_lines
from bench.footprint import Unequal
from bench.measure import Result, paces
from bench.place import BRAND, Place
from mvne_platform import mediation
from mvne_platform.charging import columns
from mvne_platform.runtime import brand_work

EVENTS = int(os.environ.get("BENCH_EVENTS", "1000000"))
SUBSCRIBERS = int(os.environ.get("BENCH_SUBSCRIBERS", "10000"))
ROUNDS = 3
DAYS = 3
HEADER = "record_id,service,subscriber,imsi,other_party,start,duration_s,bytes,count,visited_network,answered,cause"
_RANGES = ("20", "30", "40", "51", "61")
# The peak is counted in kilobytes by the operating system.
_KILO = 1024


def durable(place: Place, events: int = EVENTS, subscribers: int = SUBSCRIBERS) -> Result:
    """Events per second, each round from the same balances."""
    place.scratch.mkdir(parents=True, exist_ok=True)
    with brand_work(BRAND) as ctx:
        day = ctx.now
    open_lines(place.superuser_dsn, subscribers)
    path = _write(place.scratch / "usage.csv", events, subscribers, day)
    with _Stage(place, path) as stage:
        rows = stage.first_load()
        if rows.count != events:
            raise Unequal(f"{rows.count} of {events} events were rated.")
        result = paces("rating.durable", "events/s", stage.load, lambda: stage.copy(rows), ROUNDS)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // _KILO
    print(f"rating.durable: {events:,} events of {subscribers:,} subscribers, at most {peak:,} MB")
    return result


class _Stage:
    """The file and the tables, put back to where they were before each round."""

    def __init__(self, place: Place, path: Path) -> None:
        self._dsn = place.superuser_dsn
        self._path = path

    def __enter__(self) -> Self:
        with psycopg.connect(self._dsn) as connection:
            connection.execute(f"CREATE TABLE {BRAND}.bucket_before AS TABLE {BRAND}.bucket")
        return self

    def __exit__(self, *_: object) -> None:
        self._reset()

    def first_load(self) -> Rows:
        """Load once, and keep the rows that came of it for the ceiling."""
        self.load()
        return take_rows(self._dsn, BRAND, self._path.parent)

    def load(self) -> float:
        """Events per second of ours."""
        self._reset()
        with brand_work(BRAND) as ctx:
            file = mediation.receive_file(ctx, name="usage.csv", format="mvne-csv", content_path=self._path)
        begun = time.perf_counter()
        rows = load_file(file.id)
        return rows / (time.perf_counter() - begun)

    def copy(self, rows: Rows) -> float:
        """Events per second of the ceiling."""
        self._reset()
        begun = time.perf_counter()
        copy_all(self._dsn, BRAND, rows)
        return rows.count / (time.perf_counter() - begun)

    def _reset(self) -> None:
        with psycopg.connect(self._dsn) as connection:
            connection.execute(f"SET search_path TO {BRAND}")
            connection.execute(
                "TRUNCATE rated_event, usage_chunk, usage_exception, counter, usage_notice, late_usage, fact_position,"
                " outbox, fact CASCADE"
            )
            connection.execute("DELETE FROM ledger_entry WHERE reason = 'usage'")
            connection.execute(
                "UPDATE bucket b SET amount = o.amount FROM bucket_before o WHERE o.id = b.id AND o.amount <> b.amount"
            )
            connection.execute("UPDATE purse SET rated_until = NULL WHERE rated_until IS NOT NULL")
            connection.execute("DELETE FROM usage_file")
        with psycopg.connect(self._dsn, autocommit=True) as connection:
            for table in ("purse", "bucket", "ledger_entry", "subscription_identifier", "product", "subscription"):
                connection.execute(f"VACUUM ANALYZE {BRAND}.{table}")
            connection.execute("CHECKPOINT")


def load_file(file_id: UUID) -> int:
    """Load a file as the worker does: a transaction for each chunk."""
    ahead = columns.Ahead(placing=True)
    rows, finished = 0, False
    while not finished:
        with brand_work(BRAND) as ctx:
            loaded = columns.load_columns(ctx, file_id, ahead)
        rows, finished = rows + loaded.rows, loaded.finished
    ahead.close()
    return rows


def _write(path: Path, events: int, subscribers: int, end: datetime) -> Path:
    """A file as a switch writes it, by the end of events: the same numbers draw the same."""
    chance = Random(26)
    begin = int((end - timedelta(days=DAYS)).timestamp())
    span = DAYS * 86_400
    with path.open("w", encoding="ascii") as file:
        file.write(f"{HEADER}\n")
        for event in range(events):
            start = datetime.fromtimestamp(begin + event * span // events, UTC)
            file.write(_record(chance, event, number(chance.randint(1, subscribers)), f"{start:%Y-%m-%dT%H:%M:%SZ}"))
    return path


def _record(chance: Random, event: int, subscriber: str, start: str) -> str:
    called = f"+45{chance.choice(_RANGES)}{chance.randrange(1_000_000):06}"
    match chance.randrange(10):
        case 0 | 1 | 2 | 3:
            return f"e{event},data,{subscriber},,,{start},,{chance.randrange(8_000_000)},,,,\n"
        case 4 | 5:
            return f"e{event},sms_out,{subscriber},,{called},{start},,,1,,,\n"
        case 6:
            return f"e{event},roaming_data,{subscriber},,,{start},,{chance.randrange(900_000)},,262-01,,\n"
        case _:
            answered = "false" if chance.random() < 0.1 else "true"
            return f"e{event},voice_out,{subscriber},,{called},{start},{chance.randrange(900)},,,,{answered},\n"
