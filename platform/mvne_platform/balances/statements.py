"""The ledger's SQL. Each moves `bucket.amount` and the ledger together, so that one is always the other's sum."""

from sqlalchemy import text

# An occasion that is in a bucket's ledger already is left out of both.
BOOK = text("""
WITH entry AS (
  INSERT INTO ledger_entry (id, bucket_id, delta, reason, reason_id, occurred_at)
  SELECT m.entry_id, m.bucket_id, m.delta, :reason, m.reason_id, :now
  FROM unnest(CAST(:entries AS uuid[]), CAST(:buckets AS uuid[]), CAST(:deltas AS bigint[]), CAST(:occasions AS uuid[]))
    AS m (entry_id, bucket_id, delta, reason_id)
  ON CONFLICT (bucket_id, reason, reason_id) DO NOTHING
  RETURNING bucket_id, delta
)
UPDATE bucket SET amount = bucket.amount + entry.delta FROM entry WHERE bucket.id = entry.bucket_id
RETURNING bucket.id
""")

# A grant's bucket has an id that follows from its occasion: who comes second inserts nothing.
GRANT = text("""
WITH made AS (
  INSERT INTO bucket (id, subscription_id, code, unit, currency, amount, granted, services, zones, priority,
                      valid_from, valid_to, product_id)
  SELECT g.bucket_id, g.subscription_id, g.code, g.unit, NULL, g.quantity, g.quantity,
         g.services, g.zones, g.priority, g.valid_from, g.valid_to, g.product_id
  FROM jsonb_to_recordset(CAST(:grants AS jsonb))
    AS g (bucket_id uuid, subscription_id uuid, code text, unit text, quantity bigint, services text[], zones text[],
          priority bigint, valid_from timestamptz, valid_to timestamptz, product_id uuid)
  ON CONFLICT (id) DO NOTHING
  RETURNING id, amount
)
INSERT INTO ledger_entry (id, bucket_id, delta, reason, reason_id, occurred_at)
SELECT g.entry_id, made.id, made.amount, :reason, g.reason_id, :now
FROM made
JOIN jsonb_to_recordset(CAST(:grants AS jsonb)) AS g (entry_id uuid, bucket_id uuid, reason_id uuid)
  ON g.bucket_id = made.id
RETURNING bucket_id
""")

# Money pays for whatever happened since there was a subscription, late records too.
OPEN_MONEY = text("""
INSERT INTO bucket (id, subscription_id, code, unit, currency, amount, granted, services, zones, priority, valid_from)
SELECT o.id, s.id, 'main', 'money', :currency, 0, 0, '{}', '{}', :priority, s.created_at
FROM unnest(CAST(:ids AS uuid[]), CAST(:subscriptions AS uuid[])) AS o (id, subscription_id)
JOIN subscription s ON s.id = o.subscription_id
ON CONFLICT (subscription_id) WHERE unit = 'money' AND code = 'main' DO NOTHING
""")

# What is left of allowances whose validity has ended; money does not expire so.
EXPIRED = text("""
SELECT id, amount FROM bucket
WHERE unit <> 'money' AND amount <> 0 AND valid_to <= :at
  AND (CAST(:product_id AS uuid) IS NULL OR product_id = :product_id)
ORDER BY id FOR NO KEY UPDATE
""")

MOVE_COUNTERS = text("""
INSERT INTO counter (subscription_id, code, period_start, value)
SELECT m.subscription_id, m.code, m.period_start, m.delta
FROM unnest(CAST(:subscriptions AS uuid[]), CAST(:codes AS text[]), CAST(:periods AS timestamptz[]),
            CAST(:deltas AS bigint[])) AS m (subscription_id, code, period_start, delta)
ON CONFLICT (subscription_id, code, period_start) DO UPDATE SET value = counter.value + excluded.value
""")
