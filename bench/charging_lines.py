"""Prepaid lines for the charging benchmarks: a brand on real time, one plan of its real price list, money for all."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

import psycopg

from bench.place import BRAND, Place
from mvne_platform import mediation
from mvne_platform.runtime import brand_work

OFFERING = UUID("01900000-0000-7000-8000-0000000000b1")
MONEY_MICROS = 10**12

# Ids are counted, so that a line's number, subscription and bucket are known without reading them.
_LINES = """
INSERT INTO offering (id, code, version, kind, payment_mode, name, description, characteristics, price_list,
                      offline_debit, hidden, position, valid_from)
SELECT %(offering)s, 'bench', 1, 'plan', 'prepaid', '{}', '{}', '[]', 'fjord-2026', 'full', true, 99, '2026-01-01'
ON CONFLICT DO NOTHING;
INSERT INTO customer (id, number, kind, given_name, family_name, email, language, created_at)
SELECT bench_id('c', n), 'BC' || n, 'individual', 'Bo', 'Bench', 'bo@fjord.example', 'da', '2026-01-01'
FROM generate_series(1, %(count)s) n;
INSERT INTO billing_account (id, number, customer_id, currency, billed_until, created_at)
SELECT bench_id('a', n), 'BA' || n, bench_id('c', n), 'DKK', '2026-01-01', '2026-01-01'
FROM generate_series(1, %(count)s) n;
INSERT INTO subscription (id, number, customer_id, account_id, payment_mode, state, created_at, activated_at)
SELECT bench_id('5', n), 'BS' || n, bench_id('c', n), bench_id('a', n), 'prepaid', 'active', '2026-01-01', '2026-01-01'
FROM generate_series(1, %(count)s) n;
INSERT INTO subscription_identifier (id, subscription_id, kind, value, valid_from)
SELECT bench_id('1', n), bench_id('5', n), 'msisdn', '+4561' || lpad(CAST(n AS text), 6, '0'), '2026-01-01'
FROM generate_series(1, %(count)s) n;
INSERT INTO product (id, subscription_id, offering_id, is_plan, valid_from)
SELECT bench_id('9', n), bench_id('5', n), %(offering)s, true, '2026-01-01' FROM generate_series(1, %(count)s) n;
INSERT INTO bucket (id, subscription_id, code, unit, currency, amount, granted, services, zones, priority, valid_from)
SELECT bench_id('b', n), bench_id('5', n), 'main', 'money', 'DKK', %(money)s, 0, '{}', '{}', 1000000, '2026-01-01'
FROM generate_series(1, %(count)s) n;
INSERT INTO ledger_entry (id, bucket_id, delta, reason, reason_id, occurred_at)
SELECT bench_id('e', n), bench_id('b', n), %(money)s, 'top_up', bench_id('e', n), '2026-01-01'
FROM generate_series(1, %(count)s) n;
"""
_ID = """
CREATE FUNCTION bench_id(kind text, n int) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
  SELECT CAST('01900000-0000-7000-8000-' || kind || lpad(to_hex(n), 11, '0') AS uuid)
$$
"""


def open_lines(superuser_dsn: str, count: int) -> list[str]:
    """Make `count` lines, once; answers their numbers."""
    with psycopg.connect(superuser_dsn) as connection:
        connection.execute("UPDATE platform.brand SET clock_at = NULL, clock_target = NULL WHERE slug = %s", [BRAND])
        connection.execute(f"SET search_path TO {BRAND}")
        if connection.execute("SELECT to_regprocedure('bench_id(text, int)')").fetchone() == (None,):
            connection.execute(_ID)
            values = {"offering": OFFERING, "count": count, "money": MONEY_MICROS}
            cursor = psycopg.ClientCursor(connection)
            cursor.execute(_LINES, values)
        connection.commit()
        connection.execute("ANALYZE")
    return [f"+4561{n:06}" for n in range(1, count + 1)]


_HEADER = "record_id,service,subscriber,imsi,other_party,start,duration_s,bytes,count,visited_network,answered,cause"
# As a worker that rates only does it: at a lower priority, a transaction for each chunk.
_LOAD = """
import os, sys
from mvne_platform.charging import jobs
from mvne_platform.runtime import brand_work
from mvne_workers.worker import RATING_NICENESS
os.nice(RATING_NICENESS)
with jobs.load_chunk.begin(file_id=sys.argv[2]) as step:
    finished = False
    while not finished:
        with brand_work(sys.argv[1]) as ctx:
            finished = step(ctx)
"""


@contextmanager
def usage_file(place: Place, numbers: Sequence[str], rows: int) -> Iterator["subprocess.Popen[bytes]"]:
    """A file of the lines' messages that is being loaded, by a process of its own, for as long as the block lasts."""
    place.scratch.mkdir(parents=True, exist_ok=True)
    made = time.time_ns()
    path = place.scratch / f"{made}.csv"
    chance = random.Random(made)
    with path.open("w", encoding="utf-8") as file:
        file.write(f"{_HEADER}\n")
        for row in range(rows):
            day, second = divmod(chance.randrange(28 * 86_400), 86_400)
            start = f"2026-10-{day + 1:02}T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}Z"
            file.write(f"{made}-{row},sms_out,{chance.choice(numbers)},,+4520111222,{start},,,1,,,\n")
    with brand_work(BRAND) as ctx:
        received = mediation.receive_file(ctx, name=path.name, format="mvne-csv", content_path=path)
        file_id = str(received.id)
    loading = subprocess.Popen([sys.executable, "-c", _LOAD, BRAND, file_id], env=dict(os.environ))
    try:
        time.sleep(2.0)  # it has read and begun to write
        yield loading
    finally:
        loading.kill()
        loading.wait()
