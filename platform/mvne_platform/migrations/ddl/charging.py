"""The functions of rating and online charging."""

RATED_EVENT_PARTITIONS = """
CREATE FUNCTION ensure_rated_event_partition(day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  first timestamptz := date_trunc('month', day::timestamp) AT TIME ZONE 'UTC';
  next timestamptz := (date_trunc('month', day::timestamp) + interval '1 month') AT TIME ZONE 'UTC';
  partition text := format('rated_event_%s', to_char(day, 'YYYYMM'));
BEGIN
  IF to_regclass(partition) IS NOT NULL THEN
    RETURN;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended(current_schema() || '/' || partition, 0));
  -- Read from the table, not through the cache, which may not have heard yet of what was made while we waited.
  IF EXISTS (SELECT FROM pg_class WHERE relname = partition AND relnamespace = current_schema()::regnamespace) THEN
    RETURN;
  END IF;
  -- Attached, and not made as a partition: that would lock every reader and every other load out until the commit.
  EXECUTE format('CREATE TABLE %I (LIKE rated_event INCLUDING ALL)', partition);
  EXECUTE format('ALTER TABLE rated_event ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
    partition, rated_event_bound(first), rated_event_bound(next));
END $$;

CREATE FUNCTION rated_event_bound(instant timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
  SELECT (lpad(to_hex(extract(epoch FROM instant)::bigint), 10, '0') || repeat('0', 22))::uuid
$$;

REVOKE ALL ON FUNCTION ensure_rated_event_partition(date) FROM PUBLIC;
"""

# One call writes a group of online decisions: those whose purses are free and as they were when it was decided. It
# answers the numbers of what was written, and below zero of what somebody has locked. The rest was repeated, or its
# purses have moved. Bucket movements raise the purses'
# versions by their trigger; what moves no bucket asks for it (`bumps`). A sandbox's clock (null: real time) must still
# be where it was; the owner, who makes the function, may not look there, so its body is checked when it is called.
# No search path of its own: the caller's is the brand's. Rows are found by key, however small or unknown a table is.
CHARGE_ONLINE = """
SET LOCAL check_function_bodies = off;
CREATE FUNCTION charge_online(
  at timestamptz, clock timestamptz, ids uuid[], subscriptions uuid[], marks bigint[], correlations text[],
  answers text[],
  bumps boolean[], purse_of int[], purses uuid[], versions bigint[], move_of int[], buckets uuid[], units bigint[],
  done_of int[], layouts bigint[], bookings text[], events bytea[], counters jsonb, sessions jsonb
) RETURNS SETOF bigint LANGUAGE plpgsql VOLATILE SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
RETURN QUERY
WITH wanted AS (
  SELECT o.n, o.id, o.version FROM unnest(purse_of, purses, versions) AS o (n, id, version)
), held AS (
  SELECT w.n, p.id FROM wanted w CROSS JOIN LATERAL (
    SELECT id FROM purse WHERE id = w.id AND version = w.version FOR NO KEY UPDATE SKIP LOCKED
  ) p
  WHERE clock IS NOT DISTINCT FROM (SELECT b.clock_at FROM platform.brand b)
), complete AS (
  SELECT h.n FROM (SELECT n, count(*) AS purses FROM held GROUP BY n) h
  JOIN (SELECT n, count(*) AS purses FROM wanted GROUP BY n) w USING (n, purses)
), kept AS (
  INSERT INTO online_charge (id, subscription_id, mark, correlation, answer, charged_at)
  SELECT a.id, a.subscription_id, a.mark, a.correlation, a.answer, at
  FROM unnest(ids, subscriptions, marks, correlations, answers)
    WITH ORDINALITY AS a (id, subscription_id, mark, correlation, answer, n)
  JOIN complete c ON c.n = a.n
  ON CONFLICT (id) DO NOTHING
  RETURNING id, subscription_id
), written AS (
  -- By subscription too: another one's request in the group may have come with the same id.
  SELECT a.n, a.bump
  FROM unnest(ids, subscriptions, bumps) WITH ORDINALITY AS a (id, subscription_id, bump, n)
  JOIN kept k USING (id, subscription_id)
), moved AS (
  UPDATE bucket b SET reserved = b.reserved + m.units
  FROM unnest(move_of, buckets, units) AS m (n, bucket_id, units) JOIN written w ON w.n = m.n
  WHERE b.id = m.bucket_id
), touched AS (
  UPDATE purse p SET version = p.version + 1
  FROM held h JOIN written w ON w.n = h.n WHERE w.bump AND p.id = h.id
), queued AS (
  INSERT INTO unsettled_charge (charge_id, layout, booking, event)
  SELECT ids[d.n], d.layout, d.booking, d.event
  FROM unnest(done_of, layouts, bookings, events) AS d (n, layout, booking, event) JOIN written w ON w.n = d.n
), counted AS (
  INSERT INTO counter AS c (subscription_id, code, period_start, value, reserved)
  SELECT m.subscription_id, m.code, m.period_start, 0, m.units
  FROM jsonb_to_recordset(counters)
    AS m (n int, subscription_id uuid, code text, period_start timestamptz, units bigint)
  JOIN written w ON w.n = m.n
  ON CONFLICT (subscription_id, code, period_start) DO UPDATE SET reserved = c.reserved + excluded.reserved
), seen AS (
  INSERT INTO charging_session (
    id, subscription_id, group_id, client, state, identifier_kind, identifier, service, other_party,
    visited_network, operator, number_class, attributes, started_at, expires_at, sequence, used, granted,
    bucket_ids, bucket_units, accrued_micros, counter, counted, counters_held, period, correlation, short,
    version_id
  )
  SELECT
    s.id, s.subscription_id, s.group_id, s.client, s.state, s.identifier_kind, s.identifier, s.service,
    s.other_party, s.visited_network, s.operator, s.number_class, s.attributes, s.started_at, s.expires_at,
    s.sequence, s.used, s.granted, s.bucket_ids, s.bucket_units, s.accrued_micros, s.counter, s.counted,
    s.counters_held, s.period, s.correlation, s.short, s.version_id
  FROM jsonb_to_recordset(sessions) AS j (n int, session jsonb) JOIN written w ON w.n = j.n
  CROSS JOIN LATERAL jsonb_populate_record(CAST(NULL AS charging_session), j.session) AS s
  ON CONFLICT (id) DO UPDATE SET state = excluded.state, expires_at = excluded.expires_at,
    sequence = excluded.sequence, used = excluded.used, granted = excluded.granted,
    bucket_ids = excluded.bucket_ids, bucket_units = excluded.bucket_units,
    accrued_micros = excluded.accrued_micros, counter = excluded.counter, counted = excluded.counted,
    counters_held = excluded.counters_held, period = excluded.period, short = excluded.short,
    version_id = excluded.version_id
)
SELECT n FROM written
UNION ALL
SELECT -w.n FROM wanted w
JOIN LATERAL (SELECT FROM purse p WHERE p.id = w.id AND p.version = w.version) p ON true
WHERE NOT EXISTS (SELECT FROM held h WHERE h.n = w.n AND h.id = w.id);
END $$;
"""

# The same for plain charges, which are most: of one purse and at most one bucket, no counters, no session.
CHARGE_PLAIN = """
SET LOCAL check_function_bodies = off;
CREATE FUNCTION charge_plain(
  at timestamptz, clock timestamptz, ids uuid[], subscriptions uuid[], versions bigint[], marks bigint[],
  correlations text[], answers text[], buckets uuid[], units bigint[], layout bigint, bookings text[], events bytea[]
) RETURNS SETOF bigint LANGUAGE plpgsql VOLATILE SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
RETURN QUERY
WITH asked AS MATERIALIZED (
  SELECT a.id, a.subscription_id, a.version, a.mark, a.correlation, a.answer, a.bucket_id, a.units, a.booking, a.event,
    a.n
  FROM unnest(ids, subscriptions, versions, marks, correlations, answers, buckets, units, bookings, events)
    WITH ORDINALITY AS a (id, subscription_id, version, mark, correlation, answer, bucket_id, units, booking, event, n)
), held AS (
  SELECT a.n FROM asked a CROSS JOIN LATERAL (
    SELECT FROM purse WHERE id = a.subscription_id AND version = a.version FOR NO KEY UPDATE SKIP LOCKED
  ) p
  WHERE clock IS NOT DISTINCT FROM (SELECT b.clock_at FROM platform.brand b)
), kept AS (
  INSERT INTO online_charge (id, subscription_id, mark, correlation, answer, charged_at)
  SELECT a.id, a.subscription_id, a.mark, a.correlation, a.answer, at FROM asked a JOIN held h ON h.n = a.n
  ON CONFLICT (id) DO NOTHING
  RETURNING id, subscription_id
), written AS MATERIALIZED (
  -- By subscription too: another one's request in the group may have come with the same id.
  SELECT a.n, a.id, a.bucket_id, a.units, a.booking, a.event FROM asked a JOIN kept k USING (id, subscription_id)
), moved AS (
  UPDATE bucket b SET reserved = b.reserved + w.units FROM written w WHERE b.id = w.bucket_id
), queued AS (
  INSERT INTO unsettled_charge (charge_id, layout, booking, event)
  SELECT w.id, layout, w.booking, w.event FROM written w
)
SELECT n FROM written
UNION ALL
SELECT -a.n FROM asked a
JOIN LATERAL (SELECT FROM purse p WHERE p.id = a.subscription_id AND p.version = a.version) p ON true
WHERE NOT EXISTS (SELECT FROM held h WHERE h.n = a.n);
END $$;
"""

# The planner takes a table it knows nothing of for a small one, and a prepared statement remembers. Owners may analyse,
# the application's role asks them to.
ANALYZE_ONLINE = """
CREATE FUNCTION analyze_online() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  ANALYZE purse, bucket, counter, online_charge, unsettled_charge, charging_session;
END $$;
REVOKE ALL ON FUNCTION analyze_online() FROM PUBLIC;
"""
