"""The set-based SQL of a bill run."""

from sqlalchemy import text

# Ids are UUIDs of version 7 like all others: `stamp` holds the run's milliseconds, the rest is random.
_UUID7 = "CAST(overlay(overlay(CAST(gen_random_uuid() AS text) PLACING '7' FROM 15) PLACING :stamp FROM 1) AS uuid)"

# A month in advance for each product that runs when the month begins (`begins` is its first midnight). Prices of zero
# need no charge; a product that has the month's charge already keeps it.
CHARGE_ADVANCE = text(f"""
INSERT INTO charge (id, account_id, subscription_id, product_id, kind, description, period_start, period_end,
                    amount_micros, tax_class, created_at)
SELECT {_UUID7}, s.account_id, s.id, p.id, 'recurring',
       coalesce(o.name ->> c.language, o.name ->> :language, o.code), :first_day, :end_day,
       price.amount_micros, price.tax_class, :now
FROM product p
JOIN subscription s ON s.id = p.subscription_id
JOIN customer c ON c.id = s.customer_id
JOIN offering o ON o.id = p.offering_id
JOIN offering_price price ON price.offering_id = o.id AND price.kind = 'recurring'
WHERE s.payment_mode <> 'prepaid' AND s.state IN ('active', 'suspended')
  AND p.valid_from < :begins AND (p.valid_to IS NULL OR p.valid_to > :begins)
  AND price.amount_micros > 0
ON CONFLICT (product_id, kind, period_start) DO NOTHING
""")  # noqa: S608  # a constant of this file

# Accounts with a line that was in service before `begins` and whose bills do not reach `end_day` yet.
ACCOUNTS_TO_BILL = text("""
SELECT a.id FROM billing_account a
WHERE a.billed_until < :end_day
  AND EXISTS (SELECT FROM subscription s
              WHERE s.account_id = a.id AND s.payment_mode <> 'prepaid' AND s.activated_at < :begins)
ORDER BY a.id
""")

# What an account has used and not been billed for. An event's `bill_period` was fixed under the locks of its purses, so
# each event belongs to exactly one span [bill_start, bill_end) of the account's bills. What was rated again before its
# bill stands on it as it is now. What was rated again afterwards is billed by its difference; where it went to another
# zone, the amount leaves the one and joins the other. A zone is called as in the price list of the newest event.
USAGE = text("""
WITH line AS (SELECT id, number FROM subscription WHERE account_id = :account_id), newer AS (
  SELECT r.subscription_id, r.key, r.id, r.status, r.charged, r.zone, r.zone_before, r.accrued_micros,
         r.accrued_delta_micros, r.price_list_version_id
  FROM line JOIN rerated_event r ON r.subscription_id = line.id
  WHERE r.bill_period >= :bill_start AND r.bill_period < :bill_end
), newest AS (
  SELECT DISTINCT ON (subscription_id, key) subscription_id, key, id, status, charged, zone, accrued_micros,
         price_list_version_id
  FROM newer ORDER BY subscription_id, key, id DESC
), part AS (
  SELECT e.subscription_id, e.key, e.service, CASE WHEN n.id IS NULL THEN e.zone ELSE n.zone END AS zone, 1 AS events,
         coalesce(n.charged, e.charged) AS charged, coalesce(n.accrued_micros, e.accrued_micros) AS accrued_micros,
         CASE WHEN n.id IS NULL THEN e.price_list_version_id ELSE n.price_list_version_id END AS version_id
  FROM line
  JOIN rated_event e ON e.subscription_id = line.id
  LEFT JOIN newest n ON n.subscription_id = e.subscription_id AND n.key = e.key
  WHERE coalesce(n.status, e.status) = 'rated' AND e.bill_period >= :bill_start AND e.bill_period < :bill_end
  UNION ALL
  SELECT e.subscription_id, e.key, e.service, moved.zone, 0, 0, moved.accrued_micros, r.price_list_version_id
  FROM newer r
  JOIN rated_event e ON e.subscription_id = r.subscription_id AND e.key = r.key AND e.bill_period < :bill_start
  CROSS JOIN LATERAL (VALUES
    (r.zone_before, CASE WHEN r.zone_before IS NOT DISTINCT FROM r.zone THEN 0
                         ELSE r.accrued_delta_micros - r.accrued_micros END),
    (r.zone, CASE WHEN r.zone_before IS NOT DISTINCT FROM r.zone THEN r.accrued_delta_micros
                  ELSE r.accrued_micros END)
  ) AS moved (zone, accrued_micros)
  WHERE moved.accrued_micros <> 0
), used AS (
  SELECT part.subscription_id, line.number, part.service, part.zone, sum(part.events) AS events,
         CAST(sum(part.charged) AS bigint) AS charged, CAST(sum(part.accrued_micros) AS bigint) AS accrued_micros,
         (array_agg(part.version_id ORDER BY part.key DESC))[1] AS version_id
  FROM part JOIN line ON line.id = part.subscription_id
  GROUP BY part.subscription_id, line.number, part.service, part.zone
  HAVING sum(part.accrued_micros) <> 0
)
SELECT used.subscription_id, used.number, used.service, used.zone, used.events, used.charged, used.accrued_micros,
       used.version_id, zone.name AS zone_name
FROM used LEFT JOIN zone ON zone.version_id = used.version_id AND zone.code = used.zone
""")

CHARGES = text("""
SELECT c.id, c.subscription_id, s.number, c.kind, c.description, c.period_start, c.period_end, c.amount_micros,
       c.tax_class
FROM charge c
JOIN subscription s ON s.id = c.subscription_id
JOIN product p ON p.id = c.product_id
WHERE c.account_id = :account_id AND c.invoice_line_id IS NULL
  AND c.period_start <= :bill_end AND p.valid_from < :begins
""")

MARK_BILLED = text("""
UPDATE charge SET invoice_line_id = b.line_id
FROM unnest(CAST(:charges AS uuid[]), CAST(:lines AS uuid[])) AS b (charge_id, line_id)
WHERE charge.id = b.charge_id
""")

# The row stays locked to the transaction's end: whoever needs the next number waits, and a rollback gives it back.
NEXT_NUMBER = text("""
INSERT INTO invoice_sequence (legal_entity, last_number) VALUES (:legal_entity, 1)
ON CONFLICT (legal_entity) DO UPDATE SET last_number = invoice_sequence.last_number + 1
RETURNING last_number
""")

ACCOUNT_DONE = text("""
UPDATE bill_run SET accounts_done = accounts_done + 1 WHERE id = :run_id
RETURNING accounts_done = accounts_total AS was_last
""")
