"""Sequential numbers people read: customers, accounts, orders, subscriptions. Gaps are allowed; repeats are not."""

from sqlalchemy import text

from mvne_platform.runtime.context import Context

# Each is a sequence `<kind>_number` in the brand's schema.
PREFIXES = {"customer": "C", "account": "A", "order": "O", "subscription": "S"}


def next_number(ctx: Context, kind: str) -> str:
    """The next number of `kind`, such as O000042."""
    value = ctx.db.scalar(text(f"SELECT nextval('{kind}_number')"))  # `kind` is a key of PREFIXES
    return f"{PREFIXES[kind]}{value:06d}"
