"""pgbench on the same server, so with the same durability: its own simple update, and our function, a call each.

`simple-update` is one row updated, one read and one inserted in a transaction (`pgbench -N`), prepared statements.
"""

import os
import re
import subprocess
from pathlib import Path

import psycopg

SCALE = 10
DATABASE = "pgbench"
_TPS = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)

# What ours sends for one charge: texts and bytes of the same sizes. Who calls has the brand's role and search path.
_CALL = r"""
\set n random(1, :lines)
SELECT charge_plain(
  now(), NULL, ARRAY[uuidv7()], ARRAY[bench_id('5', :n)],
  ARRAY[(SELECT version FROM purse WHERE id = bench_id('5', :n))], ARRAY[CAST(1 AS bigint)], ARRAY[CAST(NULL AS text)],
  ARRAY['{answer}'], ARRAY[bench_id('b', :n)], ARRAY[CAST(290000 AS bigint)], 1, ARRAY['{booking}'],
  ARRAY[CAST('\x{event}' AS bytea)]);
"""


class Pgbench:
    """The tables of pgbench in a database of their own."""

    def __init__(self, program: Path, superuser_dsn: str, scratch: Path) -> None:
        self._program, self._scratch = program, scratch
        self._brand_dsn = superuser_dsn
        self._dsn = f"{superuser_dsn.rsplit('/', 1)[0]}/{DATABASE}"
        self._create(superuser_dsn)

    def simple_update(self, clients: int, seconds: float) -> float:
        """Transactions per second."""
        return self._run(["-N", "-M", "prepared", self._dsn], clients, seconds)

    def same_function(self, brand: str, lines: int, sizes: tuple[int, int, int], clients: int, seconds: float) -> float:
        """Calls per second of the function that ours calls with many; `sizes` are of answer, booking and event."""
        answer, booking, event = sizes
        script = self._scratch / "same.sql"
        self._scratch.mkdir(parents=True, exist_ok=True)
        written = _CALL.replace("{answer}", "a" * answer).replace("{event}", "e7" * event)
        script.write_text(written.replace("{booking}", _booking(booking)), encoding="utf-8")
        options = f"-c role={brand}_app -c search_path={brand},pg_catalog"
        arguments = ["-n", "-M", "prepared", "-f", str(script), "-D", f"lines={lines}", self._brand_dsn]
        return self._run(arguments, clients, seconds, {"PGOPTIONS": options})

    def forget_charges(self, brand: str) -> None:
        """Undo what the calls left: nobody could book it."""
        with psycopg.connect(self._brand_dsn, autocommit=True) as connection:
            connection.execute(f"SET search_path TO {brand}")
            connection.execute("DELETE FROM online_charge WHERE id IN (SELECT charge_id FROM unsettled_charge)")
            connection.execute("TRUNCATE unsettled_charge")
            connection.execute("UPDATE bucket SET reserved = 0 WHERE reserved <> 0")

    def _run(
        self, arguments: list[str], clients: int, seconds: float, environment: dict[str, str] | None = None
    ) -> float:
        command = [str(self._program), "-c", str(clients), "-j", "2", "-T", str(max(1, round(seconds)))]
        done = subprocess.run(
            [*command, *arguments],
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | (environment or {}),
        )
        found = _TPS.search(done.stdout)
        if found is None:
            raise LookupError(f"pgbench did not say how fast it was: {done.stdout[-300:]}")
        return float(found.group(1))

    def _create(self, superuser_dsn: str) -> None:
        with psycopg.connect(superuser_dsn, autocommit=True) as connection:
            if connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).fetchone() is not None:
                return
            connection.execute(f"CREATE DATABASE {DATABASE}")
        subprocess.run([self._program, "-i", "-q", "-s", str(SCALE), self._dsn], capture_output=True, check=True)


def _booking(size: int) -> str:
    """JSON of the size, so that nobody trips over it."""
    return '{"' + "b" * (size - 7) + '":1}'
