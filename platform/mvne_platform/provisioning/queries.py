"""Reads and locks of requests to the network."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from mvne_platform.provisioning import permissions
from mvne_platform.provisioning.errors import UnknownRequest
from mvne_platform.provisioning.models import NetworkExchange, NetworkOperation, NetworkRequest, RequestState
from mvne_platform.runtime import Context

MOST_EXCHANGES = 100
PAGE = 25


def network_request(ctx: Context, request_id: UUID) -> NetworkRequest:
    """Read one request; raises UnknownRequest."""
    ctx.require(permissions.READ)
    found = ctx.db.get(NetworkRequest, request_id)
    if found is None:
        raise _unknown()
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFilter:
    """Which requests; what is None does not narrow. `cause_id` is what they were made for: an order."""

    state: RequestState | None = None
    subscription_id: UUID | None = None
    cause_id: UUID | None = None


def network_requests(
    ctx: Context, wanted: RequestFilter, *, first: int = PAGE, before: UUID | None = None
) -> list[NetworkRequest]:
    """Requests to the network, newest first; `before` is the last of the page before."""
    ctx.require(permissions.READ)
    found = select(NetworkRequest).order_by(NetworkRequest.id.desc()).limit(first)
    for column, value in (
        (NetworkRequest.state, wanted.state),
        (NetworkRequest.subscription_id, wanted.subscription_id),
        (NetworkRequest.cause_id, wanted.cause_id),
    ):
        if value is not None:
            found = found.where(column == value)
    if before is not None:
        found = found.where(NetworkRequest.id < before)
    return list(ctx.db.scalars(found))


def requests_of_cause(ctx: Context, cause_id: UUID) -> list[NetworkRequest]:
    """What was asked of the network for an order, oldest first."""
    ctx.require(permissions.READ)
    wanted = select(NetworkRequest).where(NetworkRequest.cause_id == cause_id)
    return list(ctx.db.scalars(wanted.order_by(NetworkRequest.id)))


def requests_of_line(ctx: Context, subscription_id: UUID) -> list[NetworkRequest]:
    """What was asked of the network for a subscription, oldest first."""
    ctx.require(permissions.READ)
    wanted = select(NetworkRequest).where(NetworkRequest.subscription_id == subscription_id)
    return list(ctx.db.scalars(wanted.order_by(NetworkRequest.id)))


def exchanges(ctx: Context, request_id: UUID) -> list[NetworkExchange]:
    """What went over the wire for a request, the latest 100, oldest first."""
    ctx.require(permissions.READ)
    wanted = select(NetworkExchange).where(NetworkExchange.request_id == request_id)
    return list(ctx.db.scalars(wanted.order_by(NetworkExchange.id.desc()).limit(MOST_EXCHANGES)))[::-1]


def request_for_update(ctx: Context, request_id: UUID) -> NetworkRequest:
    """Lock one request; raises UnknownRequest."""
    found = ctx.db.get(NetworkRequest, request_id, with_for_update=True)
    if found is None:
        raise _unknown()
    return found


def same_request(
    ctx: Context, cause_id: UUID, operation: NetworkOperation, subscription_id: UUID
) -> NetworkRequest | None:
    """The request made for this cause before."""
    return ctx.db.scalar(
        select(NetworkRequest).where(
            NetworkRequest.cause_id == cause_id,
            NetworkRequest.operation == operation,
            NetworkRequest.subscription_id == subscription_id,
        )
    )


def last_exchange(ctx: Context, request_id: UUID) -> NetworkExchange | None:
    """The newest exchange of a request."""
    wanted = select(NetworkExchange).where(NetworkExchange.request_id == request_id)
    return ctx.db.scalar(wanted.order_by(NetworkExchange.id.desc()).limit(1))


def _unknown() -> UnknownRequest:
    return UnknownRequest("The brand has no such network request.", field=("request_id",))
