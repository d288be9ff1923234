"""From the shop window to an order, through the API."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import func, select

from mvne_graphql.relay import global_id
from mvne_platform.inventory import Number, ResourceState
from mvne_platform.kernel import uuid7
from mvne_platform.orders import ProductOrder, Quote
from mvne_platform.party import Customer
from mvne_platform.runtime import brand_work
from tests.gateway.wire import CONSOLE, OTHER_SHOP, Wire, client_token, staff_token
from tests.platform.orders.shop import Shop

ANNA = {"givenName": "Anna", "familyName": "Holm", "email": "anna@example.com", "birthDate": "1990-02-28"}
QUOTE = """
mutation ($input: CreateQuoteInput!) {
  createQuote(input: $input) {
    quote {
      quoteId expiresAt
      lines { name kind periodDays taxLabel price { net { amount } tax { amount } gross { amount currencyCode } } }
      atStart { gross { amount } } eachPeriod { gross { amount } }
    }
    userErrors { code field message }
  }
}
"""
PLACE = """
mutation ($input: PlaceOrderInput!) {
  placeOrder(input: $input) {
    order {
      id number state channel
      items { offering { code } addOns { code } prices { name price { gross { amount } } } }
    }
    userErrors { code field message }
    warnings { code }
  }
}
"""


def _id(kind: str, row: Any) -> str:
    return global_id(kind, row.id)


def _footprint() -> tuple[int | None, ...]:
    with brand_work("testbrand") as ctx:
        taken = select(func.count()).where(Number.state != ResourceState.FREE)
        counted = [select(func.count()).select_from(model) for model in (ProductOrder, Customer, Quote)]
        return tuple(ctx.db.scalar(each) for each in (*counted, taken))


def _place(wire: Wire, token: str, **given: Any) -> dict[str, Any]:
    placed: dict[str, Any] = wire.data(PLACE, {"input": given}, token=token, key=uuid7().hex)["placeOrder"]
    return placed


def test_anyone_sees_what_is_sold_in_the_language_they_read(wire: Wire, selling: Shop) -> None:
    text = """{ offerings(first: 2) {
      totalCount pageInfo { hasNextPage endCursor }
      nodes { id code kind paymentMode prices { kind periodDays amount { amount currencyCode } } }
    } }"""
    page = wire.data(text)["offerings"]
    assert page["totalCount"] == 3
    assert page["pageInfo"]["hasNextPage"]
    codes = [node["code"] for node in page["nodes"]]
    rest = wire.data(
        "query ($after: String) { offerings(after: $after) { nodes { code } pageInfo { hasNextPage } } }",
        {"after": page["pageInfo"]["endCursor"]},
    )["offerings"]
    assert sorted(codes + [node["code"] for node in rest["nodes"]]) == ["extra", "prepaid", "smart"]
    assert not rest["pageInfo"]["hasNextPage"]
    smart = wire.data(
        "query ($id: ID!) { offering(id: $id) { prices { kind amount { amount } } } }",
        {"id": _id("Offering", selling.smart)},
    )["offering"]
    assert smart["prices"] == [
        {"kind": "RECURRING", "amount": {"amount": "99.00"}},
        {"kind": "ONE_TIME", "amount": {"amount": "49.00"}},
    ]


def test_a_quote_promises_and_the_order_keeps_it(wire: Wire, selling: Shop) -> None:
    token = client_token(("shop",))
    asked = {"offeringId": _id("Offering", selling.smart), "addOnIds": [_id("Offering", selling.extra)]}
    quote = wire.data(QUOTE, {"input": asked}, token=token)["createQuote"]["quote"]
    assert quote["lines"][0]["price"] == {
        "net": {"amount": "79.20"}, "tax": {"amount": "19.80"}, "gross": {"amount": "99.00", "currencyCode": "DKK"}
    }  # fmt: skip
    assert (quote["atStart"]["gross"]["amount"], quote["eachPeriod"]["gross"]["amount"]) == ("49.00", "118.00")
    assert quote["expiresAt"] == "2026-10-01T22:00:00Z"
    placed = _place(wire, token, quoteId=quote["quoteId"], customer=ANNA)
    assert placed["userErrors"] == []
    order = placed["order"]
    assert (order["state"], order["channel"]) == ("ACKNOWLEDGED", "storefront")
    (item,) = order["items"]
    assert (item["offering"]["code"], [each["code"] for each in item["addOns"]]) == ("smart", ["extra"])
    assert [line["price"]["gross"]["amount"] for line in item["prices"]] == ["99.00", "49.00", "19.00"]
    before = _footprint()
    again = _place(wire, token, quoteId=quote["quoteId"], customer=ANNA)
    assert (again["order"], again["userErrors"][0]["code"], again["userErrors"][0]["field"]) == (
        None, "QUOTE_USED", ["input", "quoteId"],
    )  # fmt: skip
    assert _footprint() == before


@pytest.mark.parametrize("forged", ["", "x", "AAAA", "b" * 43])
def test_a_quote_id_cannot_be_made_up(wire: Wire, selling: Shop, forged: str) -> None:
    token = client_token(("shop",))
    with brand_work("testbrand") as ctx:
        known = ctx.db.scalars(select(Quote.id).limit(1)).first() or uuid7()
    before = _footprint()
    for quote_id in (forged, global_id("Quote", known), str(known)):
        if quote_id:
            placed = _place(wire, token, quoteId=quote_id, customer=ANNA)
            assert placed["userErrors"][0]["code"] == "UNREADABLE_ID"
    assert _footprint() == before


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({}, "INVALID_ORDER", ["input", "customer"]),
        ({"customer": {**ANNA, "email": "nowhere"}}, "INVALID_CUSTOMER", ["input", "customer", "email"]),
        ({"customer": ANNA, "addOnIds": ["T2ZmZXJpbmc6eA=="]}, "UNREADABLE_ID", ["input", "addOnIds", "0"]),
        ({"customer": ANNA, "number": "+4599999999"}, "NUMBER_TAKEN", None),
    ],
)
def test_a_refused_order_names_its_field_and_changes_nothing(
    wire: Wire, selling: Shop, given: dict[str, Any], code: str, field: list[str] | None
) -> None:
    before = _footprint()
    placed = _place(wire, client_token(("shop",)), offeringId=_id("Offering", selling.smart), **given)
    assert placed["order"] is None
    assert placed["userErrors"][0]["code"] == code
    if field:
        assert placed["userErrors"][0]["field"] == field
    assert _footprint() == before


def test_an_offering_of_another_brand_is_as_unknown_as_none(wire: Wire, selling: Shop) -> None:
    before = _footprint()
    token = client_token(("shop",), brand="otherbrand")
    given = {"offeringId": _id("Offering", selling.smart), "customer": ANNA}
    answers = []
    for offering in (_id("Offering", selling.smart), global_id("Offering", uuid7())):
        variables = {"input": {**given, "offeringId": offering}}
        answers.append(wire.data(PLACE, variables, at=OTHER_SHOP, token=token, key=uuid7().hex)["placeOrder"])
    assert answers[0] == answers[1]
    assert answers[0]["userErrors"][0]["code"] == "UNKNOWN_OFFERING"
    assert _footprint() == before


def test_who_may_not_order_is_told_at_the_top_and_nothing_changes(wire: Wire, selling: Shop) -> None:
    before = _footprint()
    given = {"input": {"offeringId": _id("Offering", selling.smart), "customer": ANNA}}
    for token, code in ((None, "UNAUTHENTICATED"), (client_token(("catalogue",)), "FORBIDDEN")):
        content = wire.ask(PLACE, given, token=token, key=uuid7().hex).json()
        assert (content["data"], content["errors"][0]["extensions"]["code"]) == (None, code)
    assert _footprint() == before


def test_a_dry_run_of_an_order_answers_it_and_places_none(wire: Wire, selling: Shop) -> None:
    before = _footprint()
    given = {"offeringId": _id("Offering", selling.smart), "customer": ANNA, "dryRun": True}
    placed = wire.data(PLACE, {"input": given}, token=client_token(("shop",)))["placeOrder"]
    assert placed["order"]["state"] == "ACKNOWLEDGED"
    assert placed["order"]["items"][0]["offering"]["code"] == "smart"
    assert _footprint() == before


def test_the_same_order_sent_at_the_same_moment_is_placed_once(wire: Wire, selling: Shop) -> None:
    token, (orders, *_rest) = client_token(("shop",)), _footprint()
    given = {"input": {"offeringId": _id("Offering", selling.smart), "customer": ANNA}}
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: wire.data(PLACE, given, token=token, key="checkout-1"), range(4)))
    assert len({answer["placeOrder"]["order"]["id"] for answer in answers}) == 1
    assert _footprint()[0] == (orders or 0) + 1


def test_a_mutation_whose_answer_cannot_be_given_in_full_does_nothing(wire: Wire, selling: Shop) -> None:
    before = _footprint()
    text = """mutation ($input: PlaceOrderInput!) {
      placeOrder(input: $input) { order { items { subscription { buckets { code } } } } }
    }"""
    given = {"input": {"offeringId": _id("Offering", selling.smart), "customer": ANNA}}
    content = wire.ask(text, given, token=client_token(("shop",)), key=uuid7().hex).json()
    assert content["data"] is None
    assert content["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert _footprint() == before


def test_each_mutation_of_an_operation_is_a_transaction_of_its_own(wire: Wire, selling: Shop) -> None:
    token, (orders, *_rest) = client_token(("shop",)), _footprint()
    text = """mutation ($good: PlaceOrderInput!, $bad: PlaceOrderInput!) {
      good: placeOrder(input: $good) @idempotent(key: "g") { order { number } userErrors { code } }
      bad: placeOrder(input: $bad) @idempotent(key: "b") { order { number } userErrors { code } }
    }"""
    good = {"offeringId": _id("Offering", selling.smart), "customer": ANNA}
    data = wire.data(text, {"good": good, "bad": {"customer": ANNA}}, token=token)
    assert data["good"]["userErrors"] == []
    assert data["bad"] == {"order": None, "userErrors": [{"code": "INVALID_ORDER"}]}
    assert _footprint()[0] == (orders or 0) + 1


def test_staff_order_for_a_customer_and_the_channel_says_so(wire: Wire, selling: Shop) -> None:
    given = {"input": {"offeringId": _id("Offering", selling.smart), "customer": ANNA}}
    data = wire.data(PLACE, given, at=CONSOLE, token=staff_token("csr"), brand="testbrand", key=uuid7().hex)
    assert data["placeOrder"]["order"]["channel"] == "console"


def test_free_numbers_can_be_chosen(wire: Wire, selling: Shop) -> None:
    token = client_token(("shop",))
    (chosen, *_others) = wire.data("{ freeNumbers(first: 3) }", token=token)["freeNumbers"]
    placed = _place(wire, token, offeringId=_id("Offering", selling.smart), customer=ANNA, number=chosen)
    assert placed["userErrors"] == []
    assert chosen not in wire.data("{ freeNumbers }", token=token)["freeNumbers"]
    taken = _place(wire, token, offeringId=_id("Offering", selling.smart), customer=ANNA, number=chosen)
    assert taken["userErrors"][0]["code"] == "NUMBER_TAKEN"
