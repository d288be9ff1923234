-- What the platform believes of the world outside; the simulators are asked for their side.
SELECT
  ARRAY(SELECT i.value FROM subscription_identifier i JOIN subscription s ON s.id = i.subscription_id
        WHERE i.kind = 'imsi' AND i.valid_to IS NULL AND s.state IN ('active', 'lapsed')) AS imsis,
  ARRAY(SELECT imsi FROM sim) AS stock,
  (SELECT coalesce(sum(amount_micros), 0)::numeric FROM payment WHERE state = 'captured') AS captured_micros,
  (SELECT count(*) FROM letter WHERE state = 'sent' AND channel = 'email') AS mails,
  (SELECT count(*) FROM letter WHERE state = 'sent' AND channel = 'sms') AS texts
