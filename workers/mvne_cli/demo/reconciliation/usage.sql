-- Each line compares what the files say with what the platform stored: what | in the files | in the platform.
WITH answer AS (
  SELECT f.digest, e.file_row AS n, e.status AS outcome, e.quantity, e.start, e.reason
  FROM rated_event e JOIN usage_file f ON f.id = e.file_id JOIN delivered USING (digest)
  UNION ALL
  SELECT f.digest, x.row, x.kind, NULL, NULL, x.reason
  FROM usage_exception x JOIN usage_file f ON f.id = x.file_id JOIN delivered USING (digest)
), judged AS (
  -- who held the number or the IMSI when the event began
  SELECT r.digest, r.n, r.readable, r.unit, r.key, r.start, r.quantity, r.answered, r.readable AND EXISTS (
      SELECT FROM subscription_identifier i
      WHERE ((i.kind = 'msisdn' AND i.value = r.msisdn) OR (i.kind = 'imsi' AND i.value = r.imsi))
        AND i.valid_from <= r.start AND (i.valid_to IS NULL OR r.start < i.valid_to)
    ) AS ours
  FROM raw_event r
), paired AS (
  SELECT j.digest, j.n, j.readable, j.unit, j.key, j.start, j.quantity, j.answered, j.ours,
    a.outcome, a.reason, a.quantity AS stored, a.start AS stored_start,
    a.outcome IN ('rated', 'not_chargeable', 'barred') AS settled
  FROM judged j LEFT JOIN answer a USING (digest, n)
), by_key AS (
  SELECT key, min(unit) AS unit, min(quantity) AS quantity, count(*) AS rows, count(*) FILTER (WHERE settled) AS settled,
    count(*) FILTER (WHERE outcome = 'duplicate') AS duplicates, count(*) FILTER (WHERE outcome = 'failed') AS failed,
    count(*) FILTER (WHERE settled) = 0 AND count(*) FILTER (WHERE outcome = 'failed') > 0 AS never_settled
  FROM paired WHERE ours GROUP BY key
), by_file AS (
  SELECT d.digest, (SELECT count(*) FROM raw_event r WHERE r.digest = d.digest) AS rows,
    (SELECT u.rows_total FROM usage_file u WHERE u.digest = d.digest AND u.state = 'loaded'
       AND u.rows_total = u.rated + u.not_chargeable + u.barred + u.duplicate + u.failed + u.correlated
       AND (u.rated, u.not_chargeable, u.barred, u.duplicate, u.failed, u.correlated) = (
         SELECT count(*) FILTER (WHERE a.outcome = 'rated'), count(*) FILTER (WHERE a.outcome = 'not_chargeable'),
           count(*) FILTER (WHERE a.outcome = 'barred'), count(*) FILTER (WHERE a.outcome = 'duplicate'),
           count(*) FILTER (WHERE a.outcome = 'failed'), count(*) FILTER (WHERE a.outcome = 'correlated')
         FROM answer a WHERE a.digest = d.digest)) AS accounted
  FROM delivered d
)
SELECT 'files loaded, their own counts right' AS what, count(*)::numeric AS delivered,
  count(*) FILTER (WHERE rows = accounted)::numeric AS found
FROM by_file
UNION ALL
SELECT 'rows delivered = rows answered', (SELECT count(*) FROM raw_event), (SELECT count(*) FROM answer)
UNION ALL
SELECT 'rows answered exactly once', (SELECT count(*) FROM raw_event),
  (SELECT count(*) FROM (SELECT FROM paired GROUP BY digest, n HAVING count(outcome) = 1) AS once)
UNION ALL
SELECT 'different events = rated + not chargeable + barred + failed', count(*),
  coalesce(sum(settled), 0) + count(*) FILTER (WHERE never_settled)
FROM by_key
UNION ALL
-- an event that fails, fails each time it comes
SELECT 'repeated events = duplicates', coalesce(sum(rows), 0) - count(*),
  coalesce(sum(duplicates) + sum(failed), 0) - count(*) FILTER (WHERE never_settled)
FROM by_key
UNION ALL
SELECT 'unreadable rows and strangers = failed', count(*), count(*) FILTER (WHERE outcome = 'failed')
FROM paired WHERE NOT ours
UNION ALL
SELECT units.unit || 's of all events',
  (SELECT coalesce(sum(k.quantity), 0) FROM by_key k WHERE k.unit = units.unit AND NOT k.never_settled),
  (SELECT coalesce(sum(p.stored), 0) FROM paired p WHERE p.unit = units.unit AND p.settled)
FROM (VALUES ('second'), ('byte'), ('message')) AS units (unit)
UNION ALL
SELECT 'events with the quantity and the start of their row', count(*),
  count(*) FILTER (WHERE stored = quantity AND stored_start = date_trunc('second', start))
FROM paired WHERE settled
UNION ALL
SELECT 'unanswered calls that cost something', 0,
  count(*) FILTER (WHERE answered IS FALSE AND outcome = 'rated')
FROM paired
