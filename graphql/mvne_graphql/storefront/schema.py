"""The storefront schema."""

import strawberry

from mvne_graphql.context import Info
from mvne_graphql.directives import idempotent
from mvne_graphql.fields import resolved
from mvne_graphql.nodes import Id, found
from mvne_graphql.relay import Node
from mvne_graphql.scalars import CONFIG
from mvne_graphql.shared.balances import BalanceQueries, SharingMutations
from mvne_graphql.shared.care import CareQueries
from mvne_graphql.shared.loyalty import LoyaltyMutations, LoyaltyQueries
from mvne_graphql.shared.nodes import SHARED_NODES
from mvne_graphql.shared.offerings import OfferingQueries
from mvne_graphql.shared.orders import OrderMutations, OrderQueries
from mvne_graphql.shared.top_ups import TopUpMutations, TopUpQueries
from mvne_graphql.shared.usage import RatedEventQueries
from mvne_graphql.storefront.charging import ChargingMutations, ChargingQueries
from mvne_graphql.storefront.shop import ShopQueries


@strawberry.type(description="Everything that can be asked.")
class Query(
    ShopQueries,
    OfferingQueries,
    OrderQueries,
    CareQueries,
    RatedEventQueries,
    BalanceQueries,
    TopUpQueries,
    LoyaltyQueries,
    ChargingQueries,
):
    """The root."""

    @resolved("The thing with this id; null if there is none in this brand, or none of this API.")
    def node(self, info: Info, id: Id) -> Node | None:  # noqa: A002  # Relay's word
        """One of the types that have ids."""
        return found(SHARED_NODES, info.context, id)


@strawberry.type(description="Everything that can be done. Each field is a transaction of its own.")
class Mutation(OrderMutations, TopUpMutations, SharingMutations, LoyaltyMutations, ChargingMutations):
    """The root."""


schema = strawberry.Schema(query=Query, mutation=Mutation, directives=[idempotent], config=CONFIG)
