"""What `node(id:)` finds in both schemas."""

from collections.abc import Mapping

from mvne_graphql.nodes import Finder
from mvne_graphql.shared import balances, care, loyalty, offerings, orders, top_ups

SHARED_NODES: Mapping[str, Finder] = {
    "BillingAccount": care.find_account,
    "Bucket": balances.find_bucket,
    "Customer": care.find_customer,
    "Invoice": care.find_invoice,
    "LoyaltyAccount": loyalty.find_loyalty_account,
    "Offering": offerings.find_offering,
    "Order": orders.find_order,
    "Payment": top_ups.find_payment,
    "SharingGroup": balances.find_group,
    "Subscription": care.find_subscription,
}
