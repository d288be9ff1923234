from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from mvne_platform import inventory, orders, party, subscriptions
from mvne_platform.inventory import Number, ResourceState, Sim
from mvne_platform.kernel import uuid7
from mvne_platform.orders import NewOrder, OrderFilter, OrderPlaced, OrderReleased, OrderState
from mvne_platform.party import CustomerCreated, Document
from mvne_platform.party.models import VerificationState
from mvne_platform.runtime import Actor, ActorKind, Context
from mvne_platform.runtime.context import PermissionMissing
from mvne_platform.runtime.models import JobRow
from mvne_platform.subscriptions import SubscriptionState
from tests.platform.inventory.stock import iccid, sim_row
from tests.platform.orders.shop import ANNA, PASSPORT, Shop, footprint, order, refusal, verifying


def test_an_order_makes_customer_account_line_and_reservations_in_one_go(ctx: Context, shop: Shop) -> None:
    ctx.actor = Actor(ActorKind.CLIENT, "shop", frozenset({"order.place"}))
    placed = order(ctx, shop, add_on_ids=(shop.extra.id,), channel="web")
    assert (placed.state, placed.channel, placed.placed_at) == (OrderState.ACKNOWLEDGED, "web", ctx.now)
    assert ctx.facts == [CustomerCreated(placed.customer_id), OrderPlaced(placed.id), OrderReleased(placed.id)]

    [item] = orders.items(ctx, placed.id)
    line = subscriptions.load_subscription(ctx, item.subscription_id)
    [account] = party.accounts_of(ctx, placed.customer_id)
    assert (line.state, line.customer_id, line.account_id) == (
        SubscriptionState.PENDING, placed.customer_id, account.id,
    )  # fmt: skip
    assert [one.offering_id for one in subscriptions.products(ctx, line.id)] == [shop.smart.id, shop.extra.id]
    assert {(one.kind.value, one.value) for one in subscriptions.identifiers(ctx, line.id)} == {
        ("msisdn", "+4520000001"), ("imsi", "238990000000001"), ("iccid", iccid(1)),
    }  # fmt: skip
    sim, number = inventory.load_sim(ctx, item.sim_id), inventory.load_number(ctx, item.number_id)
    for reserved in (sim, number):
        assert (reserved.state, reserved.reserved_for) == (ResourceState.RESERVED, line.id)
    assert (item.line_number, len(item.lines)) == (1, 3)


def test_a_known_customer_keeps_the_account(ctx: Context, shop: Shop) -> None:
    first = order(ctx, shop)
    again = order(ctx, shop, customer=None, customer_id=first.customer_id)
    assert again.customer_id == first.customer_id
    assert len(party.accounts_of(ctx, first.customer_id)) == 1
    assert len(subscriptions.of_customer(ctx, first.customer_id)) == 2
    assert again.number > first.number


def test_a_number_can_be_chosen_and_an_esim(ctx: Context, shop: Shop) -> None:
    inventory.add_sims(ctx, [sim_row(50, "esim")])
    placed = order(ctx, shop, msisdn="+4520000003", sim_kind="esim")
    [item] = orders.items(ctx, placed.id)
    assert inventory.load_number(ctx, item.number_id).msisdn == "+4520000003"
    assert inventory.load_sim(ctx, item.sim_id).iccid == iccid(50)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"customer": None}, "INVALID_ORDER", ("customer",)),
        ({"customer_id": uuid7()}, "INVALID_ORDER", ("customer_id",)),
        ({"customer": None, "customer_id": uuid7()}, "UNKNOWN_CUSTOMER", ("customer_id",)),
        ({"customer": replace(ANNA, email="anna")}, "INVALID_CUSTOMER", ("customer", "email")),
        ({"customer": replace(ANNA, language="de")}, "INVALID_CUSTOMER", ("customer", "language")),
        ({"document": Document(number="!", country="DK")}, "INVALID_CUSTOMER", ("document", "number")),
        ({"offering_id": None}, "INVALID_ORDER", ("offering_id",)),
        ({"offering_id": uuid7()}, "UNKNOWN_OFFERING", ("offering_id",)),
        ({"add_on_ids": (uuid7(),)}, "UNKNOWN_OFFERING", ("add_on_ids", "0")),
        ({"sim_kind": "chip"}, "INVALID_ORDER", ("sim_kind",)),
        ({"sim_kind": "esim"}, "NOTHING_FREE", ("sim_kind",)),
        ({"msisdn": "+4599999999"}, "NUMBER_TAKEN", ("msisdn",)),
        ({"channel": "Web Shop"}, "INVALID_ORDER", ("channel",)),
    ],
)
def test_a_refusal_names_its_field_and_leaves_nothing(
    ctx: Context, shop: Shop, change: dict[str, Any], code: str, field: tuple[str, ...]
) -> None:
    before = footprint(ctx)
    error = refusal(ctx, NewOrder(**{"offering_id": shop.smart.id, "customer": ANNA, **change}))
    assert (error.code, error.field) == (code, field)
    assert footprint(ctx) == before


def test_when_the_numbers_are_gone_the_sim_stays_in_stock(ctx: Context, shop: Shop) -> None:
    for _ in range(3):
        order(ctx, shop)
    inventory.add_sims(ctx, [sim_row(9)])
    before = footprint(ctx)
    error = refusal(ctx, NewOrder(offering_id=shop.smart.id, customer=ANNA))
    assert (error.code, error.field) == ("NOTHING_FREE", ("msisdn",))
    assert footprint(ctx) == before
    assert ctx.db.scalars(select(Sim.state).where(Sim.iccid == iccid(9))).one() is ResourceState.FREE


def test_ordering_needs_the_permission(ctx: Context, shop: Shop) -> None:
    before = footprint(ctx)
    ctx.actor = Actor(ActorKind.CLIENT, "care", frozenset({"order.read", "customer.manage"}))
    with pytest.raises(PermissionMissing, match=r"order\.place"):
        order(ctx, shop)
    assert footprint(ctx) == before


def test_where_identities_are_verified_the_order_is_held(ctx: Context, shop: Shop) -> None:
    verifying(ctx)
    placed = order(ctx, shop, document=PASSPORT)
    assert placed.state is OrderState.HELD
    assert ctx.facts == [CustomerCreated(placed.customer_id), OrderPlaced(placed.id)]
    assert placed.verification_id is not None
    [job] = ctx.db.scalars(select(JobRow)).all()
    assert (job.name, job.arguments) == (
        "party.verify_identity", {"verification_id": str(placed.verification_id)},
    )  # fmt: skip
    waiting = orders.order_of_verification(ctx, placed.verification_id)
    assert waiting is placed


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"document": None}, ("document",)),
        ({"customer": replace(ANNA, birth_date=None)}, ("customer", "birth_date")),
    ],
)
def test_what_a_verification_needs_is_asked_for_by_name(
    ctx: Context, shop: Shop, change: dict[str, Any], field: tuple[str, ...]
) -> None:
    verifying(ctx)
    before = footprint(ctx)
    values = {"offering_id": shop.smart.id, "customer": ANNA, "document": PASSPORT, **change}
    assert refusal(ctx, NewOrder(**values)).field == field
    assert footprint(ctx) == before


def test_a_verified_customer_is_not_asked_again(ctx: Context, shop: Shop) -> None:
    verifying(ctx)
    first = order(ctx, shop, document=PASSPORT)
    assert first.verification_id is not None
    again = refusal(ctx, NewOrder(offering_id=shop.smart.id, customer_id=first.customer_id))
    assert again.field == ("document",)
    verification = party.decide_verification(ctx, first.verification_id, approved=True, reason="seen")
    assert verification.state is VerificationState.APPROVED
    second = order(ctx, shop, customer=None, customer_id=first.customer_id)
    assert (second.state, second.verification_id) == (OrderState.ACKNOWLEDGED, None)


def test_a_brand_that_verifies_nobody_keeps_no_document(ctx: Context, shop: Shop) -> None:
    placed = order(ctx, shop, document=PASSPORT)
    assert (placed.state, placed.verification_id) == (OrderState.ACKNOWLEDGED, None)
    assert footprint(ctx)["identity_verification"] == 0


def test_orders_are_listed_newest_first_and_narrowed(ctx: Context, shop: Shop, other_ctx: Context) -> None:
    one, two, three = (order(ctx, shop, customer=replace(ANNA, birth_date=date(1990, 1, day))) for day in (1, 2, 3))
    orders.cancel_order(ctx, two.id, "changed my mind")

    def listed(*wanted: OrderFilter, **page: Any) -> list[str]:
        return [placed.number for placed in orders.orders(ctx, *wanted, **page)]

    assert listed() == [three.number, two.number, one.number]
    assert listed(first=2) == [three.number, two.number]
    assert listed(after=two.id) == [one.number]
    assert listed(OrderFilter(states=frozenset({OrderState.CANCELLED}))) == [two.number]
    assert listed(OrderFilter(customer_id=one.customer_id)) == [one.number]
    assert listed(OrderFilter(number=f" {three.number.lower()} ")) == [three.number]
    assert orders.order(ctx, one.id) is one
    assert set(orders.items_of(ctx, [one.id, two.id])) == {one.id, two.id}
    assert orders.orders(other_ctx) == []
    with pytest.raises(orders.UnknownOrder):
        orders.order(other_ctx, one.id)
    ctx.actor = Actor(ActorKind.CLIENT, "shop", frozenset({"order.place"}))
    for refused in (lambda: orders.order(ctx, one.id), lambda: orders.orders(ctx)):
        with pytest.raises(PermissionMissing, match=r"order\.read"):
            refused()
    assert ctx.db.scalars(select(Number.state).order_by(Number.msisdn)).all() == [
        ResourceState.RESERVED, ResourceState.FREE, ResourceState.RESERVED,
    ]  # fmt: skip
