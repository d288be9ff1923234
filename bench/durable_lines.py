"""Lines for `rating.durable`: half postpaid, half prepaid, on one plan each, with allowances of the plan `fjord-30`."""

import psycopg

from bench.place import BRAND

# Ids are counted, so that lines, accounts and buckets are known to each other without being read.
_ID = """
CREATE OR REPLACE FUNCTION pg_temp.line_id(kind text, n int) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
  SELECT CAST('01900000-0000-7000-9000-' || kind || lpad(to_hex(n), 11, '0') AS uuid)
$$
"""
_PLANS = """
INSERT INTO offering (id, code, version, kind, payment_mode, name, description, characteristics, price_list,
                      offline_debit, hidden, position, valid_from)
SELECT pg_temp.line_id('f', n), 'durable-' || mode, 1, 'plan', mode, '{}', '{}', '[]', 'fjord-2026', 'full', true, 98,
       '2026-01-01'
FROM (VALUES (0, 'prepaid'), (1, 'postpaid')) AS p (n, mode)
"""
_CUSTOMERS = """
INSERT INTO customer (id, number, kind, given_name, family_name, email, language, created_at)
SELECT pg_temp.line_id('c', n), 'DC' || n, 'individual', 'Bo', 'Bench', 'bo@fjord.example', 'da', '2026-01-01'
FROM generate_series(1, %(count)s) n
"""
_ACCOUNTS = """
INSERT INTO billing_account (id, number, customer_id, currency, billed_until, created_at)
SELECT pg_temp.line_id('a', n), 'DA' || n, pg_temp.line_id('c', n), 'DKK', '2026-01-01', '2026-01-01'
FROM generate_series(1, %(count)s) n
"""
_SUBSCRIPTIONS = """
INSERT INTO subscription (id, number, customer_id, account_id, payment_mode, state, created_at, activated_at)
SELECT pg_temp.line_id('5', n), 'DS' || n, pg_temp.line_id('c', n), pg_temp.line_id('a', n),
       CASE WHEN n %% 2 = 0 THEN 'prepaid' ELSE 'postpaid' END, 'active', '2026-01-01', '2026-01-01'
FROM generate_series(1, %(count)s) n
"""
_IDENTIFIERS = """
INSERT INTO subscription_identifier (id, subscription_id, kind, value, valid_from)
SELECT pg_temp.line_id('1', n), pg_temp.line_id('5', n), 'msisdn', '+4571' || lpad(CAST(n AS text), 7, '0'),
       '2026-01-01'
FROM generate_series(1, %(count)s) n
"""
_PRODUCTS = """
INSERT INTO product (id, subscription_id, offering_id, is_plan, valid_from)
SELECT pg_temp.line_id('9', n), pg_temp.line_id('5', n), pg_temp.line_id('f', n %% 2), true, '2026-01-01'
FROM generate_series(1, %(count)s) n
"""
_ALLOWANCES = """
INSERT INTO bucket (id, subscription_id, code, unit, amount, granted, services, zones, priority, valid_from)
SELECT pg_temp.line_id(CAST(a.n AS text), l.n), pg_temp.line_id('5', l.n), a.code, a.unit, a.quantity, a.quantity,
       a.services, '{}', a.n, '2026-01-01'
FROM generate_series(1, %(count)s) AS l (n),
  (VALUES (2, 'data', 'byte', CAST(2000000000 AS bigint), CAST('{data,roaming_data}' AS text[])),
          (3, 'talk', 'second', 30000, '{voice_out}'), (4, 'messages', 'message', 60, '{sms_out}'))
    AS a (n, code, unit, quantity, services)
"""
_MONEY = """
INSERT INTO bucket (id, subscription_id, code, unit, currency, amount, granted, services, zones, priority, valid_from)
SELECT pg_temp.line_id('b', n), pg_temp.line_id('5', n), 'main', 'money', 'DKK', 100000000, 0, '{}', '{}', 1000000,
       '2026-01-01'
FROM generate_series(2, %(count)s, 2) n
"""
_LEDGER = """
INSERT INTO ledger_entry (id, bucket_id, delta, reason, reason_id, occurred_at)
SELECT id, id, amount, 'grant', id, '2026-01-01' FROM bucket WHERE amount <> 0
"""
_STEPS = (
    *(_ID, _PLANS, _CUSTOMERS, _ACCOUNTS, _SUBSCRIPTIONS, _IDENTIFIERS, _PRODUCTS, _ALLOWANCES, _MONEY, _LEDGER),
    "ANALYZE",
)


def open_lines(dsn: str, count: int) -> None:
    """Make `count` lines; their numbers are `number(1)` to `number(count)`."""
    with psycopg.connect(dsn) as connection:
        connection.execute(f"SET search_path TO {BRAND}")
        cursor = psycopg.ClientCursor(connection)
        for step in _STEPS:
            cursor.execute(step.encode(), {"count": count} if "%(" in step else None)


def number(line: int) -> str:
    """The number of a line."""
    return f"+4571{line:07}"
