"""The set-based SQL of replays."""

from sqlalchemy import text

SHARE_DONE = text("""
UPDATE replay_run SET shares_done = shares_done + 1 WHERE id = :run_id
RETURNING shares_done = shares AS was_last
""")

TOTALS = text("""
SELECT count(*) AS subscriptions, CAST(coalesce(sum(events), 0) AS bigint) AS events,
       CAST(coalesce(sum(failed), 0) AS bigint) AS failed,
       CAST(coalesce(sum(charged_micros), 0) AS bigint) AS charged_micros,
       CAST(coalesce(sum(replayed_micros), 0) AS bigint) AS replayed_micros,
       CAST(coalesce(sum(wholesale_micros), 0) AS bigint) AS wholesale_micros,
       count(*) FILTER (WHERE replayed_micros < charged_micros) AS winners,
       count(*) FILTER (WHERE replayed_micros > charged_micros) AS losers
FROM replay_result WHERE run_id = :run_id
""")

# Steps of the difference in percent of what was charged; who paid nothing and would pay counts as +100 or more.
DISTRIBUTION = text("""
WITH relative AS (
  SELECT replayed_micros - charged_micros AS difference,
         CASE WHEN replayed_micros = charged_micros THEN 0
              WHEN charged_micros = 0 THEN 1000
              ELSE (replayed_micros - charged_micros) * 100.0 / charged_micros END AS percent
  FROM replay_result WHERE run_id = :run_id
), placed AS (
  SELECT difference, CASE WHEN difference = 0 THEN 0
                          WHEN percent < 0 THEN -width_bucket(-percent, CAST(:steps AS numeric[]))
                          ELSE width_bucket(percent, CAST(:steps AS numeric[])) END AS step
  FROM relative
)
SELECT step, count(*) AS subscriptions, CAST(sum(difference) AS bigint) AS difference_micros
FROM placed GROUP BY step ORDER BY step
""")

SHOCKS = text("""
SELECT r.subscription_id, s.number, r.events, r.failed, r.charged_micros, r.replayed_micros, r.wholesale_micros
FROM replay_result r JOIN subscription s ON s.id = r.subscription_id
WHERE r.run_id = :run_id AND r.replayed_micros > r.charged_micros
  AND r.replayed_micros - r.charged_micros >= :at_least_micros
ORDER BY r.replayed_micros - r.charged_micros DESC, r.subscription_id
LIMIT :first OFFSET :skip
""")
