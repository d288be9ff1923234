"""Customers, their accounts, subscriptions and sharing groups: four types that lead to one another."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Self
from uuid import UUID

import strawberry

from mvne_graphql.context import Info
from mvne_graphql.fields import resolved
from mvne_graphql.money import Money
from mvne_graphql.relay import After, Connection, First, Node, Page, connect, global_id, slice_of
from mvne_graphql.scalars import CurrencyCode, LanguageCode
from mvne_graphql.types.balances import Bucket, HoldsBuckets
from mvne_graphql.types.catalogue import PaymentMode
from mvne_graphql.types.customer_parts import (
    Address,
    CustomerKind,
    Product,
    SubscriptionIdentifier,
    SubscriptionState,
    address_of,
    identifier_of,
    product_of,
)
from mvne_graphql.types.invoices import Invoice
from mvne_graphql.types.usage import HasUsage
from mvne_platform import balances, billing, party, subscriptions
from mvne_platform.party import permissions as party_permissions
from mvne_platform.runtime import Context
from mvne_platform.subscriptions import permissions as subscription_permissions


@strawberry.type(description="A line of a customer.")
class Subscription(HoldsBuckets, HasUsage, Node):
    """SID: Product of a mobile service."""

    number: str = strawberry.field(description="The subscription's number for people.")
    state: SubscriptionState = strawberry.field(description="Where it stands.")
    payment_mode: PaymentMode = strawberry.field(description="How usage beyond the allowances is paid.")
    created_at: datetime = strawberry.field(description="When it was ordered.")
    activated_at: datetime | None = strawberry.field(description="When it was activated first.")
    terminated_at: datetime | None = strawberry.field(description="When it ended.")
    row: strawberry.Private[subscriptions.Subscription]

    @resolved("Plan and add-ons, the plan first; those it had too.", size=2)
    async def products(self, info: Info) -> list[Product]:
        """Loaded for many subscriptions at once."""
        return [product_of(row) for row in await info.context.load(load_products, self.key)]

    @resolved("What networks know it by, and knew it by.", size=4)
    async def identifiers(self, info: Info) -> list[SubscriptionIdentifier]:
        """Loaded for many subscriptions at once."""
        return [identifier_of(row) for row in await info.context.load(load_identifiers, self.key)]

    @resolved("The most that usage adds to one invoice before the balance is used (hybrid).")
    def spend_limit(self, info: Info) -> Money | None:
        """In the brand's currency."""
        micros = self.row.spend_limit_micros
        return None if micros is None else Money.of(micros, info.context.ctx.brand.currency)

    @resolved("The sharing group it is in now.")
    def sharing_group(self, info: Info) -> "SharingGroup | None":
        """One at a time."""
        found = balances.group_of(info.context.ctx, self.key)
        return SharingGroup.of(found) if found else None

    @resolved("Whose it is.")
    def customer(self, info: Info) -> "Customer":
        """For those who may read customers."""
        return Customer.of(party.customer(info.context.ctx, self.row.customer_id))

    @resolved("Who pays for it.")
    def account(self, info: Info) -> "BillingAccount":
        """For those who may read customers."""
        return BillingAccount.of(party.account(info.context.ctx, self.row.account_id))

    @classmethod
    def of(cls, row: subscriptions.Subscription) -> Self:
        """The subscription."""
        return cls(
            id=global_id("Subscription", row.id),
            number=row.number,
            state=SubscriptionState(row.state),
            payment_mode=PaymentMode(row.payment_mode),
            created_at=row.created_at,
            activated_at=row.activated_at,
            terminated_at=row.terminated_at,
            key=row.id,
            row=row,
        )


@strawberry.type(description="Who pays: invoices and payments belong to an account.")
class BillingAccount(Node):
    """SID: BillingAccount."""

    number: str = strawberry.field(description="The account's number, as on its invoices.")
    currency: CurrencyCode = strawberry.field(description="The currency it is billed in.")
    billed_until: date = strawberry.field(description="Usage before this day has been billed.")
    key: strawberry.Private[UUID]

    @resolved("The account's invoices, newest first.")
    def invoices(self, info: Info, first: First = None, after: After = None) -> Connection[Invoice]:
        """An account has a dozen a year."""
        page = Page.of(first, after)
        rows = billing.invoices(info.context.ctx, self.key)
        return connect(slice_of(rows, page), page, Invoice.of, count=lambda: len(rows))

    @classmethod
    def of(cls, row: party.BillingAccount) -> Self:
        """The account."""
        return cls(
            id=global_id("BillingAccount", row.id),
            number=row.number,
            currency=CurrencyCode(row.currency),
            billed_until=row.billed_until,
            key=row.id,
        )


@strawberry.type(description="A subscription in a sharing group.")
class SharingMember:
    """Since when, and who."""

    since: datetime = strawberry.field(description="Since when it shares.")
    subscription_key: strawberry.Private[UUID]

    @resolved("The subscription.")
    def subscription(self, info: Info) -> Subscription:
        """For those who may read subscriptions."""
        return Subscription.of(subscriptions.subscription(info.context.ctx, self.subscription_key))


@strawberry.type(description="Subscriptions of one billing account that use each other's shared allowances.")
class SharingGroup(Node):
    """Its buckets are used by every member."""

    name: str = strawberry.field(description="What its holder calls it.")
    created_at: datetime = strawberry.field(description="When it was opened.")
    closed_at: datetime | None = strawberry.field(description="When its last member left it; null while it is open.")
    row: strawberry.Private[balances.SharingGroup]

    @resolved("The subscription that opened it; the last one to leave it.")
    def owner(self, info: Info) -> Subscription:
        """For those who may read subscriptions."""
        return Subscription.of(subscriptions.subscription(info.context.ctx, self.row.owner_id))

    @resolved("Who pays for all of its members.")
    def account(self, info: Info) -> BillingAccount:
        """For those who may read customers."""
        return BillingAccount.of(party.account(info.context.ctx, self.row.account_id))

    @resolved("Who shares now, the longest member first.", size=4)
    def members(self, info: Info) -> list[SharingMember]:
        """The owner among them."""
        found = balances.members(info.context.ctx, self.row.id)
        return [SharingMember(since=one.valid_from, subscription_key=one.subscription_id) for one in found]

    @resolved("What the group holds for all of its members, in the order in which usage takes from it.", size=4)
    def buckets(self, info: Info) -> list[Bucket]:
        """The valid ones."""
        return [Bucket.of(state) for state in balances.group_buckets(info.context.ctx, self.row.id)]

    @classmethod
    def of(cls, row: balances.SharingGroup) -> Self:
        """The group."""
        return cls(
            id=global_id("SharingGroup", row.id),
            name=row.name,
            created_at=row.created_at,
            closed_at=row.closed_at,
            row=row,
        )


@strawberry.type(description="A person or organisation that buys from the brand.")
class Customer(Node):
    """SID: Customer."""

    number: str = strawberry.field(description="The customer's number for people.")
    kind: CustomerKind = strawberry.field(description="A person or an organisation.")
    given_name: str = strawberry.field(description="The given name, of an organisation's contact too.")
    family_name: str = strawberry.field(description="The family name.")
    organization: str | None = strawberry.field(description="The organisation's name.")
    email: str = strawberry.field(description="Where letters go.")
    phone: str | None = strawberry.field(description="A number to be reached at, in E.164.")
    language: LanguageCode = strawberry.field(description="The language letters are written in.")
    created_at: datetime = strawberry.field(description="When the customer came.")
    key: strawberry.Private[UUID]

    @resolved("Postal addresses.", size=2)
    def addresses(self, info: Info) -> list[Address]:
        """Oldest first."""
        ctx = info.context.ctx
        ctx.require(party_permissions.READ)
        return [address_of(row) for row in party.addresses_of(ctx, self.key)]

    @resolved("Who pays for the customer's subscriptions.", size=1)
    def accounts(self, info: Info) -> list[BillingAccount]:
        """Oldest first."""
        ctx = info.context.ctx
        ctx.require(party_permissions.READ)
        return [BillingAccount.of(row) for row in party.accounts_of(ctx, self.key)]

    @resolved("What the customer has.", size=2)
    def subscriptions(self, info: Info) -> list[Subscription]:
        """Oldest first."""
        return [Subscription.of(row) for row in subscriptions.of_customer(info.context.ctx, self.key)]

    @classmethod
    def of(cls, row: party.Customer) -> Self:
        """The customer."""
        return cls(
            id=global_id("Customer", row.id),
            number=row.number,
            kind=CustomerKind(row.kind),
            given_name=row.given_name,
            family_name=row.family_name,
            organization=row.organization,
            email=row.email,
            phone=row.phone,
            language=LanguageCode(row.language),
            created_at=row.created_at,
            key=row.id,
        )


def load_products(ctx: Context, ids: Sequence[UUID]) -> list[list[subscriptions.Product]]:
    """The products of several subscriptions, for a loader."""
    ctx.require(subscription_permissions.READ)
    found = subscriptions.products_of(ctx, ids)
    return [found.get(key, []) for key in ids]


def load_identifiers(ctx: Context, ids: Sequence[UUID]) -> list[list[subscriptions.SubscriptionIdentifier]]:
    """The identifiers of several subscriptions, for a loader."""
    ctx.require(subscription_permissions.READ)
    found = subscriptions.identifiers_of(ctx, ids)
    return [found.get(key, []) for key in ids]
