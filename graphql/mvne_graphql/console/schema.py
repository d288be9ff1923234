"""The console schema."""

from collections.abc import Mapping

import strawberry

from mvne_graphql.console import (
    billing,
    network,
    onboarding,
    orders,
    price_lists,
    replays,
    reratings,
    usage,
    usage_failures,
    usage_sources,
)
from mvne_graphql.console.audit import AuditQueries
from mvne_graphql.console.balances import AdjustmentMutations
from mvne_graphql.console.billing import BillingMutations, BillingQueries
from mvne_graphql.console.brands import BrandQueries
from mvne_graphql.console.customer_groups import CustomerGroupMutations
from mvne_graphql.console.customers import CustomerQueries
from mvne_graphql.console.letters import LetterQueries
from mvne_graphql.console.me import MeQueries
from mvne_graphql.console.network import NetworkMutations, NetworkQueries
from mvne_graphql.console.number_data import NumberDataMutations, NumberDataQueries
from mvne_graphql.console.onboarding import OnboardingMutations, OnboardingQueries
from mvne_graphql.console.orders import OrderDeskMutations, OrderDeskQueries
from mvne_graphql.console.price_list_desk import PriceListMutations
from mvne_graphql.console.price_lists import PriceListQueries
from mvne_graphql.console.replays import ReplayMutations, ReplayQueries
from mvne_graphql.console.reratings import ReratingMutations, ReratingQueries
from mvne_graphql.console.usage import UsageMutations, UsageQueries
from mvne_graphql.console.usage_failures import UsageFailureMutations, UsageFailureQueries
from mvne_graphql.console.usage_sources import UsageSourceMutations, UsageSourceQueries
from mvne_graphql.console.vouchers import VoucherMutations
from mvne_graphql.context import Info
from mvne_graphql.directives import idempotent
from mvne_graphql.fields import resolved
from mvne_graphql.nodes import Finder, Id, found
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

NODES: Mapping[str, Finder] = {
    **SHARED_NODES,
    "BillRun": billing.find_bill_run,
    "BrandApplication": onboarding.find_application,
    "IdentityVerification": orders.find_verification,
    "NetworkRequest": network.find_network_request,
    "PriceListAssignment": price_lists.find_assignment,
    "Rerating": reratings.find_rerating,
    "TariffReplay": replays.find_replay,
    "UsageFailure": usage_failures.find_usage_failure,
    "UsageFailureBatch": usage_failures.find_usage_failure_batch,
    "UsageFile": usage.find_usage_file,
    "UsageSource": usage_sources.find_usage_source,
}


@strawberry.type
class PlatformQueries(MeQueries, BrandQueries, OnboardingQueries):
    """What needs no brand."""


@strawberry.type
class IntakeQueries(UsageQueries, UsageSourceQueries, UsageFailureQueries, ReratingQueries):
    """What those ask who look after usage."""


@strawberry.type
class DeskQueries(
    CustomerQueries,
    LetterQueries,
    OrderDeskQueries,
    NetworkQueries,
    IntakeQueries,
    NumberDataQueries,
    BillingQueries,
    AuditQueries,
):
    """What only staff ask."""


@strawberry.type
class SharedQueries(
    OfferingQueries, OrderQueries, CareQueries, RatedEventQueries, BalanceQueries, TopUpQueries, LoyaltyQueries
):
    """What storefronts ask too."""


@strawberry.type(description="Everything that can be asked.")
class Query(PlatformQueries, DeskQueries, PriceListQueries, ReplayQueries, SharedQueries):
    """The root."""

    @resolved("The thing with this id; null if there is none in the chosen brand, or none of this API.")
    def node(self, info: Info, id: Id) -> Node | None:  # noqa: A002  # Relay's word
        """One of the types that have ids."""
        return found(NODES, info.context, id)


@strawberry.type
class DeskMutations(
    OnboardingMutations,
    OrderDeskMutations,
    NetworkMutations,
    NumberDataMutations,
    BillingMutations,
    AdjustmentMutations,
    VoucherMutations,
):
    """What only staff do."""


@strawberry.type
class TariffMutations(PriceListMutations, ReplayMutations, CustomerGroupMutations):
    """Prices, and for whom they are."""


@strawberry.type
class IntakeMutations(UsageMutations, UsageSourceMutations, UsageFailureMutations, ReratingMutations):
    """What those do who look after usage."""


@strawberry.type(description="Everything that can be done. Each field is a transaction of its own.")
class Mutation(
    DeskMutations, IntakeMutations, TariffMutations, OrderMutations, TopUpMutations, SharingMutations, LoyaltyMutations
):
    """The root."""


schema = strawberry.Schema(query=Query, mutation=Mutation, directives=[idempotent], config=CONFIG)
