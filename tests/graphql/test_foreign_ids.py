"""An id of another brand finds exactly what an id finds that never existed: nothing."""

from base64 import b64encode

import pytest

from mvne_graphql.console.schema import NODES
from mvne_graphql.relay import global_id, split_id
from mvne_graphql.shared.nodes import SHARED_NODES
from mvne_platform.kernel import uuid7
from tests.gateway.wire import CONSOLE, Wire, client_token, staff_token
from tests.graphql.things import one_of_each

NODE = "query ($id: ID!) { node(id: $id) { __typename id } }"
# Not of a brand: whoever may not read its brand does not find it; tests/graphql/console proves that.
OF_THE_PLATFORM = {"BrandApplication"}


@pytest.fixture(scope="module")
def own(wire: Wire) -> dict[str, str]:
    return one_of_each("testbrand")


@pytest.fixture(scope="module")
def foreign(wire: Wire) -> dict[str, str]:
    return one_of_each("otherbrand")


@pytest.fixture(scope="module")
def shop_token(wire: Wire) -> str:
    return client_token()


@pytest.fixture(scope="module")
def staff(wire: Wire) -> str:
    return staff_token("brand_admin")


@pytest.mark.parametrize("kind", SHARED_NODES)
def test_the_storefront_finds_its_own_and_no_other_brands(
    wire: Wire, own: dict[str, str], foreign: dict[str, str], shop_token: str, kind: str
) -> None:
    mine = wire.data(NODE, {"id": own[kind]}, token=shop_token)
    assert mine == {"node": {"__typename": kind, "id": own[kind]}}
    answers = [
        wire.ask(NODE, {"id": key}, token=shop_token).json() for key in (foreign[kind], global_id(kind, uuid7()))
    ]
    for answer in answers:
        answer.pop("extensions")
    assert answers == [{"data": {"node": None}}] * 2


@pytest.mark.parametrize("kind", sorted(set(NODES) - OF_THE_PLATFORM))
def test_the_console_finds_what_belongs_to_the_chosen_brand(
    wire: Wire, own: dict[str, str], foreign: dict[str, str], staff: str, kind: str
) -> None:
    mine = wire.data(NODE, {"id": own[kind]}, at=CONSOLE, token=staff, brand="testbrand")
    assert mine == {"node": {"__typename": kind, "id": own[kind]}}
    for key in (foreign[kind], global_id(kind, uuid7())):
        assert wire.data(NODE, {"id": key}, at=CONSOLE, token=staff, brand="testbrand") == {"node": None}


ROOTS = {
    "order": "Order",
    "customer": "Customer",
    "subscription": "Subscription",
    "invoice": "Invoice",
    "payment": "Payment",
    "bucket": "Bucket",
    "sharingGroup": "SharingGroup",
    "offering": "Offering",
}


@pytest.mark.parametrize("field", ROOTS)
def test_the_named_fields_find_no_more_than_node(
    wire: Wire, own: dict[str, str], foreign: dict[str, str], shop_token: str, field: str
) -> None:
    kind = ROOTS[field]
    text = f"query ($id: ID!) {{ it: {field}(id: $id) {{ id }} }}"
    assert wire.data(text, {"id": own[kind]}, token=shop_token) == {"it": {"id": own[kind]}}
    wrong_kind = own["Bucket"] if kind != "Bucket" else own["Order"]
    for key in (foreign[kind], global_id(kind, uuid7()), wrong_kind, "nonsense", ""):
        assert wire.data(text, {"id": key}, token=shop_token) == {"it": None}, key


def test_the_membership_of_another_brands_customer_is_absent(
    wire: Wire, own: dict[str, str], foreign: dict[str, str], shop_token: str
) -> None:
    text = "query ($id: ID!) { loyaltyAccount(customerId: $id) { id } }"
    assert wire.data(text, {"id": own["Customer"]}, token=shop_token)["loyaltyAccount"]["id"] == own["LoyaltyAccount"]
    assert wire.data(text, {"id": foreign["Customer"]}, token=shop_token) == {"loyaltyAccount": None}


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("topUp", {"amount": {"amount": "10", "currencyCode": "DKK"}, "cardToken": "tok_1"}),
        ("redeemVoucher", {"code": "XXXX-XXXX-XXXX-XXXX"}),
        ("addSharingMember", {"groupId": "$SharingGroup"}),
    ],
)
def test_mutations_refuse_another_brands_subscription_as_an_unknown_one(
    wire: Wire, own: dict[str, str], foreign: dict[str, str], shop_token: str, name: str, given: dict[str, object]
) -> None:
    title = name[0].upper() + name[1:]
    text = f"mutation ($input: {title}Input!) {{ it: {name}(input: $input) {{ userErrors {{ code message }} }} }}"
    answers = []
    for key in (foreign["Subscription"], global_id("Subscription", uuid7())):
        filled = {name: own.get(str(value)[1:], value) for name, value in given.items()}
        sent = {"input": {**filled, "subscriptionId": key}}
        answers.append(wire.data(text, sent, token=shop_token, key=uuid7().hex)["it"])
    assert answers[0] == answers[1]
    assert answers[0]["userErrors"][0]["code"] == "UNKNOWN_SUBSCRIPTION"


def test_an_id_dressed_up_as_another_type_finds_nothing(wire: Wire, own: dict[str, str], shop_token: str) -> None:
    _, key = split_id(own["Customer"])
    for dressed in (global_id("Order", key), global_id("Nothing", key), b64encode(b"Order:x").decode()):
        assert wire.data(NODE, {"id": dressed}, token=shop_token) == {"node": None}
