"""The SQL of online charging. `charge_online` (migrations/ddl/charging.py) writes a group of decisions in one call."""

from mvne_platform.charging.online.binary import ARRAY_OF, BOOL, BYTEA, INT4, INT8, JSONB, TEXT, TIMESTAMPTZ, UUID_

# In the order of the function's parameters.
CHARGE_TYPES = (
    TIMESTAMPTZ,
    TIMESTAMPTZ,
    ARRAY_OF[UUID_],
    ARRAY_OF[UUID_],
    ARRAY_OF[INT8],
    ARRAY_OF[TEXT],
    ARRAY_OF[TEXT],
    ARRAY_OF[BOOL],
    ARRAY_OF[INT4],
    ARRAY_OF[UUID_],
    ARRAY_OF[INT8],
    ARRAY_OF[INT4],
    ARRAY_OF[UUID_],
    ARRAY_OF[INT8],
    ARRAY_OF[INT4],
    ARRAY_OF[INT8],
    ARRAY_OF[TEXT],
    ARRAY_OF[BYTEA],
    JSONB,
    JSONB,
)
_PLACES = ", ".join(f"${place}" for place in range(1, len(CHARGE_TYPES) + 1))
CHARGE = f"SELECT charge_online({_PLACES})".encode()

# The scope that runtime.db sets for a transaction, for a connection that serves one brand only.
SCOPE = (
    b"SELECT set_config('role', $1, false), set_config('search_path', $2, false),"
    b" set_config('mvne.actor', $3, false), set_config('mvne.request', $4, false)"
)
SCOPE_TYPES = (TEXT, TEXT, TEXT, TEXT)

# Oldest pages first, but for the charges named; what another settlement has in hand is left to it.
PICK = """
WITH picked AS (
  SELECT ctid AS place FROM unsettled_charge WHERE charge_id <> ALL(%s::uuid[]) LIMIT %s FOR UPDATE SKIP LOCKED
)
DELETE FROM unsettled_charge u USING picked WHERE u.ctid = picked.place
RETURNING u.charge_id, u.layout, u.booking, u.event
"""
PUT_BACK = "INSERT INTO unsettled_charge (charge_id, layout, booking, event) VALUES (%s, %s, %s, %s)"

# Those of the purses that nobody holds. In the order of ids, as everybody locks them.
LOCK_FREE = "SELECT id FROM purse WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED"

BILLED = """
SELECT s.id, a.billed_until FROM subscription s JOIN billing_account a ON a.id = s.account_id WHERE s.id = ANY(%s)
"""

# The same for plain charges: one purse and at most one bucket each.
PLAIN_TYPES = (
    TIMESTAMPTZ,
    TIMESTAMPTZ,
    ARRAY_OF[UUID_],
    ARRAY_OF[UUID_],
    ARRAY_OF[INT8],
    ARRAY_OF[INT8],
    ARRAY_OF[TEXT],
    ARRAY_OF[TEXT],
    ARRAY_OF[UUID_],
    ARRAY_OF[INT8],
    INT8,
    ARRAY_OF[TEXT],
    ARRAY_OF[BYTEA],
)
_PLAIN_PLACES = ", ".join(f"${place}" for place in range(1, len(PLAIN_TYPES) + 1))
PLAIN = f"SELECT charge_plain({_PLAIN_PLACES})".encode()
