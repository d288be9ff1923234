"""The console schema."""

from collections.abc import Mapping

import strawberry

from mvne_graphql.console import billing, network, onboarding, orders, usage
from mvne_graphql.console.audit import AuditQueries
from mvne_graphql.console.billing import BillingMutations, BillingQueries
from mvne_graphql.console.brands import BrandQueries
from mvne_graphql.console.customers import CustomerQueries
from mvne_graphql.console.letters import LetterQueries
from mvne_graphql.console.me import MeQueries
from mvne_graphql.console.network import NetworkMutations, NetworkQueries
from mvne_graphql.console.onboarding import OnboardingMutations, OnboardingQueries
from mvne_graphql.console.orders import OrderDeskMutations, OrderDeskQueries
from mvne_graphql.console.usage import UsageQueries
from mvne_graphql.console.vouchers import VoucherMutations
from mvne_graphql.context import Info
from mvne_graphql.directives import idempotent
from mvne_graphql.fields import resolved
from mvne_graphql.nodes import Finder, Id, found
from mvne_graphql.relay import Node
from mvne_graphql.scalars import CONFIG
from mvne_graphql.shared.care import CareQueries
from mvne_graphql.shared.loyalty import LoyaltyMutations, LoyaltyQueries
from mvne_graphql.shared.nodes import SHARED_NODES
from mvne_graphql.shared.offerings import OfferingQueries
from mvne_graphql.shared.orders import OrderMutations, OrderQueries
from mvne_graphql.shared.top_ups import TopUpMutations, TopUpQueries

NODES: Mapping[str, Finder] = {
    **SHARED_NODES,
    "BillRun": billing.find_bill_run,
    "BrandApplication": onboarding.find_application,
    "IdentityVerification": orders.find_verification,
    "NetworkRequest": network.find_network_request,
    "UsageFile": usage.find_usage_file,
}


@strawberry.type
class PlatformQueries(MeQueries, BrandQueries, OnboardingQueries):
    """What needs no brand."""


@strawberry.type
class DeskQueries(
    CustomerQueries, LetterQueries, OrderDeskQueries, NetworkQueries, UsageQueries, BillingQueries, AuditQueries
):
    """What only staff ask."""


@strawberry.type
class SharedQueries(OfferingQueries, OrderQueries, CareQueries, TopUpQueries, LoyaltyQueries):
    """What storefronts ask too."""


@strawberry.type(description="Everything that can be asked.")
class Query(PlatformQueries, DeskQueries, SharedQueries):
    """The root."""

    @resolved("The thing with this id; null if there is none in the chosen brand, or none of this API.")
    def node(self, info: Info, id: Id) -> Node | None:  # noqa: A002  # Relay's word
        """One of the types that have ids."""
        return found(NODES, info.context, id)


@strawberry.type
class DeskMutations(OnboardingMutations, OrderDeskMutations, NetworkMutations, BillingMutations, VoucherMutations):
    """What only staff do."""


@strawberry.type(description="Everything that can be done. Each field is a transaction of its own.")
class Mutation(DeskMutations, OrderMutations, TopUpMutations, LoyaltyMutations):
    """The root."""


schema = strawberry.Schema(query=Query, mutation=Mutation, directives=[idempotent], config=CONFIG)
