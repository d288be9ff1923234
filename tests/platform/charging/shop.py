"""A small price list, lines on it, usage files, and what a load must always leave behind."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text

from mvne_platform import catalogue, charging, mediation
from mvne_platform.catalogue import PaymentMode, PriceListDraft, RateDraft, Treatment, ZoneDraft
from mvne_platform.catalogue.kinds import OfferingKind
from mvne_platform.catalogue.models import Offering
from mvne_platform.kernel import uuid7
from mvne_platform.mediation import UsageFile
from mvne_platform.runtime import Context
from mvne_platform.subscriptions.models import IdentifierKind, Product, SubscriptionIdentifier
from tests.platform.lines import LONG_AGO, make_line

ENDS = ("rated", "not_chargeable", "barred", "duplicate", "failed", "correlated", "collected")
HEADER = "record_id,service,subscriber,imsi,other_party,start,duration_s,bytes,count,visited_network,answered,cause"
ANNA, BENT = "+4520000001", "+4520000002"
FRIEND = "+4530000002"
OCTOBER_5 = "2026-10-05T10:00:00Z"

# In DKK. Denmark: 0.10 and 0.30 a minute by the second; America: 1.20 a started minute.
ZONES = (
    ZoneDraft("dk", "Denmark", prefixes=("45",), networks=("home",)),
    ZoneDraft("us", "North America", prefixes=("1",)),
    ZoneDraft("premium", "Premium numbers", Treatment.BARRED, prefixes=("4590",)),
    ZoneDraft("free", "Emergency and freephone", Treatment.FREE, prefixes=("4580",), short_codes=("112",)),
    ZoneDraft("eu", "Europe", networks=("262-*",)),
)
RATES = (
    RateDraft("dk", "voice_out", 300_000, 60, 1, 1, connection_fee_micros=100_000),
    RateDraft("dk", "sms_out", 200_000, 1, 1, 1),
    RateDraft("dk", "mms_out", 500_000, 1, 1, 1),
    RateDraft("dk", "data", 50_000, 1_000_000, 1, 1),
    RateDraft("us", "voice_out", 1_200_000, 60, 60, 60),
    RateDraft("us", "sms_out", 400_000, 1, 1, 1),
    RateDraft("us", "mms_out", 900_000, 1, 1, 1),
    RateDraft("eu", "roaming_voice_out", 450_000, 60, 30, 1),
    RateDraft("eu", "roaming_voice_in", 0, 60, 1, 1),
    RateDraft("eu", "roaming_sms_out", 100_000, 1, 1, 1),
    RateDraft("eu", "roaming_data", 80_000, 1_000_000, 1, 1),
)


def open_shop(ctx: Context) -> None:
    """Import the price list, valid since ever."""
    catalogue.import_price_list(ctx, PriceListDraft("standard", "DKK", LONG_AGO, ZONES, RATES))


def open_line(
    ctx: Context,
    msisdn: str,
    mode: PaymentMode = PaymentMode.POSTPAID,
    *,
    since: datetime = LONG_AGO,
    until: datetime | None = None,
    imsi: str | None = None,
    price_list: str | None = "standard",
    offline_debit: str = "full",
    **terms: Any,
) -> UUID:
    """An active line that held its identifiers during [since, until); answers its subscription's id."""
    line = make_line(ctx, mode=mode, since=since, **terms)
    plan = Offering(
        id=uuid7(),
        code=f"plan-{line.hex}",
        version=1,
        kind=OfferingKind.PLAN,
        payment_mode=mode,
        name={},
        description={},
        characteristics=[],
        price_list=price_list,
        spend_limit_micros=terms.get("spend_limit_micros"),
        offline_debit=offline_debit,
        position=1,
        valid_from=since,
    )
    ctx.db.add(plan)
    ctx.db.flush()
    ctx.db.add(Product(id=uuid7(), subscription_id=line, offering_id=plan.id, is_plan=True, valid_from=since))
    held = [(IdentifierKind.MSISDN, msisdn)] + ([(IdentifierKind.IMSI, imsi)] if imsi else [])
    for kind, value in held:
        ctx.db.add(
            SubscriptionIdentifier(
                id=uuid7(), subscription_id=line, kind=kind, value=value, valid_from=since, valid_to=until
            )
        )
    ctx.db.flush()
    return line


def call(number: int, seconds: int = 61, caller: str = ANNA, called: str = FRIEND, start: str = OCTOBER_5) -> str:
    """The record of an answered call."""
    return f"r{number},voice_out,{caller},,{called},{start},{seconds},,,,true,"


def receive(ctx: Context, *lines: str, name: str = "usage.csv", header: str = HEADER) -> UsageFile:
    """Receive a file of these records."""
    return receive_bytes(ctx, "\n".join([header, *lines, ""]).encode(), name=name)


def receive_bytes(ctx: Context, content: bytes, *, name: str, format_name: str = "mvne-csv") -> UsageFile:
    """Receive a file with this content."""
    path = Path("var/tmp") / f"{uuid7().hex}.in"
    path.write_bytes(content)
    try:
        return mediation.receive_file(ctx, name=name, format=format_name, content_path=path)
    finally:
        path.unlink()


def load(ctx: Context, file: UsageFile, size: int = charging.CHUNK) -> UsageFile:
    """Load a whole file in one transaction, and check that each of its rows is accounted for."""
    while not charging.load_chunk(ctx, file.id, size=size).finished:
        pass
    reconcile(ctx, file.id)
    return mediation.usage_file(ctx, file.id)


def outcomes(file: UsageFile) -> dict[str, int]:
    """How the rows of a file ended, without what did not happen."""
    counts = {name: getattr(file, name) for name in ENDS}
    return {name: count for name, count in counts.items() if count}


RECONCILIATION = """
WITH ended AS (
  SELECT status AS outcome, file_row AS row FROM rated_event WHERE file_id = :file
  UNION ALL
  SELECT kind, row FROM usage_exception WHERE file_id = :file
  UNION ALL
  SELECT 'collected', p.row FROM partial_record p
  WHERE p.file_id = :file
    AND NOT EXISTS (SELECT FROM rated_event e WHERE e.file_id = p.file_id AND e.file_row = p.row)
    AND NOT EXISTS (SELECT FROM usage_exception x WHERE x.file_id = p.file_id AND x.row = p.row)
)
SELECT f.rows_done, f.rows_total, f.rated, f.not_chargeable, f.barred, f.duplicate, f.failed, f.correlated, f.collected,
       e.*,
       c.chunk_rows, c.chunks, c.first_row
FROM usage_file f,
LATERAL (SELECT count(*) AS rows, count(DISTINCT row) AS different, min(row) AS lowest, max(row) AS highest,
                count(*) FILTER (WHERE outcome = 'rated') AS n_rated,
                count(*) FILTER (WHERE outcome = 'not_chargeable') AS n_not_chargeable,
                count(*) FILTER (WHERE outcome = 'barred') AS n_barred,
                count(*) FILTER (WHERE outcome = 'duplicate') AS n_duplicate,
                count(*) FILTER (WHERE outcome = 'failed') AS n_failed,
                count(*) FILTER (WHERE outcome = 'correlated') AS n_correlated,
                count(*) FILTER (WHERE outcome = 'collected') AS n_collected FROM ended) e,
LATERAL (SELECT coalesce(sum(rows_to - rows_from + 1), 0) AS chunk_rows, count(*) AS chunks, min(rows_from) AS first_row
         FROM usage_chunk WHERE file_id = :file) c
WHERE f.id = :file
"""

EXPLAINED = """
SELECT count(*) FROM (
  SELECT b.id FROM bucket b LEFT JOIN ledger_entry e ON e.bucket_id = b.id
  GROUP BY b.id, b.amount HAVING b.amount <> coalesce(sum(e.delta), 0)
) unexplained
"""

# What the ledger says usage took from a bucket, against what the rated events say they took.
TAKEN = """
WITH taken AS (
  SELECT t.bucket_id, sum(t.units) AS units
  FROM rated_event e, unnest(e.bucket_ids, e.bucket_units) AS t (bucket_id, units) GROUP BY 1
), booked AS (
  SELECT bucket_id, -sum(delta) AS units FROM ledger_entry WHERE reason = 'usage' GROUP BY 1
)
SELECT count(*) FROM taken FULL JOIN booked USING (bucket_id) WHERE taken.units IS DISTINCT FROM booked.units
"""

ACCRUED = """
WITH counted AS (SELECT subscription_id, sum(value) AS micros FROM counter WHERE code = 'spend' GROUP BY 1),
accrued AS (
  SELECT subscription_id, sum(micros) AS micros FROM (
    SELECT subscription_id, accrued_micros AS micros FROM rated_event
    UNION ALL SELECT subscription_id, accrued_delta_micros FROM rerated_event) one GROUP BY 1
)
SELECT count(*) FROM counted FULL JOIN accrued USING (subscription_id)
WHERE coalesce(counted.micros, 0) <> coalesce(accrued.micros, 0)
"""


def reconcile(ctx: Context, file_id: UUID) -> None:
    """Each row of the file ended exactly once, the counts say so, and ledger, takes and counters agree."""
    row = ctx.db.execute(text(RECONCILIATION), {"file": file_id}).one()
    assert row.rows == row.different == row.rows_done == row.chunk_rows
    assert row.rows_total in (None, row.rows_done)
    for outcome in ENDS:
        assert getattr(row, outcome) == getattr(row, f"n_{outcome}")
    assert row.rows == 0 or (row.lowest == row.first_row and row.highest == row.lowest + row.rows - 1)
    for disagreement in (EXPLAINED, TAKEN, ACCRUED):
        assert ctx.db.scalar(text(disagreement)) == 0


STATE = {
    "rated_event": "subscription_id, key, start, service, other_party, visited_network, operator, number_class,"
    " quantity,"
    " charged, status, reason, itemised, zone, band, currency, amount_micros, accrued_micros, debited_micros,"
    " wholesale_micros, bucket_units, bill_period",
    "bucket": "purse_id, code, amount, granted",
    "counter": "subscription_id, code, period_start, value",
}


def state_hash(ctx: Context) -> str:
    """What rating has come to, whatever file or row brought it."""
    digest = hashlib.sha256()
    for table, columns in STATE.items():
        for row in ctx.db.execute(text(f"SELECT {columns} FROM {table} ORDER BY {columns}")):
            digest.update(repr((table, *row)).encode())
    return digest.hexdigest()


def utc(text_: str) -> datetime:
    """An instant such as 2026-10-05 10:00, in UTC."""
    return datetime.fromisoformat(text_).replace(tzinfo=UTC)
