"""What subscriptions have spent and counted in a billing period."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mvne_platform.balances import statements
from mvne_platform.runtime import Context

SPEND = "spend"


@dataclass(frozen=True, slots=True, order=True)
class CounterKey:
    """A counter of one subscription in the billing period that begins at `period_start` (UTC)."""

    subscription_id: UUID
    code: str
    period_start: datetime


def counters(ctx: Context, keys: Iterable[CounterKey]) -> dict[CounterKey, int]:
    """What counters hold, with what is reserved in them; 0 for one that has not moved yet."""
    wanted = dict.fromkeys(keys, 0)
    columns = {
        "subscriptions": [key.subscription_id for key in wanted],
        "codes": [key.code for key in wanted],
        "periods": [key.period_start for key in wanted],
    }
    for row in ctx.db.execute(statements.COUNTERS, columns):
        wanted[CounterKey(row.subscription_id, row.code, row.period_start)] = row.value
    return wanted
