"""The ledger's SQL. Each moves `bucket.amount` and the ledger together, so that one is always the other's sum."""

from sqlalchemy import TextClause, text

_PURSES = "SELECT id, version, rated_until FROM purse WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY id"

# Groups the subscriptions are in at or after :since, and those that hold allowances of products.
_GROUP_PURSES = """
SELECT id, version, rated_until FROM purse WHERE id IN (
  SELECT group_id FROM sharing_member
  WHERE subscription_id = ANY(CAST(:ids AS uuid[])) AND (valid_to IS NULL OR valid_to > :since)
  UNION ALL
  SELECT group_id FROM bucket
  WHERE product_id = ANY(CAST(:products AS uuid[])) AND group_id IS NOT NULL AND amount > 0
) ORDER BY id
"""


def _locked(statement: str) -> TextClause:
    return text(f"{statement} FOR NO KEY UPDATE OF purse")


PURSES, LOCK_PURSES = text(_PURSES), _locked(_PURSES)
GROUP_PURSES, LOCK_GROUP_PURSES = text(_GROUP_PURSES), _locked(_GROUP_PURSES)

# What the bill run closes is no longer as it was read: who rates must look again whose period it is.
TOUCH_PURSES = text("UPDATE purse SET version = version + 1 WHERE id = ANY(CAST(:ids AS uuid[]))")

# Tiers look at what was counted: who remembers it is to read it again. Settlement adds what is reserved already.
TOUCH_COUNTED = text("""
UPDATE purse SET version = version + 1
WHERE id = ANY(CAST(:ids AS uuid[])) AND current_setting('mvne.purses', true) IS DISTINCT FROM 'unmoved'
""")

PURSES_OF_ACCOUNT = text("""
SELECT id FROM subscription WHERE account_id = :account_id
UNION ALL
SELECT id FROM sharing_group WHERE account_id = :account_id
""")

ADVANCE_PURSES = text("""
UPDATE purse SET rated_until = greatest(purse.rated_until, m.key)
FROM unnest(CAST(:ids AS uuid[]), CAST(:keys AS uuid[])) AS m (id, key)
WHERE purse.id = m.id
""")

# Usage of before an allowance expired that comes later is late, also where nothing later has been rated. The first 40
# bits of a usage key are the start in Unix seconds (ADR 9).
REACH_ENDS = text("""
UPDATE purse SET rated_until = greatest(purse.rated_until, e.key)
FROM (
  SELECT purse_id,
         CAST(rpad(lpad(to_hex(CAST(floor(extract(epoch FROM max(valid_to))) AS bigint)), 10, '0'), 32, '0') AS uuid)
           AS key
  FROM bucket WHERE id = ANY(CAST(:buckets AS uuid[])) GROUP BY purse_id
) e
WHERE purse.id = e.purse_id
""")

# With what open sessions and charges that are not booked yet will add: limits and tiers look at both.
COUNTERS = text("""
SELECT c.subscription_id, c.code, c.period_start, c.value + c.reserved AS value
FROM unnest(CAST(:subscriptions AS uuid[]), CAST(:codes AS text[]), CAST(:periods AS timestamptz[]))
  AS w (subscription_id, code, period_start)
JOIN counter c USING (subscription_id, code, period_start)
""")

# An occasion that is in a bucket's ledger already is left out of both. What is not usage is given or taken back, and
# usage is compared with what was given.
BOOK = text("""
WITH entry AS (
  INSERT INTO ledger_entry (id, bucket_id, delta, reason, reason_id, occurred_at, note, actor)
  SELECT m.entry_id, m.bucket_id, m.delta, :reason, m.reason_id, :now, :note, :actor
  FROM unnest(CAST(:entries AS uuid[]), CAST(:buckets AS uuid[]), CAST(:deltas AS bigint[]), CAST(:occasions AS uuid[]))
    AS m (entry_id, bucket_id, delta, reason_id)
  ON CONFLICT (bucket_id, reason, reason_id) DO NOTHING
  RETURNING bucket_id, delta
)
UPDATE bucket SET amount = bucket.amount + entry.delta,
  granted = bucket.granted + CASE WHEN :given AND bucket.unit <> 'money' THEN entry.delta ELSE 0 END
FROM entry WHERE bucket.id = entry.bucket_id
RETURNING bucket.id
""")

# A grant's bucket has an id that follows from its occasion: who comes second inserts nothing.
GRANT = text("""
WITH made AS (
  INSERT INTO bucket (id, subscription_id, group_id, code, unit, currency, amount, granted, services, zones, priority,
                      valid_from, valid_to, product_id, rollover_limit, rollovers_left, shared)
  SELECT g.bucket_id, g.subscription_id, g.group_id, g.code, g.unit, NULL, g.quantity, g.quantity, g.services, g.zones,
         g.priority, g.valid_from, g.valid_to, g.product_id, g.rollover_limit, g.rollovers_left, g.shared
  FROM jsonb_to_recordset(CAST(:grants AS jsonb))
    AS g (bucket_id uuid, subscription_id uuid, group_id uuid, code text, unit text, quantity bigint, services text[],
          zones text[], priority bigint, valid_from timestamptz, valid_to timestamptz, product_id uuid,
          rollover_limit bigint, rollovers_left bigint, shared boolean)
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

# Buckets of one purse and code that end together are one allowance to its holder.
JOIN_ALLOWANCES = text("""
WITH met AS (
  SELECT m.id AS made, o.id AS other
  FROM bucket m
  JOIN bucket o ON o.purse_id = m.purse_id AND o.code = m.code AND o.valid_to = m.valid_to AND o.id <> m.id
  WHERE m.id = ANY(CAST(:made AS uuid[]))
)
UPDATE bucket SET alone = false WHERE alone AND id IN (SELECT made FROM met UNION SELECT other FROM met)
""")

# Money pays for whatever happened since there was a subscription, late records too.
OPEN_MONEY = text("""
INSERT INTO bucket (id, subscription_id, code, unit, currency, amount, granted, services, zones, priority, valid_from)
SELECT o.id, s.id, 'main', 'money', :currency, 0, 0, '{}', '{}', :priority, s.created_at
FROM unnest(CAST(:ids AS uuid[]), CAST(:subscriptions AS uuid[])) AS o (id, subscription_id)
JOIN subscription s ON s.id = o.subscription_id
ON CONFLICT (subscription_id) WHERE unit = 'money' AND code = 'main' DO NOTHING
""")

MOVE_COUNTERS = text("""
INSERT INTO counter (subscription_id, code, period_start, value)
SELECT m.subscription_id, m.code, m.period_start, m.delta
FROM unnest(CAST(:subscriptions AS uuid[]), CAST(:codes AS text[]), CAST(:periods AS timestamptz[]),
            CAST(:deltas AS bigint[])) AS m (subscription_id, code, period_start, delta)
ON CONFLICT (subscription_id, code, period_start) DO UPDATE SET value = counter.value + excluded.value
""")

# Thresholds that usage has reached and that were not noted before. An allowance is all buckets of a purse and code that
# end together, what was carried over included; one without an end is by itself. Its period must not be over.
NOTE_ALLOWANCES = text("""
WITH touched AS (
  SELECT DISTINCT purse_id, code, valid_to, CASE WHEN valid_to IS NULL THEN id END AS single
  FROM bucket
  WHERE id = ANY(CAST(:buckets AS uuid[])) AND unit <> 'money' AND (valid_to IS NULL OR valid_to > :now)
    -- Most buckets are the whole of their allowance, and below every threshold: they need not be looked at further.
    AND (NOT bucket.alone OR (granted - amount) * 100 >= granted * CAST(:lowest AS bigint))
), held AS (
  SELECT t.purse_id, t.code, t.valid_to, min(b.unit) AS unit,
         coalesce(t.single::text, to_char(t.valid_to AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) AS period,
         sum(b.granted) AS granted, sum(b.granted - b.amount) AS used
  FROM touched t
  JOIN bucket b ON b.purse_id = t.purse_id AND b.code = t.code AND b.unit <> 'money'
    AND b.valid_to IS NOT DISTINCT FROM t.valid_to AND (t.single IS NULL OR b.id = t.single)
  GROUP BY t.purse_id, t.code, t.valid_to, t.single
), noted AS (
  INSERT INTO usage_notice (purse_id, code, period, percent, noted_at)
  SELECT h.purse_id, h.code, h.period, p.percent, :now
  FROM held h CROSS JOIN unnest(CAST(:percents AS bigint[])) AS p (percent)
  WHERE h.granted > 0 AND h.used * 100 >= h.granted * p.percent
  ON CONFLICT DO NOTHING
  RETURNING purse_id, code, period, percent
)
SELECT coalesce(g.owner_id, h.purse_id) AS subscription_id, g.id AS group_id, h.code, max(noted.percent) AS percent,
       h.unit, CAST(h.granted AS bigint) AS granted, CAST(h.used AS bigint) AS used, h.valid_to
FROM noted
JOIN held h USING (purse_id, code, period)
LEFT JOIN sharing_group g ON g.id = h.purse_id
GROUP BY g.owner_id, h.purse_id, g.id, h.code, h.unit, h.granted, h.used, h.valid_to
ORDER BY h.purse_id, h.code
""")

# The purses of limited lines are read again by who remembers them, as in TOUCH_COUNTED.
NOTE_SPEND = text("""
WITH spent AS (
  SELECT c.subscription_id, c.period_start, c.value, s.spend_limit_micros,
         to_char(c.period_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS period
  FROM unnest(CAST(:subscriptions AS uuid[]), CAST(:periods AS timestamptz[])) AS m (subscription_id, period_start)
  JOIN counter c ON c.subscription_id = m.subscription_id AND c.period_start = m.period_start AND c.code = 'spend'
  JOIN subscription s ON s.id = c.subscription_id AND s.spend_limit_micros > 0
), touched AS (
  UPDATE purse SET version = version + 1
  WHERE id IN (SELECT subscription_id FROM spent)
    AND current_setting('mvne.purses', true) IS DISTINCT FROM 'unmoved'
), noted AS (
  INSERT INTO usage_notice (purse_id, code, period, percent, noted_at)
  SELECT s.subscription_id, 'spend', s.period, p.percent, :now
  FROM spent s CROSS JOIN unnest(CAST(:percents AS bigint[])) AS p (percent)
  WHERE CAST(s.value AS numeric) * 100 >= CAST(s.spend_limit_micros AS numeric) * p.percent
  ON CONFLICT DO NOTHING
  RETURNING purse_id, period, percent
)
SELECT s.subscription_id, max(noted.percent) AS percent, s.spend_limit_micros AS limit_micros, s.value AS spent_micros,
       s.period_start
FROM noted JOIN spent s ON s.subscription_id = noted.purse_id AND s.period = noted.period
GROUP BY s.subscription_id, s.spend_limit_micros, s.value, s.period_start
ORDER BY s.subscription_id
""")
