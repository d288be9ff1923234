"""Many orders at once, each in a transaction of its own as the web edge opens them."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from sqlalchemy import func, select

from mvne_platform import orders
from mvne_platform.inventory import Number, ResourceState, Sim
from mvne_platform.kernel import DomainError
from mvne_platform.orders import NewOrder, OrderItem, OrderState, ProductOrder
from mvne_platform.party import Customer
from mvne_platform.runtime import brand_work
from mvne_platform.runtime.models import FactRow
from mvne_platform.subscriptions import Subscription
from tests.platform.orders.shop import ANNA, PASSPORT, opened, order, verifying
from tests.plugins.database import Database

THREADS = 12


def attempt(new: NewOrder) -> str:
    """Place an order; answers "placed" or the code of its refusal."""
    try:
        with brand_work("testbrand") as ctx:
            orders.place_order(ctx, new)
    except DomainError as refusal:
        return refusal.code
    return "placed"


def at_once(new: list[NewOrder]) -> Counter[str]:
    with ThreadPoolExecutor(THREADS) as pool:
        return Counter(pool.map(attempt, new))


def test_the_last_numbers_go_to_as_many_orders_and_none_twice(database: Database) -> None:
    with brand_work("testbrand") as ctx:
        shop = opened(ctx, sims=60, numbers=6)
    buyers = [replace(ANNA, email=f"anna{position}@example.com") for position in range(48)]
    answers = at_once([NewOrder(offering_id=shop.smart.id, customer=buyer) for buyer in buyers])
    assert answers == {"placed": 6, "NOTHING_FREE": 42}

    with brand_work("testbrand") as ctx:
        items = ctx.db.scalars(select(OrderItem)).all()
        assert len({item.number_id for item in items}) == len({item.sim_id for item in items}) == 6
        assert len({item.subscription_id for item in items}) == 6
        for model, reserved in ((Sim, 6), (Number, 6)):
            taken = select(func.count()).where(model.state == ResourceState.RESERVED)
            assert ctx.db.scalar(taken) == reserved
        # A refused order left no customer, no line, nothing.
        for model in (Customer, Subscription, ProductOrder):
            assert ctx.db.scalar(select(func.count()).select_from(model)) == 6
        held = {item.subscription_id: item.number_id for item in items}
        numbers = ctx.db.execute(select(Number.reserved_for, Number.id).where(Number.reserved_for.is_not(None)))
        assert {row.reserved_for: row.id for row in numbers} == held


def test_the_last_sims_go_to_as_many_orders_and_none_twice(database: Database) -> None:
    with brand_work("testbrand") as ctx:
        shop = opened(ctx, sims=5, numbers=60)
    answers = at_once([NewOrder(offering_id=shop.smart.id, customer=ANNA) for _ in range(40)])
    assert answers == {"placed": 5, "NOTHING_FREE": 35}
    with brand_work("testbrand") as ctx:
        assert ctx.db.scalar(select(func.count()).where(Number.state == ResourceState.RESERVED)) == 5


def test_one_chosen_number_goes_to_one_order(database: Database) -> None:
    with brand_work("testbrand") as ctx:
        shop = opened(ctx, sims=30, numbers=30)
    wanted = NewOrder(offering_id=shop.smart.id, customer=ANNA, msisdn="+4520000007")
    assert at_once([wanted] * 24) == {"placed": 1, "NUMBER_TAKEN": 23}


def test_one_quote_makes_one_order(database: Database) -> None:
    with brand_work("testbrand") as ctx:
        shop = opened(ctx, sims=30, numbers=30)
        promised = orders.quote(ctx, offering_id=shop.smart.id)
    assert at_once([NewOrder(quote_id=promised.id, customer=ANNA)] * 24) == {"placed": 1, "QUOTE_USED": 23}
    with brand_work("testbrand") as ctx:
        assert ctx.db.scalars(select(ProductOrder.quote_id)).all() == [promised.id]


def test_an_order_that_is_cancelled_while_it_is_about_to_be_released_stays_cancelled(database: Database) -> None:
    with brand_work("testbrand") as ctx:
        verifying(ctx)
        held = order(ctx, opened(ctx), document=PASSPORT)
        assert held.verification_id is not None
    with brand_work("testbrand") as ctx:
        waiting = orders.order_of_verification(ctx, held.verification_id)
        assert waiting is not None
        with brand_work("testbrand") as desk:
            orders.cancel_order(desk, held.id, "the customer called")

        orders.release_order(ctx, waiting.id)

    with brand_work("testbrand") as ctx:
        assert orders.order(ctx, held.id).state is OrderState.CANCELLED
        assert ctx.db.scalars(select(FactRow.kind).where(FactRow.kind == "OrderReleased")).all() == []
