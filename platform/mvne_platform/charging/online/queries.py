"""Reads of online charging's own tables, and of counters with what is held in them."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import any_, cast, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text, Uuid

from mvne_platform.balances import CounterKey
from mvne_platform.catalogue import NumberClass
from mvne_platform.charging.online.answers import Reply
from mvne_platform.charging.online.errors import RequestIdTaken
from mvne_platform.charging.online.holds import Hold
from mvne_platform.charging.online.models import Charge, ChargingSession, SessionState
from mvne_platform.charging.online.requests import Request, Usage
from mvne_platform.charging.online.rules import Numbers, Session
from mvne_platform.mediation import Identifier
from mvne_platform.rating import CounterId
from mvne_platform.runtime import Context
from mvne_platform.subscriptions import Subscription, SubscriptionState

_COUNTERS = text("""
SELECT c.subscription_id, c.code, c.period_start, c.value + c.reserved AS value
FROM unnest(CAST(:subscriptions AS uuid[]), CAST(:codes AS text[]), CAST(:periods AS timestamptz[]))
  AS w (subscription_id, code, period_start)
JOIN counter c USING (subscription_id, code, period_start)
""")


def first_answers(ctx: Context, requests: Iterable[Request]) -> dict[UUID, Reply | RequestIdTaken]:
    """The answers that requests got when they came for the first time; an id that was another request's is refused."""
    asked = {request.id: request.mark for request in requests}
    if not asked:
        return {}
    wanted = select(Charge.id, Charge.mark, Charge.answer).where(Charge.id == any_(cast(list(asked), ARRAY(Uuid))))
    return {
        row.id: Reply(row.answer.encode(), repeated=True) if row.mark == asked[row.id] else _taken()
        for row in ctx.db.execute(wanted)
    }


def _taken() -> RequestIdTaken:
    return RequestIdTaken("This id came before with another request; make a new one for each request.", field=("id",))


def open_sessions(ctx: Context, ids: Collection[UUID]) -> list[Session]:
    """Those of the sessions that are open."""
    if not ids:
        return []
    wanted = select(ChargingSession).where(
        ChargingSession.id == any_(cast(list(ids), ARRAY(Uuid))), ChargingSession.state == SessionState.OPEN
    )
    return [_session(row) for row in ctx.db.scalars(wanted.execution_options(populate_existing=True))]


def session_row(ctx: Context, session_id: UUID) -> ChargingSession | None:
    """A session as it is stored."""
    return ctx.db.get(ChargingSession, session_id, populate_existing=True)


class Expired(NamedTuple):
    """An open session whose validity has ended; `sequence` is the last one."""

    id: UUID
    subscription_id: UUID
    started_at: datetime
    sequence: int
    client: str


def expired_sessions(ctx: Context, at: datetime, first: int) -> list[Expired]:
    """Open sessions whose validity has ended, the oldest first."""
    wanted = (
        select(*(getattr(ChargingSession, name) for name in Expired._fields))
        .where(ChargingSession.state == SessionState.OPEN, ChargingSession.expires_at < at)
        .order_by(ChargingSession.expires_at)
        .limit(first)
    )
    return [Expired(*row) for row in ctx.db.execute(wanted)]


def correlated(ctx: Context, correlations: Collection[str]) -> set[tuple[UUID, str]]:
    """Which of these charging ids usage was charged online under: (subscription, charging id).

    A session that ended without a report was charged nothing: its record is the first to tell what was used.
    """
    unused = select(ChargingSession.id).where(
        ChargingSession.id == Charge.id, ChargingSession.state == SessionState.ENDED, ChargingSession.used == 0
    )
    wanted = select(Charge.subscription_id, Charge.correlation).where(
        Charge.correlation == any_(cast(list(correlations), ARRAY(Text))), ~unused.exists()
    )
    return {(row.subscription_id, row.correlation) for row in ctx.db.execute(wanted)}


def in_service(ctx: Context, ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of the subscriptions that may use the network now."""
    wanted = select(Subscription.id).where(Subscription.id == any_(cast(list(ids), ARRAY(Uuid))))
    return frozenset(ctx.db.scalars(wanted.where(Subscription.state == SubscriptionState.ACTIVE)))


def counters(ctx: Context, keys: Mapping[CounterKey, CounterId]) -> dict[CounterId, int]:
    """What counters hold, and what is held in them for usage that is not booked; one that never moved is missing."""
    if not keys:
        return {}
    columns = {
        "subscriptions": [key.subscription_id for key in keys],
        "codes": [key.code for key in keys],
        "periods": [key.period_start for key in keys],
    }
    rows = ctx.db.execute(_COUNTERS, columns)
    return {keys[CounterKey(row.subscription_id, row.code, row.period_start)]: row.value for row in rows}


def unsettled(ctx: Context) -> int:
    """How many finished charges wait to be booked."""
    return ctx.db.scalar(text("SELECT count(*) FROM unsettled_charge")) or 0


def latest(ctx: Context) -> datetime | None:
    """When the brand's last charge was."""
    return ctx.db.scalar(select(func.max(Charge.charged_at)))


def _session(row: ChargingSession) -> Session:
    return Session(
        id=row.id,
        subscription_id=row.subscription_id,
        group_id=row.group_id,
        client=row.client,
        usage=_usage(row),
        numbers=Numbers(row.operator, NumberClass(row.number_class) if row.number_class else None),
        correlation=row.correlation,
        started_at=row.started_at,
        expires_at=row.expires_at,
        sequence=row.sequence,
        used=row.used,
        granted=row.granted,
        hold=_hold(row),
        counters_held=row.counters_held,
        version_id=row.version_id,
        short=row.short,
    )


def _usage(row: Any) -> Usage:
    identifier = Identifier(row.identifier_kind, row.identifier)
    return Usage(identifier, row.service, row.other_party, row.visited_network, row.started_at, row.attributes)


def _hold(row: ChargingSession) -> Hold:
    takes = tuple(zip(row.bucket_ids, row.bucket_units, strict=True))
    return Hold(row.period, takes, row.accrued_micros, row.counter, row.counted)
