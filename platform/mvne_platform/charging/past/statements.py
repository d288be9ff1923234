"""The set-based SQL that reads the past."""

from sqlalchemy import text

# What holds for each event of the subscriptions from a key on: the newest result, else the first. `arrived` is the
# chunk or the settlement that rated it: their ids rise with time. A row that failed at first arrived with the later
# chunk that lists it.
EVENTS = text("""
SELECT e.subscription_id, e.key, e.start, e.service, e.other_party, e.visited_network, e.operator, e.number_class,
       e.quantity, e.currency, e.bill_period, e.group_id, e.charge_id, e.reason AS first_reason,
       coalesce(c.id, e.settlement_id) AS arrived,
       coalesce(r.charged, e.charged) AS charged, coalesce(r.status, e.status) AS status,
       CASE WHEN r.id IS NULL THEN e.reason ELSE r.reason END AS reason,
       coalesce(r.itemised, e.itemised) AS itemised,
       CASE WHEN r.id IS NULL THEN e.price_list_version_id ELSE r.price_list_version_id END AS price_list_version_id,
       CASE WHEN r.id IS NULL THEN e.rate_id ELSE r.rate_id END AS rate_id,
       CASE WHEN r.id IS NULL THEN e.zone ELSE r.zone END AS zone,
       CASE WHEN r.id IS NULL THEN e.band ELSE r.band END AS band,
       coalesce(r.amount_micros, e.amount_micros) AS amount_micros,
       coalesce(r.accrued_micros, e.accrued_micros) AS accrued_micros,
       coalesce(r.debited_micros, e.debited_micros) AS debited_micros,
       CASE WHEN r.id IS NULL THEN e.wholesale_micros ELSE r.wholesale_micros END AS wholesale_micros,
       CASE WHEN r.id IS NULL THEN e.wholesale_rate_id ELSE r.wholesale_rate_id END AS wholesale_rate_id,
       CASE WHEN r.id IS NULL THEN e.bucket_ids ELSE r.bucket_ids END AS bucket_ids,
       CASE WHEN r.id IS NULL THEN e.bucket_units ELSE r.bucket_units END AS bucket_units,
       CASE WHEN r.id IS NULL THEN e.trace ELSE r.trace END AS trace, t.counter,
       (SELECT f.code FROM product p JOIN offering f ON f.id = p.offering_id
        WHERE p.subscription_id = e.subscription_id AND p.is_plan AND p.valid_from <= e.start
          AND (p.valid_to IS NULL OR p.valid_to > e.start) LIMIT 1) AS plan
FROM rated_event e
LEFT JOIN LATERAL (
  SELECT n.id, n.charged, n.status, n.reason, n.itemised, n.price_list_version_id, n.rate_id, n.zone, n.band,
         n.amount_micros, n.accrued_micros, n.debited_micros, n.wholesale_micros, n.wholesale_rate_id, n.bucket_ids,
         n.bucket_units, n.trace
  FROM rerated_event n WHERE n.subscription_id = e.subscription_id AND n.key = e.key
  ORDER BY n.id DESC LIMIT 1
) r ON true
LEFT JOIN LATERAL (
  SELECT k.id FROM usage_chunk k
  WHERE k.file_id = e.file_id
    AND CASE WHEN k.rows IS NULL THEN e.file_row BETWEEN k.rows_from AND k.rows_to ELSE e.file_row = ANY(k.rows) END
  ORDER BY k.id DESC LIMIT 1
) c ON true
LEFT JOIN rate t ON t.id = CASE WHEN r.id IS NULL THEN e.rate_id ELSE r.rate_id END AND t.counter IS NOT NULL
WHERE e.subscription_id = ANY(CAST(:subscriptions AS uuid[])) AND e.key >= :lowest
ORDER BY e.key, e.subscription_id
""")

# The accounts with events in the span, in the order of ids; a subscription, a plan or the versions of a price list, of
# now or before a re-rating, narrow them.
ACCOUNTS = text("""
SELECT DISTINCT s.account_id
FROM subscription s
WHERE (CAST(:subscription_id AS uuid) IS NULL OR s.id = :subscription_id)
  AND EXISTS (
    SELECT FROM rated_event e
    WHERE e.subscription_id = s.id AND e.key >= :lowest AND e.key < :highest
      AND (CAST(:versions AS uuid[]) IS NULL OR e.price_list_version_id = ANY(CAST(:versions AS uuid[]))
        OR EXISTS (SELECT FROM rerated_event n WHERE n.subscription_id = e.subscription_id AND n.key = e.key
                     AND n.price_list_version_id = ANY(CAST(:versions AS uuid[]))))
      AND (CAST(:plan AS text) IS NULL OR EXISTS (
        SELECT FROM product p JOIN offering o ON o.id = p.offering_id
        WHERE p.subscription_id = s.id AND p.is_plan AND o.code = :plan AND p.valid_from <= e.start
          AND (p.valid_to IS NULL OR p.valid_to > e.start))))
ORDER BY s.account_id
""")

# What else than usage moved buckets, in the order in which it did.
ENTRIES = text("""
SELECT id, bucket_id, delta, reason FROM ledger_entry
WHERE bucket_id = ANY(CAST(:buckets AS uuid[])) AND reason NOT IN ('usage', 'rerating')
ORDER BY id
""")

# How far back the records reach that arrived since a chunk.
OLDEST_SINCE = text(
    "SELECT first_key FROM usage_chunk WHERE id >= :first AND first_key IS NOT NULL ORDER BY first_key LIMIT 1"
)
