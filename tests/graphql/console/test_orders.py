"""Orders on the desk: finding them, deciding what they wait for, withdrawing them."""

from sqlalchemy import select

from mvne_graphql.relay import global_id, key_of
from mvne_platform import orders
from mvne_platform.orders import OrderState
from mvne_platform.runtime import brand_work
from mvne_platform.runtime.models import FactRow
from tests.gateway.wire import CONSOLE, Wire, staff, staff_token
from tests.graphql.console.desk import Desk, ask, do
from tests.graphql.console.operations import OPERATIONS
from tests.graphql.console.traces import stored

ORDERS = """query ($filter: OrderFilterInput, $first: Int, $after: String) {
  orders(filter: $filter, first: $first, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } }
}"""
DECIDE = """mutation ($input: DecideIdentityInput!) {
  decideIdentity(input: $input) { order { id state } userErrors { code field } }
}"""
CANCEL = """mutation ($input: CancelOrderInput!) {
  cancelOrder(input: $input) { order { state stateReason } userErrors { code field } }
}"""


def place() -> str:
    """The id of one more order, which waits for nobody."""
    with brand_work("testbrand") as ctx:
        first = orders.orders(ctx)[-1]
        (item,) = orders.items(ctx, first.id)
        new = orders.NewOrder(offering_id=item.offering_id, customer_id=first.customer_id)
        return str(global_id("Order", orders.place_order(ctx, new).id))


def test_orders_by_state_customer_and_number_page_by_page(wire: Wire, desk: Desk) -> None:
    csr = staff_token("csr")
    place()

    def found(wanted: dict[str, object] | None, **page: object) -> list[str]:
        return [node["id"] for node in ask(wire, ORDERS, csr, filter=wanted, **page)["orders"]["nodes"]]

    both = found(None)
    assert (len(both), both[1]) == (2, desk["Order"])
    assert found({"states": ["HELD"]}) == [desk["Order"]]
    assert found({"states": ["HELD", "ACKNOWLEDGED"]}) == both
    assert found({"states": ["FAILED"]}) == []
    assert found({"number": desk.order_number.lower()}) == [desk["Order"]]
    assert found({"customerId": desk["Customer"]}) == []
    first = ask(wire, ORDERS, csr, first=1)["orders"]
    assert first["pageInfo"]["hasNextPage"] is True
    assert found(None, first=1, after=first["pageInfo"]["endCursor"]) == both[1:]


def test_a_cursor_that_was_made_up_is_refused_as_such(wire: Wire, desk: Desk) -> None:
    csr = staff_token("csr")
    for after in ("nonsense", "bm9uc2Vuc2U="):
        assert wire.codes(ORDERS, {"after": after}, at=CONSOLE, token=csr, brand="testbrand") == ["BAD_USER_INPUT"]


def test_what_an_order_waits_for_is_on_a_list_and_decided_once(wire: Wire, desk: Desk) -> None:
    clerk = staff("back_office")
    document = """query ($states: [VerificationState!]) { identityVerifications(states: $states) { nodes {
      id state documentCountry reason decidedBy customer { familyName } order { id state }
    } } }"""
    (waiting,) = ask(wire, document, clerk.token, states=["PENDING", "MANUAL"])["identityVerifications"]["nodes"]
    assert waiting == {
        "id": desk["IdentityVerification"],
        "state": "PENDING",
        "documentCountry": "DK",
        "reason": None,
        "decidedBy": None,
        "customer": {"familyName": "Kjær"},
        "order": {"id": desk["Order"], "state": "HELD"},
    }
    given = {"orderId": desk["Order"], "approved": True, "reason": "seen in the shop"}
    payload = do(wire, DECIDE, clerk.token, given, key="decision")
    assert payload == {"order": {"id": desk["Order"], "state": "HELD"}, "userErrors": []}  # a reaction lets it go on
    assert do(wire, DECIDE, clerk.token, given, key="decision") == payload
    with brand_work("testbrand") as ctx:
        facts = ctx.db.scalars(select(FactRow).where(FactRow.kind == "IdentityVerified")).all()
    assert [fact.payload["verification_id"] for fact in facts] == [
        str(key_of(desk["IdentityVerification"], "IdentityVerification"))
    ]
    (decided,) = ask(wire, document, clerk.token, states=["APPROVED"])["identityVerifications"]["nodes"]
    assert (decided["reason"], decided["decidedBy"]) == ("seen in the shop", f"staff:{clerk.id}")
    before = stored()
    again = do(wire, DECIDE, clerk.token, {**given, "approved": False}, key="second-thoughts")
    assert again["userErrors"] == [{"code": "ALREADY_DECIDED", "field": None}]
    assert stored() == before


def test_an_order_that_waits_for_nobody_cannot_be_decided(wire: Wire, desk: Desk) -> None:
    clerk = staff_token("back_office")
    given = {"orderId": place(), "approved": True, "reason": "why not"}
    payload = do(wire, DECIDE, clerk, given, key="nobody")
    assert payload["userErrors"] == [{"code": "WRONG_ORDER_STATE", "field": ["input", "orderId"]}]


def test_a_decision_needs_a_key(wire: Wire, desk: Desk, admin: str) -> None:
    operation = OPERATIONS["decideIdentity"](desk)
    codes = wire.codes(operation.document, operation.variables, at=CONSOLE, token=admin, brand="testbrand")
    assert codes == ["BAD_USER_INPUT"]


def test_an_order_is_withdrawn_before_the_network_is_asked(wire: Wire, desk: Desk) -> None:
    csr, placed = staff_token("csr"), place()
    for _ in range(2):
        payload = do(wire, CANCEL, csr, {"orderId": placed, "reason": "changed their mind"})
        assert payload == {"order": {"state": "CANCELLED", "stateReason": "changed their mind"}, "userErrors": []}
    under_way = place()
    with brand_work("testbrand") as ctx:
        ctx.db.get_one(orders.ProductOrder, key_of(under_way, "Order")).state = OrderState.IN_PROGRESS
    before = stored()
    payload = do(wire, CANCEL, csr, {"orderId": under_way, "reason": "too late"})
    assert payload["userErrors"] == [{"code": "WRONG_ORDER_STATE", "field": None}]
    assert stored() == before


def test_an_order_placed_at_the_desk_says_so(wire: Wire, desk: Desk) -> None:
    csr = staff_token("csr")
    document = """mutation ($input: PlaceOrderInput!) {
      placeOrder(input: $input) { order { channel state } userErrors { code } }
    }"""
    given = {"offeringId": desk["Offering"], "customerId": desk["Customer"]}
    payload = do(wire, document, csr, given, key="at-the-desk")
    assert payload == {"order": {"channel": "console", "state": "ACKNOWLEDGED"}, "userErrors": []}
