"""Requests in few words, and what must be true of balances whatever was charged."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from mvne_platform import balances
from mvne_platform.catalogue import Service
from mvne_platform.charging import online
from mvne_platform.kernel import Money, Unit, uuid7
from mvne_platform.mediation import Identifier
from mvne_platform.runtime import Context
from tests.platform.charging.shop import ANNA, FRIEND

MICROS = 1_000_000


def usage(
    service: str = "sms_out", to: str | None = FRIEND, who: str = ANNA, at: datetime | None = None
) -> online.Usage:
    """Usage of a number's holder."""
    return online.Usage(Identifier("msisdn", who), Service(service), to, None, at)


def sms(who: str = ANNA, to: str = FRIEND, count: int = 1, **more: Any) -> online.ChargeRequest:
    """A request to charge messages."""
    return online.ChargeRequest(uuid7(), usage("sms_out", to, who), count, **more)


def call(who: str = ANNA, to: str = FRIEND, requested: int | None = None, **more: Any) -> online.SessionStart:
    """The start of a call."""
    return online.SessionStart(uuid7(), usage("voice_out", to, who), requested, **more)


def at_time(ctx: Context, now: datetime) -> Context:
    """The same transaction at another time of the brand's clock."""
    return replace(ctx, now=now)


def give_money(ctx: Context, subscription_id: UUID, micros: int) -> None:
    """Top up."""
    balances.top_up(ctx, subscription_id, Money(micros, ctx.brand.currency), balances.Reason.TOP_UP, uuid7())


def grant(ctx: Context, subscription_id: UUID, unit: str, quantity: int, **terms: Any) -> Callable[[], tuple[int, int]]:
    """Give an allowance; answers how to look at what is in it, and what of it is reserved."""
    granted = balances.Grant(code=f"some-{unit}", unit=Unit(unit), quantity=quantity, **terms)
    bucket = balances.grant_allowance(ctx, subscription_id, granted, balances.Reason.GRANT, uuid7())

    def look() -> tuple[int, int]:
        row = ctx.db.execute(text("SELECT amount, reserved FROM bucket WHERE id = :id"), {"id": bucket.id}).one()
        return row.amount, row.reserved

    return look


def money(ctx: Context, subscription_id: UUID) -> tuple[int, int]:
    """What the money bucket holds, and what of it is reserved."""
    row = ctx.db.execute(
        text("SELECT amount, reserved FROM bucket WHERE subscription_id = :id AND code = 'main'"),
        {"id": subscription_id},
    ).one()
    return row.amount, row.reserved


def events(ctx: Context) -> list[Any]:
    """What is booked, in order."""
    return list(
        ctx.db.execute(
            text(
                "SELECT subscription_id, service, quantity, charged, status, amount_micros, debited_micros,"
                " accrued_micros, zone, charge_id, bill_period FROM rated_event ORDER BY start, charge_id"
            )
        )
    )


UNBALANCED = """
SELECT count(*) FROM (
  SELECT b.id FROM bucket b LEFT JOIN ledger_entry e ON e.bucket_id = b.id
  GROUP BY b.id, b.amount HAVING b.amount <> coalesce(sum(e.delta), 0)
) wrong
"""
# What usage took by the ledger, against the takes of the events that charges left.
TAKEN = """
WITH taken AS (
  SELECT t.bucket_id, sum(t.units) AS units
  FROM rated_event e, unnest(e.bucket_ids, e.bucket_units) AS t (bucket_id, units) GROUP BY 1
), booked AS (SELECT bucket_id, -sum(delta) AS units FROM ledger_entry WHERE reason = 'usage' GROUP BY 1)
SELECT count(*) FROM taken FULL JOIN booked USING (bucket_id) WHERE taken.units IS DISTINCT FROM booked.units
"""
# What is reserved, against what open sessions and charges that are not booked yet hold.
RESERVED = """
WITH held AS (
  SELECT t.bucket_id, t.units FROM charging_session s, unnest(s.bucket_ids, s.bucket_units) AS t (bucket_id, units)
  WHERE s.state = 'open'
  UNION ALL
  SELECT CAST(t ->> 0 AS uuid), CAST(t ->> 1 AS bigint)
  FROM unsettled_charge u, json_array_elements(CAST(u.booking AS json) -> 'takes') AS t
), sums AS (SELECT bucket_id AS id, sum(units) AS units FROM held GROUP BY 1)
SELECT count(*) FROM bucket b FULL JOIN sums USING (id) WHERE b.reserved IS DISTINCT FROM coalesce(sums.units, 0)
"""
COUNTED = """
WITH counted AS (SELECT subscription_id, sum(value) AS micros FROM counter WHERE code = 'spend' GROUP BY 1),
accrued AS (SELECT subscription_id, sum(accrued_micros) AS micros FROM rated_event GROUP BY 1)
SELECT count(*) FROM counted FULL JOIN accrued USING (subscription_id)
WHERE coalesce(counted.micros, 0) <> coalesce(accrued.micros, 0)
"""
COUNTERS_HELD = "SELECT coalesce(sum(abs(reserved)), 0) FROM counter"


def check_books(ctx: Context) -> None:
    """Ledger, takes, reservations and counters agree with each other."""
    for disagreement in (UNBALANCED, TAKEN, RESERVED, COUNTED):
        assert ctx.db.scalar(text(disagreement)) == 0, disagreement


def check_nothing_held(ctx: Context) -> None:
    """After all is settled and ended nothing is reserved."""
    assert ctx.db.scalar(text("SELECT count(*) FROM unsettled_charge")) == 0
    assert ctx.db.scalar(text("SELECT coalesce(sum(reserved), 0) FROM bucket")) == 0
    assert ctx.db.scalar(text(COUNTERS_HELD)) == 0
