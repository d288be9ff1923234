"""The set-based SQL of loading columns. Each read answers one row of arrays, aligned with each other."""

# Who held the asked values of one kind when; `n` is the value's place.
TENURES = """
SELECT array_agg(h.n), array_agg(h.subscription_id), array_agg(h.valid_from), array_agg(h.valid_to)
FROM (
  SELECT asked.n - 1 AS n, i.subscription_id, i.valid_from, coalesce(i.valid_to, 'infinity') AS valid_to
  FROM unnest(string_to_array(%(values)s, E'\\n')) WITH ORDINALITY AS asked (value, n)
  JOIN subscription_identifier i ON i.kind = %(kind)s AND i.value = asked.value
  WHERE i.valid_to IS NULL OR i.valid_to > i.valid_from
) h
"""

# Lines in the order of ids. A special one has terms of its own: customer groups or lists, sharing, discounts.
LINES = """
SELECT array_agg(l.id), array_agg(l.account_id), array_agg(l.spend_limit), array_agg(l.special)
FROM (
  SELECT s.id, s.account_id, coalesce(s.spend_limit_micros, -1) AS spend_limit,
    CAST(CAST(
      EXISTS (SELECT FROM customer_group_member g WHERE g.customer_id = s.customer_id)
      OR EXISTS (SELECT FROM price_list_assignment a WHERE a.customer_id = s.customer_id)
      OR EXISTS (SELECT FROM sharing_member m WHERE m.subscription_id = s.id)
      OR EXISTS (SELECT FROM product p JOIN offering_discount d ON d.offering_id = p.offering_id
                 WHERE p.subscription_id = s.id)
    AS int) AS bigint) AS special
  FROM subscription s WHERE s.id = ANY(%(lines)s) ORDER BY s.id
) l
"""

# The lines' plans by time; `n` is the line's place.
PLANS = """
SELECT array_agg(p.n), array_agg(p.offering_id), array_agg(p.valid_from), array_agg(p.valid_to)
FROM (
  SELECT l.n - 1 AS n, p.offering_id, p.valid_from, coalesce(p.valid_to, 'infinity') AS valid_to
  FROM unnest(%(lines)s) WITH ORDINALITY AS l (id, n)
  JOIN product p ON p.subscription_id = l.id
  WHERE p.is_plan AND (p.valid_to IS NULL OR p.valid_to > p.valid_from)
  ORDER BY l.n, p.valid_from, p.id
) p
"""

# As balances locks purses: subscriptions' in the order of ids, then groups', whose ids sort after all of those.
LOCK_PURSES = """
SELECT array_agg(p.id), array_agg(p.rated_until)
FROM (
  SELECT id, coalesce(rated_until, '00000000-0000-0000-0000-000000000000') AS rated_until
  FROM purse WHERE id = ANY(%(purses)s) ORDER BY id FOR NO KEY UPDATE
) p
"""

BILLED_UNTIL = """
SELECT array_agg(a.id), array_agg(a.day)
FROM (
  SELECT id, CAST(billed_until - DATE '1970-01-01' AS bigint) AS day
  FROM billing_account WHERE id = ANY(%(accounts)s) ORDER BY id
) a
"""

# Those of the events that are rated already, and by which line of which file. OFFSET 0: see charging's KNOWN_EVENTS.
KNOWN_EVENTS = """
SELECT array_agg(k.n), array_agg(k.file_id), array_agg(k.file_row)
FROM (
  SELECT w.n - 1 AS n, coalesce(e.file_id, '00000000-0000-0000-0000-000000000000') AS file_id,
         coalesce(e.file_row, 0) AS file_row
  FROM unnest(%(lines)s, %(keys)s) WITH ORDINALITY AS w (subscription_id, key, n)
  CROSS JOIN LATERAL (
    SELECT r.file_id, r.file_row FROM rated_event r
    WHERE r.subscription_id = w.subscription_id AND r.key = w.key OFFSET 0
  ) e
) k
"""

# Buckets in the order of purses and taking; `n` is the purse's place, `kind` what few buckets differ in.
BUCKETS = """
SELECT array_agg(b.n), array_agg(b.id), array_agg(b.available), array_agg(b.priority), array_agg(b.valid_from),
       array_agg(b.valid_to), string_agg(b.kind, E'\\n')
FROM (
  SELECT p.n - 1 AS n, b.id, b.amount - b.reserved AS available, b.priority, b.valid_from,
         coalesce(b.valid_to, 'infinity') AS valid_to,
         concat_ws(E'\\x1f', b.code, b.unit, coalesce(b.currency, ''), array_to_string(b.services, E'\\x1e'),
                   array_to_string(b.zones, E'\\x1e')) AS kind
  FROM unnest(%(purses)s) WITH ORDINALITY AS p (id, n)
  JOIN bucket b ON b.purse_id = p.id
  WHERE b.valid_to IS NULL OR b.valid_to > %(earliest)s
  ORDER BY p.n, b.priority, b.valid_to NULLS LAST, b.id
) b
"""

# Counters of the lines in the periods asked for, with what is reserved in them; `n` is the line's place, `period` the
# period's.
COUNTERS = """
SELECT array_agg(c.n), array_agg(c.period), array_agg(c.value), string_agg(c.code, E'\\n')
FROM (
  SELECT l.n - 1 AS n, p.n - 1 AS period, c.value + c.reserved AS value, c.code
  FROM unnest(%(lines)s) WITH ORDINALITY AS l (id, n)
  JOIN counter c ON c.subscription_id = l.id
  JOIN unnest(%(periods)s) WITH ORDINALITY AS p (start, n) ON p.start = c.period_start
) c
"""

ADVANCE_PURSES = """
UPDATE purse SET rated_until = a.key
FROM unnest(%(purses)s, %(keys)s) AS a (id, key)
WHERE purse.id = a.id AND (purse.rated_until IS NULL OR purse.rated_until < a.key)
"""

BOOK_ENTRIES = """
INSERT INTO ledger_entry (id, bucket_id, delta, reason, reason_id, occurred_at)
SELECT e.id, e.bucket_id, -e.units, %(reason)s, %(chunk)s, %(now)s
FROM unnest(%(entries)s, %(buckets)s, %(units)s) AS e (id, bucket_id, units)
"""

# Answers the allowances that may have reached the lowest share that is told: those that have, and the parts of larger
# ones. No others need to be looked at.
TAKE_FROM_BUCKETS = """
WITH taken AS (
  UPDATE bucket SET amount = bucket.amount - t.units
  FROM unnest(%(buckets)s, %(units)s) AS t (id, units)
  WHERE bucket.id = t.id
  RETURNING bucket.id, bucket.unit, bucket.granted, bucket.amount, bucket.alone
)
SELECT array_agg(id) FROM taken
WHERE unit <> 'money' AND (NOT alone OR granted > 0 AND (granted - amount) * 100 >= granted * %(lowest)s)
"""
