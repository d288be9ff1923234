"""Quotes and orders."""

from datetime import date
from enum import Enum
from typing import Annotated
from uuid import UUID

import strawberry

from mvne_graphql.context import Info, RequestContext
from mvne_graphql.fields import resolved
from mvne_graphql.nodes import Id, one
from mvne_graphql.payloads import DRY_RUN, INPUT, Payload, mutation
from mvne_graphql.relay import First, Page, key_of
from mvne_graphql.scalars import CountryCode, LanguageCode
from mvne_graphql.signed import unsigned
from mvne_graphql.types.customer_parts import AddressRole, CustomerKind
from mvne_graphql.types.orders import QUOTE, Order, Quote
from mvne_platform import inventory, orders, party
from mvne_platform.runtime import Context


@strawberry.enum(description="What carries the subscriber's identity.")
class SimKind(Enum):
    """As in inventory."""

    PHYSICAL = strawberry.enum_value("physical", description="A card.")
    ESIM = strawberry.enum_value("esim", description="A profile loaded into the device.")


@strawberry.input(description="A plan, and add-ons to it.")
class CreateQuoteInput:
    """What `createQuote` needs."""

    offering_id: strawberry.ID = strawberry.field(description="The plan.")
    add_on_ids: list[strawberry.ID] = strawberry.field(default_factory=list, description="The add-ons.")


@strawberry.type(description="What became of a request for a quote.")
class CreateQuotePayload(Payload):
    """The promise."""

    quote: Quote | None = strawberry.field(default=None, description="The promise.")


@strawberry.input(description="A postal address.")
class AddressInput:
    """As entered."""

    role: AddressRole = strawberry.field(default=AddressRole.BILLING, description="What it is for.")
    lines: list[str] = strawberry.field(description="Street and number, one to three lines.")
    postal_code: str = strawberry.field(description="The postal code.")
    city: str = strawberry.field(description="The town.")
    country: CountryCode = strawberry.field(description="The country.")

    def draft(self) -> party.NewAddress:
        """As party wants it."""
        return party.NewAddress(
            role=str(self.role.value),
            lines=tuple(self.lines),
            postal_code=self.postal_code,
            city=self.city,
            country=self.country,
        )


@strawberry.input(description="A customer who is new to the brand.")
class NewCustomerInput:
    """As entered."""

    kind: CustomerKind = strawberry.field(default=CustomerKind.INDIVIDUAL, description="A person or an organisation.")
    given_name: str = strawberry.field(description="The given name, of an organisation's contact too.")
    family_name: str = strawberry.field(description="The family name.")
    organization: str | None = strawberry.field(default=None, description="An organisation's name.")
    email: str = strawberry.field(description="Where letters go.")
    phone: str | None = strawberry.field(default=None, description="A number to be reached at, in E.164.")
    birth_date: date | None = strawberry.field(default=None, description="The date of birth.")
    language: LanguageCode | None = strawberry.field(
        default=None, description="The language letters are written in; the brand's first if absent."
    )
    addresses: list[AddressInput] = strawberry.field(default_factory=list, description="Postal addresses.")

    def draft(self) -> party.NewCustomer:
        """As party wants it."""
        return party.NewCustomer(
            kind=party.CustomerKind(str(self.kind.value)),
            given_name=self.given_name,
            family_name=self.family_name,
            organization=self.organization,
            email=self.email,
            phone=self.phone,
            birth_date=self.birth_date,
            language=self.language,
            addresses=tuple(address.draft() for address in self.addresses),
        )


@strawberry.input(description="An identity document, for brands that verify who their customers are.")
class DocumentInput:
    """Stored encrypted."""

    number: str = strawberry.field(description="The document's number.")
    country: CountryCode = strawberry.field(description="The country that issued it.")


@strawberry.input(description="An order: by a quote or by a plan, for a new customer or a known one.")
class PlaceOrderInput:
    """What `placeOrder` needs."""

    quote_id: str | None = strawberry.field(default=None, description="A quote's id, to be billed exactly that.")
    offering_id: strawberry.ID | None = strawberry.field(default=None, description="The plan, without a quote.")
    add_on_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="The add-ons, without a quote."
    )
    customer: NewCustomerInput | None = strawberry.field(default=None, description="A new customer.")
    customer_id: strawberry.ID | None = strawberry.field(default=None, description="A known customer.")
    document: DocumentInput | None = strawberry.field(
        default=None, description="A new customer's document, where `shop.verifiesIdentity`."
    )
    sim_kind: SimKind = strawberry.field(default=SimKind.PHYSICAL, description="A card or an eSIM.")
    number: str | None = strawberry.field(
        default=None, description="The number wanted, in E.164, one of `freeNumbers`; any if absent."
    )
    dry_run: bool = strawberry.field(default=False, description=DRY_RUN)

    def draft(self, ctx: Context, channel: str) -> orders.NewOrder:
        """As orders wants it; raises UnreadableId."""
        return orders.NewOrder(
            quote_id=unsigned(ctx, QUOTE, self.quote_id, "quote_id") if self.quote_id else None,
            offering_id=key_of(self.offering_id, "Offering", "offering_id") if self.offering_id else None,
            add_on_ids=_add_ons(self.add_on_ids),
            customer=self.customer.draft() if self.customer else None,
            customer_id=key_of(self.customer_id, "Customer", "customer_id") if self.customer_id else None,
            document=party.Document(number=self.document.number, country=self.document.country)
            if self.document
            else None,
            sim_kind=str(self.sim_kind.value),
            msisdn=self.number,
            channel=channel,
        )


@strawberry.type(description="What became of an order.")
class PlaceOrderPayload(Payload):
    """Taken in whole, or not at all."""

    order: Order | None = strawberry.field(default=None, description="The order.")


def find_order(context: RequestContext, key: UUID) -> Order:
    """For those who may read orders."""
    return Order.of(orders.order(context.ctx, key))


@strawberry.type
class OrderQueries:
    """Root fields."""

    @resolved("An order; null if there is none.")
    def order(self, info: Info, id: Id) -> Order | None:  # noqa: A002  # Relay's word
        """By id."""
        found: Order | None = one(info.context, "Order", id, find_order)
        return found

    @resolved("Numbers that can be chosen at the moment; being listed reserves none.")
    def free_numbers(self, info: Info, first: First = None) -> list[str]:
        """For those who may order."""
        return inventory.free_numbers(info.context.ctx, Page.of(first, None).limit)


@strawberry.type
class OrderMutations:
    """Root fields."""

    @mutation("Promises the prices of a plan with add-ons for a day.")
    def create_quote(self, info: Info, given: Annotated[CreateQuoteInput, INPUT]) -> CreateQuotePayload:
        """A quote is good for one order."""
        made = orders.quote(
            info.context.ctx,
            offering_id=key_of(given.offering_id, "Offering", "offering_id"),
            add_on_ids=_add_ons(given.add_on_ids),
        )
        return CreateQuotePayload(quote=Quote.of(made, info.context))

    @mutation(
        "Orders a new subscription: takes SIM and number, and asks the network when nothing stands in its way.",
        keyed=True,
    )
    def place_order(self, info: Info, given: Annotated[PlaceOrderInput, INPUT]) -> PlaceOrderPayload:
        """The line comes into service in the background."""
        context = info.context
        draft = given.draft(context.ctx, context.endpoint.value)
        return PlaceOrderPayload(order=Order.of(orders.place_order(context.ctx, draft)))


def _add_ons(ids: list[strawberry.ID]) -> tuple[UUID, ...]:
    return tuple(key_of(each, "Offering", "add_on_ids", str(place)) for place, each in enumerate(ids))
