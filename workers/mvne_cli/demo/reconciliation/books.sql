-- Sums that must hold between the platform's own tables: what | wanted | found.
WITH booked AS (
  SELECT b.id, b.amount, coalesce(sum(l.delta), 0) AS ledger,
    coalesce(sum(l.delta) FILTER (WHERE l.reason = 'usage'), 0) AS used
  FROM bucket b LEFT JOIN ledger_entry l ON l.bucket_id = b.id
  GROUP BY b.id
), taken AS (
  SELECT take.id, sum(take.units) AS units
  FROM rated_event CROSS JOIN unnest(bucket_ids, bucket_units) AS take (id, units)
  GROUP BY 1
), usage_line AS (
  SELECT l.id, l.exact_micros, l.events, count(e.key) AS found, coalesce(sum(e.accrued_micros), 0) AS accrued
  FROM invoice_line l
  JOIN invoice i ON i.id = l.invoice_id
  LEFT JOIN rated_event e ON e.subscription_id = l.subscription_id AND e.service = l.service
    AND e.zone IS NOT DISTINCT FROM l.zone AND e.status = 'rated'
    AND e.bill_period >= i.period_start AND e.bill_period < i.period_end
  WHERE l.kind = 'usage'
  GROUP BY l.id
), invoiced AS (
  SELECT i.id, i.net_micros, i.tax_micros, i.gross_micros,
    (SELECT sum(l.net_micros) FROM invoice_line l WHERE l.invoice_id = i.id) AS lines,
    (SELECT sum(t.tax_micros) FROM invoice_tax t WHERE t.invoice_id = i.id) AS taxes
  FROM invoice i
)
SELECT 'buckets that are the sum of their ledger' AS what, count(*)::numeric AS delivered,
  count(*) FILTER (WHERE amount = ledger)::numeric AS found
FROM booked
UNION ALL
SELECT 'buckets whose usage entries are their events'' takes', count(*),
  count(*) FILTER (WHERE -used = coalesce(taken.units, 0))
FROM booked LEFT JOIN taken USING (id)
UNION ALL
SELECT 'events whose price is billed, debited or waived', count(*),
  count(*) FILTER (WHERE amount_micros >= accrued_micros + debited_micros AND accrued_micros >= 0
    AND (reason IS NOT NULL OR amount_micros = accrued_micros + debited_micros))
FROM rated_event WHERE status = 'rated'
UNION ALL
SELECT 'usage lines of invoices that are the sum of their events', count(*),
  count(*) FILTER (WHERE exact_micros = accrued AND events = found)
FROM usage_line
UNION ALL
SELECT 'micros accrued in billed months = micros on usage lines',
  (SELECT coalesce(sum(e.accrued_micros), 0)
   FROM rated_event e JOIN subscription s ON s.id = e.subscription_id JOIN billing_account a ON a.id = s.account_id
   WHERE e.bill_period < a.billed_until),
  (SELECT coalesce(sum(exact_micros), 0) FROM usage_line)
UNION ALL
SELECT 'charges on an invoice with their own amount', count(*), count(*) FILTER (WHERE l.exact_micros = c.amount_micros)
FROM charge c JOIN invoice_line l ON l.id = c.invoice_line_id
UNION ALL
SELECT 'invoices whose lines and taxes add up', count(*),
  count(*) FILTER (WHERE net_micros = lines AND tax_micros = taxes AND gross_micros = net_micros + tax_micros)
FROM invoiced
UNION ALL
SELECT 'invoice numbers without a gap', coalesce((SELECT sum(last_number) FROM invoice_sequence), 0), count(*)
FROM invoice
UNION ALL
SELECT 'invoices owed once', count(*), count(*) FILTER (WHERE r.delta_micros = i.gross_micros)
FROM invoice i LEFT JOIN receivable_entry r ON r.kind = 'invoice' AND r.reference_id = i.id
UNION ALL
SELECT 'members whose points are the sum of their ledger', count(*), count(*) FILTER (WHERE points = ledger)
FROM (SELECT m.points, coalesce(sum(p.delta), 0) AS ledger
      FROM member m LEFT JOIN points_entry p ON p.member_id = m.id GROUP BY m.id) AS counted
