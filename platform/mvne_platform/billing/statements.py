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

# What an account has used and not been billed for. An event's `bill_period` was fixed under a lock on the account, so
# each event belongs to exactly one span [bill_start, bill_end) of the account's bills. A zone is called as in the price
# list of the newest event.
USAGE = text("""
WITH used AS (
  SELECT e.subscription_id, s.number, e.service, e.zone, count(*) AS events,
         CAST(sum(e.charged) AS bigint) AS charged, CAST(sum(e.accrued_micros) AS bigint) AS accrued_micros,
         (array_agg(e.price_list_version_id ORDER BY e.key DESC))[1] AS version_id
  FROM subscription s
  JOIN rated_event e ON e.subscription_id = s.id
  WHERE s.account_id = :account_id AND e.status = 'rated'
    AND e.bill_period >= :bill_start AND e.bill_period < :bill_end
  GROUP BY e.subscription_id, s.number, e.service, e.zone
  HAVING sum(e.accrued_micros) <> 0
)
SELECT used.subscription_id, used.number, used.service, used.zone, used.events, used.charged, used.accrued_micros,
       coalesce(zone.name, used.zone, '') AS zone_name
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
