-- What happened in a brand: a heading, a number, and for amounts the currency's micros.
SELECT 'orders' AS what, count(*)::numeric AS number, NULL::numeric AS micros FROM product_order
UNION ALL SELECT '  completed', count(*), NULL FROM product_order WHERE state = 'completed'
UNION ALL SELECT '  rejected', count(*), NULL FROM product_order WHERE state = 'rejected'
UNION ALL SELECT 'lines in service', count(*), NULL FROM subscription WHERE state = 'active'
UNION ALL SELECT '  lapsed', count(*), NULL FROM subscription WHERE state = 'lapsed'
UNION ALL SELECT 'activations by the network', count(*), NULL FROM network_request WHERE operation = 'activate' AND state = 'done'
UNION ALL SELECT 'usage files', count(*), NULL FROM usage_file WHERE state = 'loaded'
UNION ALL SELECT 'rows', coalesce(sum(rows_total), 0), NULL FROM usage_file
UNION ALL SELECT '  rated', coalesce(sum(rated), 0), NULL FROM usage_file
UNION ALL SELECT '  not chargeable', coalesce(sum(not_chargeable), 0), NULL FROM usage_file
UNION ALL SELECT '  barred', coalesce(sum(barred), 0), NULL FROM usage_file
UNION ALL SELECT '  duplicate', coalesce(sum(duplicate), 0), NULL FROM usage_file
UNION ALL SELECT '  failed', coalesce(sum(failed), 0), NULL FROM usage_file
UNION ALL SELECT 'events with a price', count(*), coalesce(sum(amount_micros), 0) FROM rated_event WHERE amount_micros > 0
UNION ALL SELECT '  to be billed', count(*), coalesce(sum(accrued_micros), 0) FROM rated_event WHERE accrued_micros > 0
UNION ALL SELECT '  taken from balances', count(*), coalesce(sum(debited_micros), 0) FROM rated_event WHERE debited_micros > 0
UNION ALL SELECT 'charges', count(*), coalesce(sum(amount_micros), 0) FROM charge
UNION ALL SELECT 'top-ups by card', count(*), coalesce(sum(amount_micros), 0) FROM payment WHERE state = 'captured'
UNION ALL SELECT '  declined', count(*), coalesce(sum(amount_micros), 0) FROM payment WHERE state = 'declined'
UNION ALL SELECT 'vouchers redeemed', count(*), coalesce(sum(b.amount_micros), 0)
  FROM voucher v JOIN voucher_batch b ON b.id = v.batch_id WHERE v.redeemed_at IS NOT NULL
UNION ALL SELECT 'renewals paid', count(*), coalesce(sum(-delta), 0) FROM ledger_entry WHERE reason = 'renewal'
UNION ALL SELECT '  failed for lack of credit', count(*), NULL FROM fact WHERE kind = 'RenewalFailed'
UNION ALL SELECT '  plans lapsed', count(*), NULL FROM fact WHERE kind = 'PlanLapsed'
UNION ALL SELECT 'allowance buckets', count(*), NULL FROM bucket WHERE unit <> 'money'
UNION ALL SELECT 'money buckets', count(*), coalesce(sum(amount), 0) FROM bucket WHERE unit = 'money'
UNION ALL SELECT 'points earned', coalesce(sum(delta), 0), NULL FROM points_entry WHERE delta > 0
UNION ALL SELECT '  redeemed', coalesce(-sum(delta), 0), NULL FROM points_entry WHERE delta < 0
UNION ALL SELECT 'invoices', count(*), coalesce(sum(gross_micros), 0) FROM invoice
UNION ALL SELECT '  with a document', count(*), NULL FROM invoice WHERE document_state = 'rendered'
UNION ALL SELECT 'letters', count(*), NULL FROM letter WHERE state = 'sent'
UNION ALL SELECT '  that could not be sent', count(*), NULL FROM letter WHERE state = 'failed'
UNION ALL SELECT 'facts', count(*), NULL FROM fact
UNION ALL SELECT 'jobs that failed', count(*), NULL FROM job WHERE failed_at IS NOT NULL
