"""Use cases towards the network."""

from uuid import UUID

from mvne_platform.provisioning import jobs, permissions, queries, rules
from mvne_platform.provisioning.adapters import NetworkLine
from mvne_platform.provisioning.errors import NotRetryable
from mvne_platform.provisioning.models import NetworkOperation, NetworkRequest, RequestState
from mvne_platform.runtime import Context


def request(
    ctx: Context, *, subscription_id: UUID, operation: NetworkOperation, cause_id: UUID, payload: NetworkLine
) -> NetworkRequest:
    """Ask the brand's network for something, once per cause; the answer comes as a fact.

    For other domains, which ask for their own permission. `cause_id` is what the request is made for: an order.
    """
    made = queries.same_request(ctx, cause_id, operation, subscription_id)
    if made is not None:
        return made
    made = NetworkRequest(
        subscription_id=subscription_id,
        cause_id=cause_id,
        adapter=ctx.brand.profile["adapters"]["network"],
        operation=operation,
        payload=payload.to_payload(),
        requested_at=ctx.now,
    )
    ctx.db.add(made)
    ctx.db.flush()
    ctx.later(jobs.send_request, request_id=str(made.id))
    return made


def retry(ctx: Context, request_id: UUID) -> NetworkRequest:
    """Send a request again that the network did not answer; it knows the request if it got it the first time.

    Raises UnknownRequest, NotRetryable: for one that is open, done, or was refused for good.
    """
    ctx.require(permissions.MANAGE)
    stuck = queries.request_for_update(ctx, request_id)
    if stuck.state is not RequestState.FAILED or stuck.error_code != rules.UNREACHABLE:
        reason = f"refused by the network ({stuck.error_code})" if stuck.error_code else stuck.state
        raise NotRetryable(f"The request is {reason}; only one that got no answer can be sent again.")

    stuck.state = RequestState.OPEN
    stuck.attempts = 0
    stuck.error_code = stuck.error_message = None
    ctx.later(jobs.send_request, request_id=str(stuck.id))
    return stuck
