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

# Lines whose records came late, in no order: who else is at it will rarely look at the same.
LATE = text("""
SELECT l.subscription_id, l.since, s.account_id
FROM (SELECT subscription_id, since FROM late_usage ORDER BY random() LIMIT :at_once) l
JOIN subscription s ON s.id = l.subscription_id
""")

# Their notes, unless somebody else has dealt with them since, or an earlier record has come: that is another turn's.
TAKE_LATE = text("""
DELETE FROM late_usage l
USING unnest(CAST(:subscriptions AS uuid[]), CAST(:since AS timestamptz[])) AS w (subscription_id, since)
WHERE l.subscription_id = w.subscription_id AND l.since >= w.since
RETURNING l.subscription_id
""")
