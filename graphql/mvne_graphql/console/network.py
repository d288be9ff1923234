"""Requests to the network."""

from typing import Annotated
from uuid import UUID

import strawberry

from mvne_graphql.context import Info, RequestContext
from mvne_graphql.fields import resolved
from mvne_graphql.nodes import Id, one
from mvne_graphql.payloads import INPUT, Payload, mutation
from mvne_graphql.relay import After, Connection, First, Page, connect, key_of
from mvne_graphql.types.network import NetworkRequest, NetworkRequestState
from mvne_platform import provisioning


@strawberry.input(description="Which requests are wanted; what is absent does not narrow it.")
class NetworkRequestFilterInput:
    """All that is given must hold."""

    state: NetworkRequestState | None = strawberry.field(default=None, description="Only in this state.")
    subscription_id: strawberry.ID | None = strawberry.field(default=None, description="Only for this subscription.")
    order_id: strawberry.ID | None = strawberry.field(default=None, description="Only made for this order.")

    def filter(self) -> provisioning.RequestFilter:
        """As provisioning wants it."""
        line, order = self.subscription_id, self.order_id
        return provisioning.RequestFilter(
            state=provisioning.RequestState(str(self.state.value)) if self.state else None,
            subscription_id=key_of(line, "Subscription") if line else None,
            cause_id=key_of(order, "Order") if order else None,
        )


@strawberry.input(description="A request to send again.")
class RetryNetworkRequestInput:
    """What `retryNetworkRequest` needs."""

    network_request_id: strawberry.ID = strawberry.field(description="A request that failed without an answer.")


@strawberry.type(description="What became of a request.")
class RetryNetworkRequestPayload(Payload):
    """Sent in the background."""

    network_request: NetworkRequest | None = strawberry.field(default=None, description="The request.")


def find_network_request(context: RequestContext, key: UUID) -> NetworkRequest:
    """For those who may read network requests."""
    return NetworkRequest.of(provisioning.network_request(context.ctx, key))


@strawberry.type
class NetworkQueries:
    """Root fields."""

    @resolved("What was asked of the network, newest first.")
    def network_requests(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        wanted: Annotated[
            NetworkRequestFilterInput | None,
            strawberry.argument(name="filter", description="Which requests; all if absent."),
        ] = None,
    ) -> Connection[NetworkRequest]:
        """Read by keyset."""
        page, narrowed = Page.of(first, after), wanted or NetworkRequestFilterInput()
        rows = provisioning.network_requests(
            info.context.ctx, narrowed.filter(), first=page.fetch, before=page.after_id
        )
        return connect(rows, page, NetworkRequest.of)

    @resolved("A request to the network; null if there is none.")
    def network_request(self, info: Info, id: Id) -> NetworkRequest | None:  # noqa: A002  # Relay's word
        """By id."""
        found: NetworkRequest | None = one(info.context, "NetworkRequest", id, find_network_request)
        return found


@strawberry.type
class NetworkMutations:
    """Root fields."""

    @mutation("Sends a request again that the network did not answer.", keyed=True)
    def retry_network_request(
        self, info: Info, given: Annotated[RetryNetworkRequestInput, INPUT]
    ) -> RetryNetworkRequestPayload:
        """The network knows the request if it got it the first time."""
        key = key_of(given.network_request_id, "NetworkRequest", "network_request_id")
        return RetryNetworkRequestPayload(network_request=NetworkRequest.of(provisioning.retry(info.context.ctx, key)))
