"""Online charging for one request, in the caller's transaction: purses locked, decided, written.

The charging front end does the same for many at once (see `desk`); here a request waits for whoever holds the purse.
"""

from typing import Any, cast
from uuid import UUID

from psycopg import Connection, OperationalError, pq
from psycopg.errors import error_from_result

from mvne_platform.catalogue import UNITS, Service
from mvne_platform.charging import permissions
from mvne_platform.charging.online import deciding, queries, rules, statements
from mvne_platform.charging.online.accounts import Account, Loaded, Wanted, load
from mvne_platform.charging.online.answers import Answer, Reply, SessionView
from mvne_platform.charging.online.errors import Busy, OutOfOrder, UnknownSession
from mvne_platform.charging.online.models import SessionState
from mvne_platform.charging.online.requests import ChargeRequest, Opening, Report, Request, SessionStart, Usage
from mvne_platform.charging.online.writing import Written, parameters, written
from mvne_platform.kernel import DomainError, uuid7
from mvne_platform.runtime import Context


def price(ctx: Context, usage: Usage, quantity: int, client: str = "") -> Answer:
    """What usage would cost and whether it could be paid now; nothing is charged, held or remembered.

    Raises UnknownSubscriber, NotCharged, BadQuantity, BadStart.
    """
    ctx.require(permissions.CHARGE)
    request = ChargeRequest(uuid7(), usage, quantity, client)
    loaded = load(ctx, [deciding.wanted(request, ctx.now)])
    return deciding.decide(request, _only(loaded), loaded.numbers, ctx.now).answer


def charge(ctx: Context, request: ChargeRequest) -> Reply:
    """Charge usage at once, or refuse it; the same id again gets the first answer.

    Raises UnknownSubscriber, NotCharged, BadQuantity, BadStart, RequestIdTaken.
    """
    ctx.require(permissions.CHARGE)
    return _carry_out(ctx, request)


def start_session(ctx: Context, request: SessionStart) -> Reply:
    """Open a session with its first quota, or refuse it; the same id gets the first answer. Raises as `charge`."""
    ctx.require(permissions.CHARGE)
    return _carry_out(ctx, request)


def report(ctx: Context, request: Report) -> Reply:
    """Take a session's report of use: grant more (an update), or end it (a release); repeated, the first answer.

    Raises UnknownSession, OutOfOrder, BadQuantity, RequestIdTaken.
    """
    ctx.require(permissions.CHARGE)
    return _carry_out(ctx, request)


def carry_out(ctx: Context, request: Request) -> Reply:
    """Any of the requests; raises as they do."""
    ctx.require(permissions.CHARGE)
    return _carry_out(ctx, request)


def session(ctx: Context, session_id: UUID, client: str = "") -> SessionView:
    """A session as it stands, open or ended; raises UnknownSession."""
    ctx.require(permissions.CHARGE)
    row = queries.session_row(ctx, session_id)
    if row is None or row.client != client:
        raise UnknownSession(f"There is no session {session_id}.", field=("session",))
    return SessionView(
        id=row.id,
        subscription_id=row.subscription_id,
        service=row.service,
        unit=UNITS[Service(row.service)],
        open=row.state is SessionState.OPEN,
        used=row.used,
        granted=row.granted,
        sequence=row.sequence,
        started_at=row.started_at,
        expires_at=row.expires_at,
        reauthorise=row.short and row.state is SessionState.OPEN and _affords_more(ctx, session_id),
    )


def _affords_more(ctx: Context, session_id: UUID) -> bool:
    """Whether a session that was cut short would be granted more now."""
    (found,) = queries.open_sessions(ctx, [session_id]) or (None,)
    if found is None:
        return False
    account = _only(load(ctx, [Wanted(found.usage.identifier, found.started_at)], [session_id]))
    return rules.affords(found, found.granted + 1, account.party, account.purse)


def _carry_out(ctx: Context, request: Request) -> Reply:
    repeated = _first_answer(ctx, request)
    if repeated is not None:
        return repeated
    try:
        account, decided = _decide(ctx, request)
    except (OutOfOrder, UnknownSession):
        # The first of the same requests may have been under way when we looked; now that the purse was ours it is done.
        repeated = _first_answer(ctx, request)
        if repeated is None:
            raise
        return repeated
    one = written(decided, account.subscription_id, account.versions)
    if execute(ctx, one):
        return Reply(one.body)
    # Somebody else has written the same id since, or (a purse that moves without its lock) we read too early.
    repeated = _first_answer(ctx, request)
    if repeated is None:
        raise Busy("The subscriber's balances moved meanwhile; send the same request again.")
    return repeated


def _decide(ctx: Context, request: Request) -> tuple[Account, rules.Decision]:
    if isinstance(request, Opening):
        loaded = load(ctx, [deciding.wanted(request, ctx.now)], locked=True)
        account = _only(loaded)
        return account, deciding.decide_opening(request, account, loaded.numbers, ctx.now)
    account = _reported_on(ctx, request)
    return account, deciding.decide_reporting(request, account, ctx.now)


def _reported_on(ctx: Context, request: Report) -> Account:
    """The account of an open session, its purse locked; raises UnknownSession."""
    loaded = load(ctx, [], [request.session_id], locked=True)
    if not loaded.accounts:
        raise deciding.unknown_session(request.session_id)
    account = _only(loaded)
    # Read again: until the purse was locked the session may have moved.
    account.sessions = {one.id: (one, account.party) for one in queries.open_sessions(ctx, [request.session_id])}
    return account


def _first_answer(ctx: Context, request: Request) -> Reply | None:
    found = queries.first_answers(ctx, [request]).get(request.id)
    if isinstance(found, DomainError):
        raise found
    return found


def _only(loaded: Loaded) -> Account:
    (account,) = loaded.accounts.values()
    if isinstance(account, DomainError):
        raise account
    return account


def execute(ctx: Context, one: Written) -> bool:
    """Write a decision; False when it was not. The transaction's own connection is used below SQLAlchemy.

    Raises psycopg's errors, OperationalError when the connection is lost.
    """
    ctx.db.flush()
    connection = cast("Connection[Any]", ctx.db.connection().connection.driver_connection)
    values = parameters([one], ctx.now, ctx.brand)
    result = connection.pgconn.exec_params(
        statements.CHARGE, values, statements.CHARGE_TYPES, [pq.Format.BINARY] * len(values), pq.Format.BINARY
    )
    if result.status != pq.ExecStatus.TUPLES_OK:
        if connection.pgconn.status != pq.ConnStatus.OK:
            raise OperationalError(result.error_message.decode(errors="replace"))
        raise error_from_result(result)
    return any(int.from_bytes(result.get_value(row, 0) or b"", signed=True) > 0 for row in range(result.ntuples))
