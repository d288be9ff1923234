"""What customers and subscriptions are made of: states, addresses, identifiers, products."""

from datetime import datetime
from enum import Enum
from uuid import UUID

import strawberry

from mvne_graphql.context import Info
from mvne_graphql.fields import resolved
from mvne_graphql.scalars import CountryCode
from mvne_graphql.types.catalogue import Offering, offering_of
from mvne_platform import party, subscriptions


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


def product_of(row: subscriptions.Product) -> Product:
    """The product."""
    return Product(
        is_plan=row.is_plan,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        paid_until=row.paid_until,
        offering_key=row.offering_id,
    )


def identifier_of(row: subscriptions.SubscriptionIdentifier) -> SubscriptionIdentifier:
    """The identifier."""
    return SubscriptionIdentifier(
        kind=IdentifierKind(row.kind), value=row.value, valid_from=row.valid_from, valid_to=row.valid_to
    )


def address_of(row: party.Address) -> Address:
    """The address."""
    return Address(
        role=AddressRole(row.role),
        lines=row.lines,
        postal_code=row.postal_code,
        city=row.city,
        country=CountryCode(row.country),
    )
