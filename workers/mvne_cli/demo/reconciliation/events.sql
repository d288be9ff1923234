-- What the delivered rows say, read by the documented format alone (docs/reference/usage-files.md).
-- `readable` rows have a key, a start and a quantity; the rest of a row that is not readable means nothing.
CREATE TEMPORARY TABLE raw_event AS
WITH cut AS (
  -- the first line of a file is its header
  SELECT digest, n, string_to_array(coalesce(line, ''), ',', '') AS f FROM raw_line WHERE n > 1
), named AS (
  SELECT digest, n, cardinality(f) AS width, f[1] AS record_id, f[2] AS service, f[3] AS msisdn, f[4] AS imsi,
    f[5] AS other_party, f[6] AS start, f[7] AS seconds, f[8] AS bytes, f[9] AS count, f[10] AS network,
    f[11] AS answered,
    CASE WHEN f[2] ~ '^(roaming_)?voice_(out|in)$' THEN 'second'
         WHEN f[2] ~ '^((roaming_)?sms|mms)_out$' THEN 'message'
         WHEN f[2] ~ '^(roaming_)?data$' THEN 'byte' END AS unit
  FROM cut
), judged AS (
  SELECT digest, n, record_id, service, msisdn, imsi, start, seconds, bytes, count, answered, unit,
    coalesce(
      width = 12
      AND record_id IS NOT NULL
      AND unit IS NOT NULL
      AND start ~ '^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$'
      AND pg_input_is_valid(start, 'timestamptz')
      AND coalesce(msisdn, imsi) IS NOT NULL
      AND coalesce(msisdn ~ '^\+[1-9]\d{5,14}$', true)
      AND coalesce(imsi ~ '^\d{14,15}$', true)
      AND coalesce(answered IN ('true', 'false', '1', '0'), true)
      AND CASE unit WHEN 'second' THEN seconds ~ '^\d{1,7}$'
                    WHEN 'byte' THEN bytes ~ '^\d{1,16}$'
                    ELSE coalesce(count, '1') ~ '^\d{1,5}$' END
      AND (service NOT IN ('voice_out', 'sms_out', 'mms_out') OR other_party IS NOT NULL)
      AND (service NOT LIKE 'roaming%' OR network ~ '^\d{3}-\d{2,3}$'),
      false) AS readable
  FROM named
)
SELECT digest, n, readable, unit, msisdn, imsi,
  CASE WHEN readable THEN concat_ws('|', 'mvne-csv', record_id, service, msisdn, imsi, start) END AS key,
  CASE WHEN readable THEN start::timestamptz END AS start,
  CASE WHEN readable THEN CASE unit WHEN 'second' THEN seconds WHEN 'byte' THEN bytes
                                    ELSE coalesce(count, '1') END::bigint END AS quantity,
  answered IN ('true', '1') AS answered
FROM judged
UNION ALL
-- Asterisk writes wall-clock times; legs of a call share the uniqueid, so all that tells them apart is the key.
SELECT digest, n, disposition IN ('ANSWERED', 'NO ANSWER', 'BUSY', 'FAILED', 'CONGESTION'), 'second', src, NULL,
  concat_ws('|', 'asterisk', src, dst, channel, dstchannel, started, answered, ended, duration, billsec, disposition,
    uniqueid),
  started::timestamp AT TIME ZONE current_setting('reconciliation.zone'),
  billsec::bigint,
  disposition = 'ANSWERED'
FROM raw_cdr;
ANALYZE raw_event;
