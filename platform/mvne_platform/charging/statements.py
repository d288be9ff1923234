"""The set-based SQL of charging."""

from sqlalchemy import text

# Made on demand, before anything else touches the table: a new partition needs it alone for a moment.
ENSURE_PARTITION = text("SELECT ensure_rated_event_partition(:day)")

# The account is the lock of its lines' usage: two chunks never rate one line at once, and a bill run closes a period
# only between them. Everybody takes accounts before buckets, both in the order of ids.
LOCK_ACCOUNTS = text("""
SELECT id, billed_until FROM billing_account
WHERE id = ANY(CAST(:accounts AS uuid[])) ORDER BY id FOR NO KEY UPDATE
""")

# OFFSET 0 keeps it one look-up by primary key for each event: a month that was just made has no statistics yet, and the
# planner would rather read all of it.
KNOWN_EVENTS = text("""
SELECT w.subscription_id, w.key, e.file_row, f.name
FROM unnest(CAST(:subscriptions AS uuid[]), CAST(:keys AS uuid[])) AS w (subscription_id, key)
CROSS JOIN LATERAL (
  SELECT r.file_id, r.file_row FROM rated_event r
  WHERE r.subscription_id = w.subscription_id AND r.key = w.key OFFSET 0
) e
JOIN usage_file f ON f.id = e.file_id
""")

# Emergency and freephone numbers, helplines: never itemised, never counted where a reader could see them.
_SHOWN = "e.reason IS DISTINCT FROM 'free_number'"

TOTALS = text(f"""
SELECT CAST(e.start AT TIME ZONE :zone AS date) AS day, e.service, e.currency, count(*) AS events,
       CAST(sum(e.quantity) AS bigint) AS quantity, CAST(sum(e.charged) AS bigint) AS charged,
       CAST(sum(e.amount_micros) AS bigint) AS amount_micros, CAST(sum(e.accrued_micros) AS bigint) AS accrued_micros,
       CAST(sum(e.debited_micros) AS bigint) AS debited_micros
FROM rated_event e
WHERE e.subscription_id = :subscription_id AND e.key >= :lowest AND e.key < :highest AND {_SHOWN}
GROUP BY day, e.service, e.currency
ORDER BY day DESC, e.service, e.currency
""")  # noqa: S608  # a constant of this file

# The events of a chunk that took from a bucket: what a usage entry of the ledger is the sum of.
EVENTS_OF_ENTRY = text("""
SELECT e.key
FROM usage_chunk c
JOIN rated_event e ON e.file_id = c.file_id AND e.file_row BETWEEN c.rows_from AND c.rows_to
WHERE c.id = :chunk_id AND e.subscription_id = :subscription_id
  AND e.takes @> jsonb_build_array(jsonb_build_object('bucket_id', CAST(:bucket_id AS text)))
""")
