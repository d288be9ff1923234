"""From a request and the account it is for to the decision: pure, for every door the same."""

from datetime import datetime, timedelta
from uuid import UUID

from mvne_platform.charging.online.accounts import Account, Wanted, numbers_of
from mvne_platform.charging.online.errors import BadStart, UnknownSession
from mvne_platform.charging.online.requests import ChargeRequest, Opening, Report, Request, check_texts
from mvne_platform.charging.online.rules import Decision, Party, Session, decide_charge, decide_report, decide_start
from mvne_platform.mediation import NumberData

# Clocks of network elements differ a little from ours; what is older is a matter for files.
AHEAD = timedelta(minutes=5)
LATEST = timedelta(days=1)


def start_of(request: Opening, now: datetime) -> datetime:
    """When the usage begins, in UTC to the second; raises BadStart."""
    at = (request.usage.at or now).replace(microsecond=0)
    if not now - LATEST <= at <= now + AHEAD:
        raise BadStart(
            f"{at:%Y-%m-%dT%H:%M:%SZ} is not near the brand's time, {now:%Y-%m-%dT%H:%M:%SZ}; leave 'at' out for now.",
            field=("at",),
        )
    return at


def wanted(request: Opening, now: datetime) -> Wanted:
    """Whose account an opening request needs; raises BadUsage, BadStart."""
    check_texts(request)
    return Wanted(request.usage.identifier, start_of(request, now))


def decide_opening(request: Opening, account: Account, numbers: NumberData, now: datetime) -> Decision:
    """The decision about a charge or a new session; the account is the holder's at the usage's start."""
    usage = request.usage
    known = numbers_of(numbers, usage.other_party, usage.at or now)
    if isinstance(request, ChargeRequest):
        return decide_charge(request, account.party, known, account.purse, now)
    return decide_start(request, account.party, known, account.purse, now)


def decide_reporting(request: Report, account: Account, now: datetime) -> Decision:
    """The decision about an update or release; raises UnknownSession, OutOfOrder, BadQuantity."""
    session, party = session_of(request, account)
    return decide_report(request, session, party, account.purse, now)


def session_of(request: Report, account: Account) -> tuple[Session, Party]:
    """The open session a report is about, with the party it is charged as; raises UnknownSession."""
    found = account.sessions.get(request.session_id)
    if found is None or found[0].client != request.client:
        raise unknown_session(request.session_id)
    return found


def unknown_session(session_id: UUID) -> UnknownSession:
    """The refusal; another client's session is exactly as absent."""
    return UnknownSession(
        f"There is no open session {session_id}. It has ended, or its start was not granted: start a new one.",
        field=("session",),
    )


def decide(request: Request, account: Account, numbers: NumberData, now: datetime) -> Decision:
    """The decision about any request."""
    if isinstance(request, Opening):
        return decide_opening(request, account, numbers, now)
    return decide_reporting(request, account, now)
