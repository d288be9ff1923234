"""The demo's reconciliation holds for sound books, and finds each difference that is planted into them."""

import hashlib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from mvne_cli.demo import reconciliation
from mvne_cli.demo.reconciliation import Delivered, Line, reconcile
from mvne_cli.demo.reconciliation.outside import Outside
from mvne_platform.kernel import uuid7
from tests.plugins.database import Database

HEADER = "record_id,service,subscriber,imsi,other_party,start,duration_s,bytes,count,visited_network,answered,cause"
OWN = f"""{HEADER}
r1,voice_out,+4520000001,238010000000001,+4530000000,2026-10-02T10:00:00Z,61,,,,true,normal_clearing
r2,data,+4520000001,238010000000001,,2026-10-02T11:00:00.5Z,30,5000000,,,,normal_release
r3,sms_out,+4520000001,238010000000001,+4530000000,2026-10-02T12:00:00Z,,,,,,delivered
r4,voice_out,+4520000001,238010000000001,+4530000000,2026-10-02T13:00:00Z,0,,,,false,no_answer
r1,voice_out,+4520000001,238010000000001,+4530000000,2026-10-02T10:00:00Z,61,,,,true,normal_clearing
r5,telepathy,+4520000001,238010000000001,+4530000000,2026-10-02T14:00:00Z,1,,,,true,normal_clearing
r6,voice_out,+4599999999,238010000000009,+4530000000,2026-10-02T15:00:00Z,9,,,,true,normal_clearing
r7,voice_out,+4520000001
"""
CDR = (
    '"","+4520000001","715-413-9112","hq","""A, B"" <1>","c1","c2","Dial","x","2026-10-03 09:00:00",'
    '"2026-10-03 09:00:02","2026-10-03 09:01:02",62,60,"ANSWERED","DOCUMENTATION","1.0",""\n'
)

# (line of the file, outcome, quantity, start)
ANSWERS = [
    (2, "rated", 61, "2026-10-02T10:00:00Z"),
    (3, "rated", 5_000_000, "2026-10-02T11:00:00Z"),
    (4, "rated", 1, "2026-10-02T12:00:00Z"),
    (5, "not_chargeable", 0, "2026-10-02T13:00:00Z"),
    (6, "duplicate", None, None),
    (7, "failed", None, None),
    (8, "failed", None, None),
    (9, "failed", None, None),
]
LINE, ACCOUNT, CUSTOMER, BUCKET, INVOICE, RUN = (uuid7() for _ in range(6))


class Books:
    """A brand with one line, its delivered files, and what the platform made of them."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        own, cdr = folder / "own.csv", folder / "Master.csv"
        own.write_text(OWN)
        cdr.write_text(CDR)
        self.files = [Delivered(own, "mvne-csv"), Delivered(cdr, "asterisk")]
        self.own = self._file(own, "mvne-csv", rated=3, not_chargeable=1, duplicate=1, failed=3)
        self.cdr = self._file(cdr, "asterisk", rated=1)
        self._customer()
        for row, outcome, quantity, start in ANSWERS:
            self._answer(self.own, row, outcome, quantity, start)
        # Copenhagen is two hours ahead of UTC in early October.
        self._answer(self.cdr, 1, "rated", 60, "2026-10-03T07:00:00Z")
        self._money()

    def run(self, statement: str, *values: object) -> None:
        """As the superuser, who may damage anything."""
        with psycopg.connect(self._database.superuser_dsn, autocommit=True) as connection:
            connection.execute("SET search_path = testbrand")
            connection.execute(statement.encode(), values)

    def lines(self, outside: Outside | None = None) -> list[Line]:
        return reconcile(self._database.admin_dsn, "testbrand", self.files, zone="Europe/Copenhagen", outside=outside)

    def differences(self) -> list[str]:
        return [line.what for line in self.lines() if not line.holds]

    def _file(self, path: Path, form: str, **counts: int) -> UUID:
        key, done = uuid7(), sum(counts.values())
        columns = ", ".join(counts)
        self.run(
            "INSERT INTO usage_file (id, name, format, digest, size_bytes, stored_as, state, rows_done, bytes_done,"
            f" rows_total, received_at, {', '.join(set(ALL_COUNTS) - counts.keys())}, {columns})"
            f" VALUES (%s, %s, %s, %s, 1, '', 'loaded', %s, 1, %s, now(), "
            + ", ".join(["0"] * (len(ALL_COUNTS) - len(counts)) + ["%s"] * len(counts))
            + ")",
            *(key, path.name, form, hashlib.sha256(path.read_bytes()).hexdigest(), done, done),
            *counts.values(),
        )
        return key

    def _customer(self) -> None:
        self.run(
            "INSERT INTO customer (id, number, kind, given_name, family_name, email, language, created_at)"
            " VALUES (%s, 'C1', 'individual', 'Test', 'Customer', 'c@example.test', 'da', now())",
            CUSTOMER,
        )
        self.run(
            "INSERT INTO billing_account (id, number, customer_id, currency, billed_until, created_at)"
            " VALUES (%s, 'A1', %s, 'DKK', '2026-11-01', now())",
            ACCOUNT,
            CUSTOMER,
        )
        self.run(
            "INSERT INTO subscription (id, number, customer_id, account_id, payment_mode, state, created_at)"
            " VALUES (%s, 'S1', %s, %s, 'hybrid', 'active', now())",
            *(LINE, CUSTOMER, ACCOUNT),
        )
        for kind, value in (("msisdn", "+4520000001"), ("imsi", "238010000000001")):
            self.run(
                "INSERT INTO subscription_identifier (id, subscription_id, kind, value, valid_from)"
                " VALUES (%s, %s, %s, %s, '2026-10-01T00:00Z')",
                *(uuid7(), LINE, kind, value),
            )
        self.run(
            "INSERT INTO sim (id, iccid, imsi, kind, batch, state) VALUES (%s, '8945010000000000001',"
            " '238010000000001', 'physical', 'b', 'free')",
            uuid7(),
        )

    def _answer(self, file: UUID, row: int, outcome: str, quantity: int | None, start: str | None) -> None:
        if quantity is None or start is None:
            self.run(
                "INSERT INTO usage_exception (id, file_id, row, kind, reason, detail, record, recorded_at)"
                " VALUES (%s, %s, %s, %s, 'r', 'd', 'x', now())",
                *(uuid7(), file, row, outcome),
            )
            return
        self.run("SELECT ensure_rated_event_partition('2026-10-01')")
        self.run(
            "INSERT INTO rated_event (subscription_id, key, start, service, quantity, charged, status, zone, currency,"
            " amount_micros, accrued_micros, debited_micros, itemised, bucket_ids, bucket_units, bill_period, file_id,"
            " file_row)"
            " VALUES (%s, (rated_event_bound(%s::timestamptz)::text)::uuid, %s, 'voice_out', %s, %s, %s, 'dk', 'DKK',"
            " 300, 100, 200, true, %s, '{200}', '2026-10-01', %s, %s)",
            *(LINE, start, start, quantity, quantity, outcome, [BUCKET], file, row),
        )

    def _money(self) -> None:
        """A balance of a thousand micros from which five records took two hundred each, and one invoice."""
        self.run(
            "INSERT INTO bucket (id, subscription_id, code, unit, currency, amount, granted, services, zones, priority,"
            " valid_from) VALUES (%s, %s, 'main', 'money', 'DKK', 0, 0, '{}', '{}', 1, now())",
            *(BUCKET, LINE),
        )
        for delta, reason in ((1000, "top_up"), (-1000, "usage")):
            self.run(
                "INSERT INTO ledger_entry (id, bucket_id, delta, reason, reason_id, occurred_at)"
                " VALUES (%s, %s, %s, %s, %s, now())",
                *(uuid7(), BUCKET, delta, reason, uuid7()),
            )
        self.run(
            "INSERT INTO bill_run (id, period_start, period_end, state, accounts_total, accounts_done, started_at)"
            " VALUES (%s, '2026-10-01', '2026-11-01', 'completed', 1, 1, now())",
            RUN,
        )
        self.run(
            "INSERT INTO invoice (id, number, account_id, run_id, period_start, period_end, issued_at, due_on,"
            " currency, net_micros, tax_micros, gross_micros, document_state)"
            " VALUES (%s, 'T-1', %s, %s, '2026-10-01', '2026-11-01', now(), '2026-11-15', 'DKK', 0, 0, 0, 'pending')",
            *(INVOICE, ACCOUNT, RUN),
        )
        self.run(
            "INSERT INTO invoice_line (id, invoice_id, line_number, kind, description, subscription_id, service, zone,"
            " period_start, period_end, events, quantity, exact_micros, net_micros, tax_class)"
            " VALUES (%s, %s, 1, 'usage', 'Calls', %s, 'voice_out', 'dk', '2026-10-01', '2026-11-01', 4, 1, 400, 0,"
            " 's')",
            *(uuid7(), INVOICE, LINE),
        )
        self.run("INSERT INTO invoice_tax VALUES (%s, 's', 250000, 'VAT', 0, 0)", INVOICE)
        self.run("INSERT INTO invoice_sequence VALUES ('testbrand', 1)")
        self.run("INSERT INTO receivable_entry VALUES (%s, %s, 'invoice', %s, 0, now())", uuid7(), ACCOUNT, INVOICE)
        self.run("UPDATE rated_event SET accrued_micros = 0, amount_micros = 200 WHERE status <> 'rated'")


ALL_COUNTS = ("rated", "not_chargeable", "barred", "duplicate", "correlated", "failed", "written_off", "collected")
SEEN = Outside(active_imsis=frozenset({"238010000000001"}), captured=Decimal(0), mails=0, texts=0)


@pytest.fixture
def sound(database: Database, tmp_path: Path) -> Books:
    return Books(database, tmp_path)


def test_sound_books_reconcile(sound: Books) -> None:
    lines = {line.what: (line.outside, line.platform) for line in sound.lines(SEEN)}
    assert [what for what, (outside, platform) in lines.items() if outside != platform] == []
    assert lines["rows delivered = rows answered"] == (9, 9)
    assert lines["different events = rated + not chargeable + barred + failed"] == (5, 5)
    assert lines["repeated events = duplicates"] == (1, 1)
    assert lines["unreadable rows and strangers = failed"] == (3, 3)
    assert lines["seconds of all events"] == (121, 121)
    assert lines["bytes of all events"] == (5_000_000, 5_000_000)
    assert lines["messages of all events"] == (1, 1)
    assert lines["micros accrued in billed months = micros on usage lines"] == (400, 400)
    assert lines["lines in service in the network"] == (1, 1)


def test_the_same_file_twice_counts_once(sound: Books) -> None:
    sound.files.append(sound.files[0])
    assert sound.differences() == []


def test_nothing_is_kept_or_changed(sound: Books, database: Database) -> None:
    assert sound.lines() == sound.lines()
    with psycopg.connect(database.admin_dsn) as connection:
        assert connection.execute("SELECT to_regclass('raw_event')").fetchone() == (None,)


PLANTS = {
    "a row left out": (
        "DELETE FROM rated_event WHERE file_row = 4",
        {
            "files loaded, their own counts right",
            "rows delivered = rows answered",
            "rows answered exactly once",
            "different events = rated + not chargeable + barred + failed",
            "messages of all events",
            "buckets whose usage entries are their events' takes",
            "usage lines of invoices that are the sum of their events",
            "micros accrued in billed months = micros on usage lines",
        },
    ),
    "a row answered twice": (
        (
            "INSERT INTO usage_exception (id, file_id, row, kind, reason, detail, record, recorded_at)"
            " SELECT gen_random_uuid(), file_id, 2, 'failed', 'r', 'd', 'x', now()"
            " FROM usage_exception LIMIT 1"
        ),
        {"files loaded, their own counts right", "rows delivered = rows answered", "rows answered exactly once"},
    ),
    "a repeated record charged": (
        (
            "WITH gone AS (DELETE FROM usage_exception WHERE kind = 'duplicate' RETURNING row)"
            " INSERT INTO rated_event (subscription_id, key, start, service, quantity, charged, status, itemised, zone,"
            " currency, amount_micros, accrued_micros, debited_micros, bill_period, file_id, file_row)"
            " SELECT subscription_id, (left(key::text, 24) || '000000000001')::uuid, start, service, quantity, charged,"
            " status, itemised, zone, currency, 0, 0, 0, bill_period, file_id, (SELECT row FROM gone)"
            " FROM rated_event WHERE file_row = 2"
        ),
        {
            "files loaded, their own counts right",
            "different events = rated + not chargeable + barred + failed",
            "repeated events = duplicates",
            "seconds of all events",
            "usage lines of invoices that are the sum of their events",
        },
    ),
    "a stranger's call charged": (
        (
            "WITH gone AS (DELETE FROM usage_exception WHERE row = 8 RETURNING row)"
            " INSERT INTO rated_event (subscription_id, key, start, service, quantity, charged, status, itemised, zone,"
            " currency, amount_micros, accrued_micros, debited_micros, bill_period, file_id, file_row)"
            " SELECT subscription_id, (left(key::text, 24) || '000000000001')::uuid, start, service, 9, 9, status,"
            " itemised, 'eu', currency, 0, 0, 0, bill_period, file_id, (SELECT row FROM gone)"
            " FROM rated_event WHERE file_row = 2"
        ),
        {
            "files loaded, their own counts right",
            "unreadable rows and strangers = failed",
            "seconds of all events",
            "events with the quantity and the start of their row",
        },
    ),
    "seconds lost": (
        "UPDATE rated_event SET quantity = 60 WHERE file_row = 2",
        {"seconds of all events", "events with the quantity and the start of their row"},
    ),
    "an hour off": (
        "UPDATE rated_event SET start = start + interval '1 hour' WHERE file_row = 1",
        {"events with the quantity and the start of their row"},
    ),
    "an unanswered call charged": (
        "UPDATE rated_event SET status = 'rated' WHERE status = 'not_chargeable'",
        {
            "files loaded, their own counts right",
            "unanswered calls that cost something",
            "usage lines of invoices that are the sum of their events",
        },
    ),
    "a count that lies": (
        "UPDATE usage_file SET rated = rated + 1, failed = failed - 1 WHERE failed > 0",
        {"files loaded, their own counts right"},
    ),
    "a balance moved without its ledger": (
        "UPDATE bucket SET amount = amount + 1",
        {"buckets that are the sum of their ledger"},
    ),
    "usage booked that no record took": (
        "UPDATE ledger_entry SET delta = delta - 1 WHERE reason = 'usage'",
        {"buckets that are the sum of their ledger", "buckets whose usage entries are their events' takes"},
    ),
    "a price that nobody pays": (
        "UPDATE rated_event SET amount_micros = 301 WHERE file_row = 2",
        {"events whose price is billed, debited or waived"},
    ),
    "an invoice line that is more than its records": (
        "UPDATE invoice_line SET exact_micros = exact_micros + 1",
        {
            "usage lines of invoices that are the sum of their events",
            "micros accrued in billed months = micros on usage lines",
        },
    ),
    "an invoice that is more than its lines": (
        "UPDATE invoice SET net_micros = 10000, gross_micros = 10000",
        {"invoices whose lines and taxes add up", "invoices owed once"},
    ),
    "a number left out": ("UPDATE invoice_sequence SET last_number = 2", {"invoice numbers without a gap"}),
    "a debt forgotten": ("DELETE FROM receivable_entry", {"invoices owed once"}),
}


@pytest.mark.parametrize("plant", PLANTS, ids=lambda name: name.replace(" ", "-"))
def test_a_planted_difference_is_found_and_nothing_else(sound: Books, plant: str) -> None:
    damage, wanted = PLANTS[plant]
    sound.run(damage)
    assert set(sound.differences()) == wanted


@pytest.mark.parametrize(
    ("what", "seen"),
    [
        ("lines in service in the network", replace(SEEN, active_imsis=frozenset())),
        ("micros captured by the payment provider", replace(SEEN, captured=Decimal("20.00"))),
        ("mails received", replace(SEEN, mails=1)),
        ("text messages received", replace(SEEN, texts=2)),
    ],
)
def test_a_world_outside_that_saw_something_else_is_found(sound: Books, what: str, seen: Outside) -> None:
    assert what in [line.what for line in sound.lines(seen) if not line.holds]


def test_another_brands_lines_in_the_network_are_not_ours(sound: Books) -> None:
    seen = replace(SEEN, active_imsis=frozenset({"238010000000001", "262010000000001"}))
    assert [line.what for line in sound.lines(seen) if not line.holds] == []


def test_it_is_written_apart_from_the_code_it_checks() -> None:
    sources = [path.read_text() for path in Path(reconciliation.__file__).parent.glob("*.py")]
    assert [
        line for text in sources for line in text.splitlines() if "import" in line and "mvne_platform" in line
    ] == []
    assert [line for text in sources for line in text.splitlines() if "import" in line and "mvne_workers" in line] == []
