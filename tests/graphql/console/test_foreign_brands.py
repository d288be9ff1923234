"""Another brand's things are as absent as those that never existed, whatever their kind and whoever asks."""

from typing import Any

import pytest

from mvne_graphql.console.schema import NODES
from mvne_graphql.relay import global_id, key_of
from mvne_platform.kernel import uuid7
from tests.gateway.wire import CONSOLE, Wire, staff_token
from tests.graphql.console.desk import KINDS, Desk, ask, do
from tests.graphql.console.operations import OPERATIONS
from tests.graphql.console.traces import stored

BY_ID = (
    "billRun",
    "customer",
    "invoice",
    "networkRequest",
    "offering",
    "order",
    "payment",
    "ratedEvent",
    "rerating",
    "subscription",
    "tariffReplay",
    "usageFailure",
    "usageFailureBatch",
    "usageFile",
    "usageSource",
)
# Whoever has a role at every brand may read about all of them: these are not a brand's things, but the platform's.
OF_THE_PLATFORM = {"BrandApplication"}
LISTS = {
    "orders(filter: {customerId: $id})": "Customer",
    "networkRequests(filter: {orderId: $id})": "Order",
    "networkRequests(filter: {subscriptionId: $id})": "Subscription",
    "usageExceptions(fileId: $id)": "UsageFile",
    "usageFailures(filter: {usageFileId: $id})": "UsageFile",
    "usageFailures(filter: {usageSourceId: $id})": "UsageSource",
    "invoices(filter: {accountId: $id})": "BillingAccount",
    "invoices(filter: {billRunId: $id})": "BillRun",
    "letters(customerId: $id)": "Customer",
    "audit(filter: {of: $id})": "Customer",
}
REFUSALS = {
    "retryUsageFile": ("UNKNOWN_FILE", None),
    "releaseUsageFile": ("UNKNOWN_FILE", None),
    "discardUsageFile": ("UNKNOWN_FILE", None),
    "changeUsageSource": ("UNKNOWN_SOURCE", None),
    "setUsageSourceSecret": ("UNKNOWN_SOURCE", None),
    "pauseUsageSource": ("UNKNOWN_SOURCE", None),
    "resumeUsageSource": ("UNKNOWN_SOURCE", None),
    "pullUsageSource": ("UNKNOWN_SOURCE", None),
    "testUsageSource": ("UNKNOWN_SOURCE", None),
    "waiveUsageGap": ("UNKNOWN_SOURCE", None),
    "takeLeftUsageFile": ("UNKNOWN_ITEM", None),
    "correctUsageFailure": ("UNKNOWN_FAILURE", None),
    "rateUsageFailuresAgain": ("UNKNOWN_FAILURE", None),
    "writeOffUsageFailures": ("UNKNOWN_FAILURE", None),
    "stopUsageFailureBatch": ("UNKNOWN_BATCH", None),
    "startRerating": ("UNKNOWN_SUBSCRIPTION", None),
    "bookRerating": ("UNKNOWN_RERATING", None),
    "discardRerating": ("UNKNOWN_RERATING", None),
    "cancelOrder": ("UNKNOWN_ORDER", ["input", "orderId"]),
    "decideIdentity": ("UNKNOWN_ORDER", ["input", "orderId"]),
    "retryNetworkRequest": ("UNKNOWN_NETWORK_REQUEST", None),
    "createQuote": ("UNKNOWN_OFFERING", None),
    "placeOrder": ("UNKNOWN_OFFERING", None),
    "topUp": ("UNKNOWN_SUBSCRIPTION", None),
    "redeemReward": ("MEMBER_NOT_FOUND", None),
}


@pytest.fixture(scope="module")
def operator(wire: Wire) -> str:
    """The token of somebody who may everything, at every brand."""
    return staff_token("platform_operator", brand="*")


def absent(kind: str) -> str:
    """An id of this kind that nothing ever had."""
    return str(global_id(kind, uuid7()))


def test_a_node_of_another_brand_is_as_absent_as_one_that_never_was(
    wire: Wire, desk: Desk, other_desk: Desk, operator: str
) -> None:
    document = "query ($id: ID!) { node(id: $id) { id } }"
    kinds = sorted(NODES.keys() & desk.ids.keys())
    assert set(NODES) - set(kinds) == set()
    for kind in kinds:
        assert ask(wire, document, operator, id=desk[kind])["node"] == {"id": desk[kind]}
        assert ask(wire, document, operator, id=absent(kind))["node"] is None
        seen = ask(wire, document, operator, id=other_desk[kind])["node"]
        assert (seen is None) == (kind not in OF_THE_PLATFORM), kind
    assert ask(wire, document, operator, id="no id at all")["node"] is None


def test_a_field_by_id_answers_null_for_both(wire: Wire, desk: Desk, other_desk: Desk, operator: str) -> None:
    for name in BY_ID:
        document = f"query ($id: ID!) {{ {name}(id: $id) {{ id }} }}"
        kind = f"{name[0].upper()}{name[1:]}"
        assert ask(wire, document, operator, id=desk[kind])[name] == {"id": desk[kind]}
        assert ask(wire, document, operator, id=other_desk[kind])[name] is None
        assert ask(wire, document, operator, id=absent(kind))[name] is None
        assert ask(wire, document, operator, id=desk["BillingAccount"])[name] is None  # an id of another kind


# The desk's order is another customer's, and its request another line's.
EMPTY_HERE = {
    "orders(filter: {customerId: $id})",
    "networkRequests(filter: {subscriptionId: $id})",
    "usageFailures(filter: {usageSourceId: $id})",
}


def test_a_list_of_something_elses_is_empty_for_both(wire: Wire, desk: Desk, other_desk: Desk, operator: str) -> None:
    for name, kind in LISTS.items():
        document = f"query ($id: ID!) {{ {name} {{ edges {{ cursor }} }} }}"
        (own,) = ask(wire, document, operator, id=desk[kind]).values()
        assert (own["edges"] == []) == (name in EMPTY_HERE), name
        for foreign in (other_desk[kind], absent(kind)):
            (there,) = ask(wire, document, operator, id=foreign).values()
            assert there["edges"] == [], name


def test_a_membership_of_another_brands_customer_is_absent(
    wire: Wire, desk: Desk, other_desk: Desk, operator: str
) -> None:
    document = "query ($id: ID!) { loyaltyAccount(customerId: $id) { points } }"
    assert ask(wire, document, operator, id=desk["Customer"])["loyaltyAccount"] == {"points": 0}
    for foreign in (other_desk["Customer"], absent("Customer")):
        assert ask(wire, document, operator, id=foreign)["loyaltyAccount"] is None


def test_the_application_of_another_brands_manifest_is_absent_for_who_has_no_role_there(
    wire: Wire, desk: Desk, other_desk: Desk, admin: str
) -> None:
    document = "query ($id: ID!) { brandApplication(id: $id) { brand } node(id: $id) { id } }"
    own = ask(wire, document, admin, None, id=desk["BrandApplication"])
    assert own == {"brandApplication": {"brand": "testbrand"}, "node": {"id": desk["BrandApplication"]}}
    before = stored()
    for foreign in (other_desk["BrandApplication"], absent("BrandApplication")):
        assert ask(wire, document, admin, None, id=foreign) == {"brandApplication": None, "node": None}
        collect = OPERATIONS["collectCredentials"](desk).document
        payload = do(wire, collect, admin, {"applicationId": foreign}, brand=None)
        assert payload["userErrors"] == [
            {
                "code": "UNKNOWN_APPLICATION",
                "field": ["input", "applicationId"],
                "message": "There is no such application of a manifest.",
            }
        ]
    assert stored() == before


def refused(wire: Wire, token: str, name: str, desk: Desk) -> tuple[str, Any, str]:
    """Code, field and message of the refusal of an operation on a desk's things, asked of testbrand."""
    operation = OPERATIONS[name](desk)
    key = f"{name}-{uuid7()}"
    payload = do(wire, operation.document, token, operation.variables["input"], key=key)
    (error,) = payload["userErrors"]
    return error["code"], error["field"], error["message"]


@pytest.mark.parametrize("name", REFUSALS)
def test_a_mutation_of_another_brands_thing_is_refused_as_for_one_that_never_was(
    wire: Wire, desk: Desk, other_desk: Desk, operator: str, name: str
) -> None:
    nowhere = Desk("testbrand", {kind: absent(KINDS.get(kind, kind)) for kind in desk.ids}, "", "", "", "", "")
    before = stored()
    foreign = refused(wire, operator, name, other_desk)
    assert foreign == refused(wire, operator, name, nowhere)
    code, field = REFUSALS[name]
    assert foreign[0] == code
    assert field is None or foreign[1] == field
    assert str(key_of(other_desk["Order"], "Order")) not in foreign[2]
    assert stored() == before


def test_the_brand_chosen_is_among_those_granted_or_nothing_is_said(wire: Wire, desk: Desk, other_desk: Desk) -> None:
    csr = staff_token("csr")
    said = []
    for brand in ("otherbrand", "nobrand", "*", "platform"):
        answer = wire.ask("{ customers { nodes { id } } }", at=CONSOLE, token=csr, brand=brand)
        (error,) = answer.json()["errors"]
        assert (answer.status_code, error["extensions"]["code"]) == (403, "FORBIDDEN")
        said.append(error["message"].replace(brand, "…", 1))
    assert len(set(said)) == 1


def test_a_brands_question_without_a_brand_says_how_to_choose_one(wire: Wire, desk: Desk, admin: str) -> None:
    answer = wire.ask("{ customers { nodes { id } } }", at=CONSOLE, token=admin)
    (error,) = answer.json()["errors"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "reason": "BRAND_MISSING"}
    assert error["message"] == "Name the brand in the header X-Brand; the query `me` lists those you may choose."


def test_a_storefronts_token_opens_no_console_and_the_reverse(wire: Wire, desk: Desk, admin: str) -> None:
    assert wire.codes("{ shop { name } }", token=admin) == ["UNAUTHENTICATED"]
