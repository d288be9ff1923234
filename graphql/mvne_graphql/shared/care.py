"""What customers have: subscriptions and invoices."""

from uuid import UUID

import strawberry

from mvne_graphql.context import Info, RequestContext
from mvne_graphql.fields import resolved
from mvne_graphql.nodes import Id, one
from mvne_graphql.types.customers import BillingAccount, Customer, Subscription
from mvne_graphql.types.invoices import Invoice
from mvne_platform import billing, party, subscriptions


def find_customer(context: RequestContext, key: UUID) -> Customer:
    """For those who may read customers."""
    return Customer.of(party.customer(context.ctx, key))


def find_account(context: RequestContext, key: UUID) -> BillingAccount:
    """For those who may read customers."""
    return BillingAccount.of(party.account(context.ctx, key))


def find_subscription(context: RequestContext, key: UUID) -> Subscription:
    """For those who may read subscriptions."""
    return Subscription.of(subscriptions.subscription(context.ctx, key))


def find_invoice(context: RequestContext, key: UUID) -> Invoice:
    """For those who may read invoices."""
    return Invoice.of(billing.invoice(context.ctx, key))


@strawberry.type
class CareQueries:
    """Root fields; each answers null for what is not there."""

    @resolved("A customer; null if there is none.")
    def customer(self, info: Info, id: Id) -> Customer | None:  # noqa: A002  # Relay's word
        """By id."""
        found: Customer | None = one(info.context, "Customer", id, find_customer)
        return found

    @resolved("A subscription; null if there is none.")
    def subscription(self, info: Info, id: Id) -> Subscription | None:  # noqa: A002  # Relay's word
        """By id."""
        found: Subscription | None = one(info.context, "Subscription", id, find_subscription)
        return found

    @resolved("An invoice; null if there is none.")
    def invoice(self, info: Info, id: Id) -> Invoice | None:  # noqa: A002  # Relay's word
        """By id."""
        found: Invoice | None = one(info.context, "Invoice", id, find_invoice)
        return found
