"""One transaction for a query, one for each mutation; few statements; what loses against another is repeated."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from mvne_graphql.context import Work
from mvne_graphql.relay import global_id
from mvne_platform import orders, promotions
from mvne_platform.access.roles import SCOPES
from mvne_platform.runtime import brand_work
from mvne_platform.runtime.db import app_engine
from tests.gateway.wire import Wire, client_token
from tests.graphql.people import prepaid_line, vouchers
from tests.platform.orders.shop import Shop, order

REDEEM = """mutation ($input: RedeemVoucherInput!) {
  redeemVoucher(input: $input) { credited { amount } userErrors { code } }
}"""


@pytest.fixture(scope="module")
def token(wire: Wire) -> str:
    return client_token()


class Lost(Exception):
    """What psycopg raises, as far as the edge looks at it."""

    def __init__(self, sqlstate: str | None) -> None:
        super().__init__("lost")
        self.sqlstate = sqlstate


def failing(times: int, sqlstate: str | None) -> tuple[Callable[..., Any], list[int]]:
    """The real redemption, done and then lost so many times."""
    calls: list[int] = []
    real = promotions.redeem_voucher

    def redeem(*arguments: Any) -> Any:
        calls.append(1)
        done = real(*arguments)
        if len(calls) <= times:
            raise OperationalError("UPDATE", {}, Lost(sqlstate))
        return done

    return redeem, calls


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is sent to the database meanwhile."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(app_engine(), "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(app_engine(), "before_cursor_execute", note)


@pytest.mark.parametrize("sqlstate", ["40P01", "40001"])
def test_what_loses_against_another_transaction_is_repeated_and_done_once(
    wire: Wire, token: str, monkeypatch: pytest.MonkeyPatch, sqlstate: str
) -> None:
    line, (code,) = prepaid_line(), vouchers()
    redeem, calls = failing(2, sqlstate)
    monkeypatch.setattr(promotions, "redeem_voucher", redeem)
    given = {"input": {"subscriptionId": line.id, "code": code}}
    assert wire.data(REDEEM, given, token=token, key=f"lost-{sqlstate}")["redeemVoucher"]["userErrors"] == []
    assert (len(calls), line.money()) == (3, 50_000_000)


def test_what_always_loses_is_an_error_of_ours_and_undone(
    wire: Wire, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    line, (code,) = prepaid_line(), vouchers()
    redeem, calls = failing(9, "40P01")
    monkeypatch.setattr(promotions, "redeem_voucher", redeem)
    given = {"input": {"subscriptionId": line.id, "code": code}}
    assert wire.codes(REDEEM, given, token=token, key="always") == ["INTERNAL_SERVER_ERROR"]
    assert (len(calls), line.money()) == (3, 0)


def test_a_connection_lost_in_the_middle_is_503_and_the_key_makes_it_safe_to_repeat(
    wire: Wire, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    line, (code,) = prepaid_line(), vouchers()
    redeem, calls = failing(1, None)
    monkeypatch.setattr(promotions, "redeem_voucher", redeem)
    given = {"input": {"subscriptionId": line.id, "code": code}}
    lost = wire.ask(REDEEM, given, token=token, key="middle")
    assert (lost.status_code, lost.json()["errors"][0]["extensions"]["code"]) == (503, "UNAVAILABLE")
    assert line.money() == 0
    assert wire.data(REDEEM, given, token=token, key="middle")["redeemVoucher"]["userErrors"] == []
    assert (len(calls), line.money()) == (2, 50_000_000)


def test_a_commit_that_fails_is_no_success(wire: Wire, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    line, (code,) = prepaid_line(), vouchers()

    def fail(_: Work) -> None:
        raise RuntimeError("the disk is on fire")

    monkeypatch.setattr(Work, "commit", fail)
    content = wire.ask(REDEEM, {"input": {"subscriptionId": line.id, "code": code}}, token=token, key="fire").json()
    assert "data" not in content or content["data"] is None
    assert content["errors"][0]["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    assert line.money() == 0


def test_the_shop_window_takes_one_transaction_and_six_statements(wire: Wire, selling: Shop) -> None:
    text = "{ shop { name } offerings { nodes { code prices { kind } allowances { code } } } }"
    wire.data(text)
    with statements() as sent:
        wire.data(text)
    assert len([statement for statement in sent if "set_config" in statement]) == 1
    assert len(sent) == 6  # scope, brand, offerings, prices, allowances, discounts


def test_lists_are_loaded_for_all_their_items_at_once(wire: Wire, selling: Shop, token: str) -> None:
    with brand_work("testbrand") as ctx:
        customers = [order(ctx, selling, add_on_ids=(selling.extra.id,)).customer_id for _ in range(4)]
        assert len({item.order_id for each in customers for item in _items(ctx, each)}) == 4
    text = """query ($id: ID!) { customer(id: $id) { subscriptions {
      products { offering { code prices { kind } } } identifiers { value } } } }"""
    with brand_work("testbrand") as ctx:
        for _ in range(3):
            order(ctx, selling, customer=None, customer_id=customers[0], add_on_ids=(selling.extra.id,))
    asked = {"id": global_id("Customer", customers[0])}
    wire.data(text, asked, token=token)
    with statements() as sent:
        data = wire.data(text, asked, token=token)
    lines = data["customer"]["subscriptions"]
    assert [[product["offering"]["code"] for product in line["products"]] for line in lines] == [["smart", "extra"]] * 4
    # Scope, brand, customer, subscriptions; then one each for products, identifiers, offerings, and what these have:
    # prices, allowances, discounts.
    assert len(sent) == 10


def _items(ctx: Any, customer_id: Any) -> list[orders.OrderItem]:
    placed = orders.orders(ctx, orders.OrderFilter(customer_id=customer_id))
    return [item for one in placed for item in orders.items(ctx, one.id)]


LOADING, REFUSED = "products { isPlan offering { code } }", "customer { number }"


@pytest.mark.parametrize("fields", [f"{LOADING} {REFUSED}", f"{REFUSED} {LOADING}"])
def test_an_error_beside_something_still_loading_leaves_nothing_open(
    wire: Wire, selling: Shop, monkeypatch: pytest.MonkeyPatch, fields: str
) -> None:
    monkeypatch.setitem(SCOPES, "numbers", frozenset({"subscription.read"}))
    narrow, line = client_token(("numbers",)), prepaid_line()
    text = f"query ($id: ID!) {{ subscription(id: $id) {{ {fields} }} shop {{ name }} }}"
    for _ in range(5):
        content = wire.ask(text, {"id": line.id}, token=narrow).json()
        assert content["data"] == {"subscription": None, "shop": {"name": "Test Brand"}}
        assert [error["extensions"]["code"] for error in content["errors"]] == ["FORBIDDEN"]
    assert app_engine().pool.checkedout() == 0  # type: ignore[attr-defined]  # a QueuePool
