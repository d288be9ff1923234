"""Customers, their accounts and subscriptions: three types that lead to one another."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import Enum
from typing import Self
from uuid import UUID

import strawberry

from mvne_graphql.context import Info
from mvne_graphql.fields import resolved
from mvne_graphql.money import Money
from mvne_graphql.relay import After, Connection, First, Node, Page, connect, global_id, slice_of
from mvne_graphql.scalars import CountryCode, CurrencyCode, LanguageCode
from mvne_graphql.types.balances import HoldsBuckets
from mvne_graphql.types.catalogue import Offering, PaymentMode, offering_of
from mvne_graphql.types.invoices import Invoice
from mvne_graphql.types.usage import HasUsage
from mvne_platform import billing, party, subscriptions
from mvne_platform.party import permissions as party_permissions
from mvne_platform.runtime import Context
from mvne_platform.subscriptions import permissions as subscription_permissions


@strawberry.enum(description="Who the customer is.")
class CustomerKind(Enum):
    """As in party."""

    INDIVIDUAL = strawberry.enum_value("individual", description="A person.")
    ORGANIZATION = strawberry.enum_value("organization", description="A company or another body.")


@strawberry.enum(description="What a postal address is for.")
class AddressRole(Enum):
    """As in party."""

    BILLING = strawberry.enum_value("billing", description="Invoices.")
    SHIPPING = strawberry.enum_value("shipping", description="Goods.")


@strawberry.enum(description="Where a subscription stands.")
class SubscriptionState(Enum):
    """As in subscriptions."""

    PENDING = strawberry.enum_value("pending", description="Ordered; the network has not answered yet.")
    ACTIVE = strawberry.enum_value("active", description="In use.")
    LAPSED = strawberry.enum_value("lapsed", description="A renewal was not paid; a top-up restores it.")
    SUSPENDED = strawberry.enum_value("suspended", description="Stopped for a while.")
    TERMINATED = strawberry.enum_value("terminated", description="Ended.")


@strawberry.enum(description="By what a subscription is known to networks.")
class IdentifierKind(Enum):
    """As in subscriptions."""

    MSISDN = strawberry.enum_value("msisdn", description="A telephone number in E.164, with +.")
    IMSI = strawberry.enum_value("imsi", description="The subscriber identity on the SIM.")
    ICCID = strawberry.enum_value("iccid", description="The SIM card's own number.")
    ACCOUNT = strawberry.enum_value("account", description="An account of a voice network.")


@strawberry.type(description="A postal address of a customer.")
class Address:
    """In one role."""

    role: AddressRole = strawberry.field(description="What it is for.")
    lines: list[str] = strawberry.field(description="Street and number, one to three lines.")
    postal_code: str = strawberry.field(description="The postal code.")
    city: str = strawberry.field(description="The town.")
    country: CountryCode = strawberry.field(description="The country.")


@strawberry.type(description="A number, IMSI, ICCID or account that a subscription had during a span.")
class SubscriptionIdentifier:
    """Numbers are ported and reused, so each has its time."""

    kind: IdentifierKind = strawberry.field(description="What it is.")
    value: str = strawberry.field(description="The number, IMSI, ICCID or account itself.")
    valid_from: datetime = strawberry.field(description="Since when.")
    valid_to: datetime | None = strawberry.field(description="Until when; null while it is held.")


@strawberry.type(description="An offering installed on a subscription during a span: its plan, or an add-on.")
class Product:
    """SID: Product."""

    is_plan: bool = strawberry.field(description="Whether it is the plan.")
    valid_from: datetime = strawberry.field(description="Since when.")
    valid_to: datetime | None = strawberry.field(description="Until when; null while it lasts.")
    paid_until: datetime | None = strawberry.field(
        description="Up to when it is paid for; then the next period begins."
    )
    offering_key: strawberry.Private[UUID]

    @resolved("What was bought, in the version it was bought in.")
    async def offering(self, info: Info) -> Offering:
        """Loaded for many products at once."""
        return await offering_of(info.context, self.offering_key)


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
        return [_product(row) for row in await info.context.load(load_products, self.key)]

    @resolved("What networks know it by, and knew it by.", size=4)
    async def identifiers(self, info: Info) -> list[SubscriptionIdentifier]:
        """Loaded for many subscriptions at once."""
        return [_identifier(row) for row in await info.context.load(load_identifiers, self.key)]

    @resolved("The most that usage adds to one invoice before the balance is used (hybrid).")
    def spend_limit(self, info: Info) -> Money | None:
        """In the brand's currency."""
        micros = self.row.spend_limit_micros
        return None if micros is None else Money.of(micros, info.context.ctx.brand.currency)

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
        return [_address(row) for row in party.addresses_of(ctx, self.key)]

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


def _product(row: subscriptions.Product) -> Product:
    return Product(
        is_plan=row.is_plan,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        paid_until=row.paid_until,
        offering_key=row.offering_id,
    )


def _identifier(row: subscriptions.SubscriptionIdentifier) -> SubscriptionIdentifier:
    return SubscriptionIdentifier(
        kind=IdentifierKind(row.kind), value=row.value, valid_from=row.valid_from, valid_to=row.valid_to
    )


def _address(row: party.Address) -> Address:
    return Address(
        role=AddressRole(row.role),
        lines=row.lines,
        postal_code=row.postal_code,
        city=row.city,
        country=CountryCode(row.country),
    )
