"""The storefront schema."""

from collections.abc import Mapping

import strawberry

from mvne_graphql.directives import idempotent
from mvne_graphql.nodes import Finder, node_fields
from mvne_graphql.scalars import CONFIG
from mvne_graphql.storefront import care, offerings
from mvne_graphql.storefront.care import CareQueries
from mvne_graphql.storefront.offerings import OfferingQueries
from mvne_graphql.storefront.shop import ShopQueries

NODES: Mapping[str, Finder] = {
    "BillingAccount": care.find_account,
    "Bucket": care.find_bucket,
    "Customer": care.find_customer,
    "Invoice": care.find_invoice,
    "Offering": offerings.find_offering,
    "Subscription": care.find_subscription,
}


@strawberry.type(description="Everything that can be asked.")
class Query(ShopQueries, OfferingQueries, CareQueries, node_fields(NODES)):  # type: ignore[misc]  # made per schema
    """The root."""


schema = strawberry.Schema(query=Query, directives=[idempotent], config=CONFIG)
