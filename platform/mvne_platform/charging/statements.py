"""The set-based SQL of charging."""

from sqlalchemy import text

# Made on demand, before anything else touches the table: a new partition needs it alone for a moment.
ENSURE_PARTITION = text("SELECT ensure_rated_event_partition(:day)")

# Read under the locks of the accounts' purses: a bill run takes those before it closes a period.
BILLED_UNTIL = text("SELECT id, billed_until FROM billing_account WHERE id = ANY(CAST(:accounts AS uuid[]))")

# Only where the order matters: allowances that still held then, or volumes that tiers have counted.
NOTE_LATE = text("""
INSERT INTO late_usage (subscription_id, since)
SELECT l.subscription_id, min(l.since)
FROM unnest(CAST(:subscriptions AS uuid[]), CAST(:groups AS uuid[]), CAST(:since AS timestamptz[]))
  AS l (subscription_id, group_id, since)
WHERE EXISTS (SELECT FROM bucket b WHERE b.purse_id IN (l.subscription_id, l.group_id) AND b.unit <> 'money'
                AND (b.valid_to IS NULL OR b.valid_to > l.since))
   OR EXISTS (SELECT FROM counter c WHERE c.subscription_id = l.subscription_id AND c.code <> 'spend')
GROUP BY l.subscription_id ORDER BY l.subscription_id
ON CONFLICT (subscription_id) DO UPDATE SET since = least(late_usage.since, excluded.since)
""")

# Charges are in the queue for a second, sessions are open for as long as they last.
CHARGES_ONLINE = text("""
SELECT EXISTS (SELECT FROM unsettled_charge) OR EXISTS (SELECT FROM charging_session WHERE state = 'open')
""")

ANY_LATE = text("SELECT EXISTS (SELECT FROM late_usage)")

# OFFSET 0 keeps it one look-up by primary key for each event: a month that was just made has no statistics yet, and the
# planner would rather read all of it.
KNOWN_EVENTS = text("""
SELECT w.subscription_id, w.key, e.file_row, f.name
FROM unnest(CAST(:subscriptions AS uuid[]), CAST(:keys AS uuid[])) AS w (subscription_id, key)
CROSS JOIN LATERAL (
  SELECT r.file_id, r.file_row FROM rated_event r
  WHERE r.subscription_id = w.subscription_id AND r.key = w.key OFFSET 0
) e
LEFT JOIN usage_file f ON f.id = e.file_id
""")

# Whoever was ever in a sharing group may have used what it holds.
MEMBERS_EVER = text("SELECT DISTINCT subscription_id FROM sharing_member WHERE group_id = :group_id")

# The events of a chunk that took from a bucket: what a usage entry of the ledger is the sum of; or those of a
# settlement of online charges. A chunk that rated rows
# again has those alone; they are no longer the chunk's that met them first.
EVENTS_OF_ENTRY = text("""
SELECT e.subscription_id, e.key
FROM usage_chunk c
JOIN rated_event e ON e.subscription_id = ANY(CAST(:subscriptions AS uuid[]))
  AND e.key BETWEEN c.first_key AND c.last_key
  AND e.file_id = c.file_id AND e.file_row BETWEEN c.rows_from AND c.rows_to
WHERE c.id = :chunk_id AND e.bucket_ids @> ARRAY[CAST(:bucket_id AS uuid)]
  AND CASE WHEN c.rows IS NOT NULL THEN e.file_row = ANY(c.rows)
      ELSE NOT EXISTS (SELECT FROM usage_chunk a WHERE a.file_id = c.file_id AND e.file_row = ANY(a.rows)) END
UNION ALL
SELECT e.subscription_id, e.key
FROM rated_event e
WHERE e.subscription_id = ANY(CAST(:subscriptions AS uuid[])) AND e.settlement_id = :chunk_id
  AND e.bucket_ids @> ARRAY[CAST(:bucket_id AS uuid)]
""")

# The events that took from a bucket by the result of a re-rating, or by the one before it: what a re-rating's entry is
# the difference of.
EVENTS_OF_RERATING = text("""
SELECT r.subscription_id, r.key
FROM rerated_event r
JOIN rated_event e ON e.subscription_id = r.subscription_id AND e.key = r.key
LEFT JOIN LATERAL (
  SELECT p.id, p.bucket_ids FROM rerated_event p
  WHERE p.subscription_id = r.subscription_id AND p.key = r.key AND p.id < r.id
  ORDER BY p.id DESC LIMIT 1
) before ON true
WHERE r.subscription_id = ANY(CAST(:subscriptions AS uuid[])) AND r.run_id = :run_id
  AND (r.bucket_ids @> ARRAY[CAST(:bucket_id AS uuid)]
    OR CASE WHEN before.id IS NULL THEN e.bucket_ids ELSE before.bucket_ids END @> ARRAY[CAST(:bucket_id AS uuid)])
""")

CURRENCY_OF_RATE = text("""
SELECT l.currency FROM rate r
JOIN price_list_version v ON v.id = r.version_id JOIN price_list l ON l.id = v.price_list_id
WHERE r.id = :rate_id
""")
