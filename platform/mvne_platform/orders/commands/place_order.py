"""Taking an order in: everything is checked and reserved in one transaction, or nothing is."""

import re
from dataclasses import dataclass, field
from uuid import UUID

from mvne_platform import inventory, party, subscriptions
from mvne_platform.kernel import local_date, uuid7
from mvne_platform.orders import permissions
from mvne_platform.orders.commands.quoting import Selection, redeem, selection
from mvne_platform.orders.errors import InvalidOrder, QuoteMismatch, under
from mvne_platform.orders.events import OrderPlaced, OrderReleased
from mvne_platform.orders.models import OrderItem, OrderState, ProductOrder
from mvne_platform.party import Customer, Document, NewCustomer
from mvne_platform.runtime import Context
from mvne_platform.runtime.numbering import next_number
from mvne_platform.subscriptions import IdentifierKind

_CHANNEL = re.compile(r"[a-z][a-z0-9_-]{0,39}")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """An order as it was entered: by a quote or by offerings, for a new customer or a known one.

    Without `msisdn` the first free number is given. `document` is needed where the brand verifies identities.
    """

    quote_id: UUID | None = None
    offering_id: UUID | None = None
    add_on_ids: tuple[UUID, ...] = ()
    customer: NewCustomer | None = field(default=None, repr=False)
    customer_id: UUID | None = None
    document: Document | None = None
    sim_kind: str = "physical"
    msisdn: str | None = None
    channel: str = "storefront"


def place_order(ctx: Context, new: NewOrder) -> ProductOrder:
    """Take an order for a new subscription: reserve SIM and number, and hold it until the identity is verified.

    Repeating it places another order; the edge keeps a repeated request from that. Refusals name their field:
    InvalidOrder, InvalidCustomer, UnknownOffering, OfferingNotSold, UnknownQuote, QuoteUsed, QuoteStale, QuoteMismatch,
    UnknownCustomer, NothingFree, NumberTaken, HeldByAnotherBrand.
    """
    ctx.require(permissions.PLACE)
    _check(ctx, new)
    chosen = _chosen(ctx, new)
    customer = _customer(ctx, new)
    document = _document_to_verify(ctx, new, customer)

    placed = ProductOrder(
        number=next_number(ctx, "order"),
        customer_id=customer.id,
        quote_id=new.quote_id,
        channel=new.channel,
        state=OrderState.HELD if document else OrderState.ACKNOWLEDGED,
        placed_at=ctx.now,
    )
    if document:
        with under("customer"):
            placed.verification_id = party.start_verification(ctx, customer.id, document).id
    ctx.db.add(placed)
    ctx.db.flush()
    ctx.db.add(_item(ctx, placed, chosen, new))
    ctx.emit(OrderPlaced(placed.id))
    if placed.state is OrderState.ACKNOWLEDGED:
        ctx.emit(OrderReleased(placed.id))
    return placed


def _check(ctx: Context, new: NewOrder) -> None:
    """Refuse what is wrong in itself before anything is read, locked or written."""
    if new.customer is not None and new.customer_id is not None:
        raise InvalidOrder("An order is for a new customer or for a known one, not for both.", field=("customer_id",))
    if new.sim_kind not in inventory.SIM_KINDS:
        raise InvalidOrder(f"A SIM is one of: {', '.join(inventory.SIM_KINDS)}.", field=("sim_kind",))
    if not _CHANNEL.fullmatch(new.channel):
        raise InvalidOrder("A channel is a short lower-case word, such as storefront.", field=("channel",))
    if new.customer is not None:
        with under("customer"):
            party.checked_customer(new.customer, ctx.brand.languages, local_date(ctx.now, ctx.brand.time_zone))
    if new.document is not None:
        with under("document"):
            party.checked_document(new.document)


def _chosen(ctx: Context, new: NewOrder) -> Selection:
    if new.quote_id is not None:
        chosen = redeem(ctx, new.quote_id)
        _check_against_quote(new, chosen)
        return chosen
    if new.offering_id is not None:
        return selection(ctx, new.offering_id, new.add_on_ids)
    raise InvalidOrder("An order needs an offering, or a quote for one.", field=("offering_id",))


def _check_against_quote(new: NewOrder, chosen: Selection) -> None:
    if new.offering_id not in (None, chosen.plan.offering.id):
        raise QuoteMismatch("The quote is for another offering; order that one, or ask anew.", field=("offering_id",))
    if new.add_on_ids and set(new.add_on_ids) != {view.offering.id for view in chosen.add_ons}:
        raise QuoteMismatch("The quote is for other add-ons; order those, or ask anew.", field=("add_on_ids",))


def _customer(ctx: Context, new: NewOrder) -> Customer:
    if new.customer is not None:
        return party.create_customer(ctx, new.customer)
    if new.customer_id is not None:
        return party.load_customer(ctx, new.customer_id)
    raise InvalidOrder("An order needs a customer: a new one's details, or a known one's id.", field=("customer",))


def _document_to_verify(ctx: Context, new: NewOrder, customer: Customer) -> Document | None:
    """The document the brand wants verified; None where it verifies nobody, or knows the customer already."""
    if not ctx.brand.profile["identity_verification"] or party.is_verified(ctx, customer.id):
        return None
    if new.document is None:
        raise InvalidOrder(
            "This brand verifies who its customers are: an identity document is needed.", field=("document",)
        )
    return new.document


def _item(ctx: Context, placed: ProductOrder, chosen: Selection, new: NewOrder) -> OrderItem:
    """Reserve SIM and number under the id of the subscription that will have them."""
    subscription_id = uuid7()
    account = next(iter(party.accounts_of(ctx, placed.customer_id)), None)
    account = account or party.open_account(ctx, placed.customer_id)
    sim = inventory.reserve_sim(ctx, subscription_id, new.sim_kind)
    number = inventory.reserve_number(ctx, subscription_id, new.msisdn)
    subscriptions.create(
        ctx,
        subscription_id=subscription_id,
        customer_id=placed.customer_id,
        account_id=account.id,
        plan=chosen.plan.offering,
        add_ons=[view.offering for view in chosen.add_ons],
        identifiers=[
            (IdentifierKind.MSISDN, number.msisdn),
            (IdentifierKind.IMSI, sim.imsi),
            (IdentifierKind.ICCID, sim.iccid),
        ],
    )
    return OrderItem(
        order_id=placed.id,
        line_number=1,
        offering_id=chosen.plan.offering.id,
        add_on_ids=[str(view.offering.id) for view in chosen.add_ons],
        lines=[line.to_json() for line in chosen.lines],
        sim_id=sim.id,
        number_id=number.id,
        subscription_id=subscription_id,
    )
