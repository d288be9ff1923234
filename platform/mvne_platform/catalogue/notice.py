"""How processes that keep price lists hear that there is something new.

A version never changes, so nobody who reads the heads (`catalogue.tariff`) ever prices by a stale list. A process that
wants to answer without asking the database, such as online charging, keeps what it read until it is told: publishing a
list, an assignment, a contract or holidays notifies CHANNEL once, with the brand's slug, when its transaction commits.
None of these happens in business transactions, where the lock that NOTIFY takes at commit would be felt.
"""

from collections.abc import Iterator

import psycopg
from sqlalchemy import text

from mvne_platform.runtime import Context

CHANNEL = "mvne_price_lists"


def announce_change(ctx: Context) -> None:
    """Tell listening processes, when this transaction commits, that the brand's prices are to be read anew."""
    ctx.db.execute(text("SELECT pg_notify(:channel, :brand)"), {"channel": CHANNEL, "brand": ctx.brand.slug})


def price_changes(connection: psycopg.Connection, timeout_s: float | None = None) -> Iterator[str]:
    """The slugs of brands whose prices changed, as they come, until nothing came for `timeout_s` (None: for ever).

    The connection must be in autocommit. Whoever reconnects reads everything anew: notices are not kept.
    """
    connection.execute(f"LISTEN {CHANNEL}")
    for notice in connection.notifies(timeout=timeout_s):
        yield notice.payload
