from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select

from mvne_platform import inventory, orders, provisioning, subscriptions
from mvne_platform.billing.models import Charge
from mvne_platform.inventory import Number, ResourceState, Sim
from mvne_platform.kernel import uuid7
from mvne_platform.orders import (
    OrderCancelled,
    OrderCompleted,
    OrderFailed,
    OrderRejected,
    OrderReleased,
    OrderState,
    ProductOrder,
)
from mvne_platform.provisioning import NetworkOperation
from mvne_platform.runtime import Actor, ActorKind, Context
from mvne_platform.runtime.context import PermissionMissing
from mvne_platform.subscriptions import SubscriptionActivated, SubscriptionState
from tests.platform.inventory.stock import iccid
from tests.platform.orders.shop import PASSPORT, Shop, footprint, order, verifying


def line_of(ctx: Context, placed: ProductOrder) -> subscriptions.Subscription:
    [item] = orders.items(ctx, placed.id)
    return subscriptions.load_subscription(ctx, item.subscription_id)


def stock(ctx: Context) -> list[ResourceState]:
    """The first SIM and the first number."""
    sim = ctx.db.scalars(select(Sim.state).order_by(Sim.iccid).limit(1)).one()
    return [sim, ctx.db.scalars(select(Number.state).order_by(Number.msisdn).limit(1)).one()]


def held(ctx: Context, shop: Shop) -> ProductOrder:
    verifying(ctx)
    return order(ctx, shop, document=PASSPORT)


def in_progress(ctx: Context, shop: Shop) -> ProductOrder:
    return orders.provision_order(ctx, order(ctx, shop).id)


def test_the_network_is_asked_for_what_was_reserved(ctx: Context, shop: Shop) -> None:
    placed = in_progress(ctx, shop)
    assert placed.state is OrderState.IN_PROGRESS
    [request] = provisioning.requests_of_cause(ctx, placed.id)
    assert (request.operation, request.subscription_id) == (NetworkOperation.ACTIVATE, line_of(ctx, placed).id)
    assert request.payload == {
        "imsi": "238990000000001", "iccid": iccid(1), "msisdn": "+4520000001",
        "services": ["voice", "sms", "mms", "data"], "roaming": True,
    }  # fmt: skip


def test_a_complete_order_is_a_line_in_service_that_is_charged(ctx: Context, shop: Shop) -> None:
    placed = in_progress(ctx, shop)
    line = line_of(ctx, placed)
    orders.complete_order(ctx, placed.id)
    assert (placed.state, placed.completed_at) == (OrderState.COMPLETED, ctx.now)
    assert (line.state, line.activated_at) == (SubscriptionState.ACTIVE, ctx.now)
    assert stock(ctx) == [ResourceState.ASSIGNED] * 2
    assert ctx.facts[-1] == OrderCompleted(placed.id, placed.customer_id)
    assert SubscriptionActivated(line.id, placed.customer_id) in ctx.facts
    # The brand's day is 1 October, so the whole month and the price for beginning.
    charged = ctx.db.scalars(select(Charge).where(Charge.subscription_id == line.id)).all()
    assert sorted(charge.amount_micros for charge in charged) == [49_000_000, 99_000_000]


def test_a_prepaid_order_completes_without_credit(ctx: Context, shop: Shop) -> None:
    placed = orders.provision_order(ctx, order(ctx, shop, offering_id=shop.prepaid.id).id)
    orders.complete_order(ctx, placed.id)
    assert placed.state is OrderState.COMPLETED
    assert line_of(ctx, placed).state is SubscriptionState.ACTIVE


def test_a_verified_order_is_released_and_goes_on(ctx: Context, shop: Shop) -> None:
    placed = held(ctx, shop)
    orders.release_order(ctx, placed.id)
    assert (placed.state, ctx.facts[-1]) == (OrderState.ACKNOWLEDGED, OrderReleased(placed.id))
    orders.provision_order(ctx, placed.id)
    orders.complete_order(ctx, placed.id)
    assert placed.state is OrderState.COMPLETED


def test_a_rejected_order_lets_go_of_everything(ctx: Context, shop: Shop) -> None:
    placed = held(ctx, shop)
    assert stock(ctx) == [ResourceState.RESERVED] * 2
    orders.reject_order(ctx, placed.id, "identity_declined")
    assert (placed.state, placed.state_reason) == (OrderState.REJECTED, "identity_declined")
    assert (line_of(ctx, placed).state, stock(ctx)) == (SubscriptionState.TERMINATED, [ResourceState.FREE] * 2)
    assert ctx.facts[-1] == OrderRejected(placed.id)
    # What was let go can be had by the next.
    [item] = orders.items(ctx, order(ctx, shop, document=PASSPORT).id)
    assert inventory.load_number(ctx, item.number_id).msisdn == "+4520000001"


def test_a_failed_order_lets_go_of_everything(ctx: Context, shop: Shop) -> None:
    placed = in_progress(ctx, shop)
    orders.fail_order(ctx, placed.id, "network: msisdn_in_use")
    assert (placed.state, placed.state_reason) == (OrderState.FAILED, "network: msisdn_in_use")
    assert (line_of(ctx, placed).state, stock(ctx)) == (SubscriptionState.TERMINATED, [ResourceState.FREE] * 2)
    assert ctx.facts[-1] == OrderFailed(placed.id)
    assert ctx.db.scalars(select(Charge)).all() == []


@pytest.mark.parametrize("make", [held, order])
def test_an_order_can_be_withdrawn_until_the_network_is_asked(
    ctx: Context, shop: Shop, make: Callable[[Context, Shop], ProductOrder]
) -> None:
    placed = make(ctx, shop)
    orders.cancel_order(ctx, placed.id, "changed my mind")
    assert (placed.state, placed.state_reason) == (OrderState.CANCELLED, "changed my mind")
    assert (line_of(ctx, placed).state, stock(ctx)) == (SubscriptionState.TERMINATED, [ResourceState.FREE] * 2)
    assert ctx.facts[-1] == OrderCancelled(placed.id)
    before = footprint(ctx)
    # What was on its way when the order was withdrawn arrives and does nothing.
    orders.release_order(ctx, placed.id)
    orders.provision_order(ctx, placed.id)
    assert (placed.state, footprint(ctx)) == (OrderState.CANCELLED, before)


def test_once_the_network_is_asked_it_is_too_late(ctx: Context, shop: Shop) -> None:
    placed = in_progress(ctx, shop)
    before = footprint(ctx)
    with pytest.raises(orders.WrongOrderState, match="The order is in_progress"):
        orders.cancel_order(ctx, placed.id, "too late")
    assert (placed.state, placed.state_reason, footprint(ctx)) == (OrderState.IN_PROGRESS, None, before)


def test_every_step_repeated_changes_nothing(ctx: Context, shop: Shop) -> None:
    placed = held(ctx, shop)
    taken: list[Callable[[Context, UUID], ProductOrder]] = []
    for step in (orders.release_order, orders.provision_order, orders.complete_order):
        step(ctx, placed.id)
        taken.append(step)
        before = (placed.state, footprint(ctx), len(ctx.facts))
        for repeated in taken:
            repeated(ctx, placed.id)
        assert (placed.state, footprint(ctx), len(ctx.facts)) == before


@pytest.mark.parametrize(
    ("make", "end"),
    [(held, orders.reject_order), (in_progress, orders.fail_order), (order, orders.cancel_order)],
)
def test_every_end_repeated_changes_nothing(
    ctx: Context,
    shop: Shop,
    make: Callable[[Context, Shop], ProductOrder],
    end: Callable[[Context, UUID, str], ProductOrder],
) -> None:
    placed = make(ctx, shop)
    end(ctx, placed.id, "first")
    before = footprint(ctx)
    end(ctx, placed.id, "second")
    assert (placed.state_reason, footprint(ctx)) == ("first", before)


def test_steps_out_of_order_are_refused_and_change_nothing(ctx: Context, shop: Shop) -> None:
    placed = held(ctx, shop)
    before = footprint(ctx)
    for step in (orders.provision_order, orders.complete_order):
        with pytest.raises(orders.WrongOrderState, match="The order is held"):
            step(ctx, placed.id)
    with pytest.raises(orders.WrongOrderState):
        orders.fail_order(ctx, placed.id, "no")
    assert (placed.state, footprint(ctx)) == (OrderState.HELD, before)


def test_steps_need_the_permission_and_the_brands_own_order(ctx: Context, shop: Shop, other_ctx: Context) -> None:
    placed = order(ctx, shop)
    absent: UUID = uuid7()
    for step in (orders.release_order, orders.provision_order, orders.complete_order):
        with pytest.raises(orders.UnknownOrder):
            step(ctx, absent)
        with pytest.raises(orders.UnknownOrder):
            step(other_ctx, placed.id)
    ctx.actor = Actor(ActorKind.STAFF, "csr", frozenset({"order.place", "order.read"}))
    with pytest.raises(PermissionMissing, match=r"order\.manage"):
        orders.cancel_order(ctx, placed.id, "no")
    assert placed.state is OrderState.ACKNOWLEDGED
