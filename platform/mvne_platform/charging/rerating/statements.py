"""The set-based SQL of re-rating."""

from sqlalchemy import text

SHARE_DONE = text("""
UPDATE rerating_run SET shares_done = shares_done + 1 WHERE id = :run_id
RETURNING shares_done = shares AS was_last
""")

# The row stays locked to the transaction's end: of shares that end together, the last one sees what the others did.
SHARE_BOOKED = text("UPDATE rerating_run SET shares_done = least(shares, shares_done + 1) WHERE id = :run_id")

ANY_TO_BOOK = text("""
SELECT EXISTS (SELECT FROM rerating_change WHERE run_id = :run_id AND state = 'computed' AND changed > 0)
""")

TOTALS = text("""
SELECT count(*) AS subscriptions, count(*) FILTER (WHERE changed > 0) AS changed_subscriptions,
       CAST(coalesce(sum(events), 0) AS bigint) AS events, CAST(coalesce(sum(changed), 0) AS bigint) AS changed,
       CAST(coalesce(sum(failed), 0) AS bigint) AS failed,
       CAST(coalesce(sum(before_micros), 0) AS bigint) AS before_micros,
       CAST(coalesce(sum(after_micros), 0) AS bigint) AS after_micros,
       CAST(coalesce(sum(accrued_delta_micros), 0) AS bigint) AS accrued_delta_micros,
       CAST(coalesce(sum(debited_delta_micros), 0) AS bigint) AS debited_delta_micros,
       count(*) FILTER (WHERE state = 'stale') AS stale
FROM rerating_change WHERE run_id = :run_id
""")

ACCOUNTS_TO_BOOK = text("""
SELECT DISTINCT account_id FROM rerating_change
WHERE run_id = :run_id AND state = 'computed' AND changed > 0 ORDER BY account_id
""")

# Lines whose records came late; who else is at it takes others.
TAKE_LATE = text("""
WITH taken AS (
  DELETE FROM late_usage WHERE subscription_id IN (
    SELECT subscription_id FROM late_usage ORDER BY subscription_id LIMIT :at_once FOR UPDATE SKIP LOCKED
  )
  RETURNING subscription_id, since
)
SELECT s.account_id, taken.since FROM taken JOIN subscription s ON s.id = taken.subscription_id
""")
