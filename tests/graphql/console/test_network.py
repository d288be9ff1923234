"""Requests to the network: what was asked, what went over the wire, and sending it again."""

from sqlalchemy import select

from mvne_graphql.relay import key_of
from mvne_platform.runtime import brand_work
from mvne_platform.runtime.models import JobRow
from tests.gateway.wire import CONSOLE, Wire, staff_token
from tests.graphql.console.desk import Desk, ask, do
from tests.graphql.console.traces import stored

REQUESTS = """query ($filter: NetworkRequestFilterInput) {
  networkRequests(filter: $filter) { nodes { id } }
}"""
RETRY = """mutation ($input: RetryNetworkRequestInput!) {
  retryNetworkRequest(input: $input) { networkRequest { id state attempts errorCode } userErrors { code message } }
}"""


def promised(desk: Desk) -> int:
    """How many jobs wait that send the desk's request."""
    key = str(key_of(desk["NetworkRequest"], "NetworkRequest"))
    with brand_work(desk.brand) as ctx:
        jobs = ctx.db.scalars(select(JobRow).where(JobRow.name == "provisioning.send_request"))
        return sum(job.arguments == {"request_id": key} for job in jobs)


def test_requests_by_state_order_and_line(wire: Wire, desk: Desk) -> None:
    csr, stuck = staff_token("csr"), [{"id": desk["NetworkRequest"]}]
    for wanted, found in (
        (None, stuck),
        ({"state": "FAILED"}, stuck),
        ({"state": "DONE"}, []),
        ({"orderId": desk["Order"]}, stuck),
        ({"orderId": desk["Order"], "state": "OPEN"}, []),
        ({"subscriptionId": desk["Subscription"]}, []),
    ):
        assert ask(wire, REQUESTS, csr, filter=wanted)["networkRequests"]["nodes"] == found, wanted


def test_a_request_with_everything_that_went_over_the_wire(wire: Wire, desk: Desk) -> None:
    document = """query ($id: ID!) { networkRequest(id: $id) {
      operation state adapter msisdn imsi attempts errorCode requestedAt answeredAt
      exchanges { sent received status } subscription { state }
    } }"""
    assert ask(wire, document, staff_token("csr"), id=desk["NetworkRequest"])["networkRequest"] == {
        "operation": "ACTIVATE",
        "state": "FAILED",
        "adapter": "http",
        "msisdn": "+4520000501",
        "imsi": "238990000000501",
        "attempts": 40,
        "errorCode": "unreachable",
        "requestedAt": "2026-11-01T05:00:00Z",
        "answeredAt": None,
        "exchanges": [{"sent": {"operation": "activate"}, "received": None, "status": "no answer"}],
        "subscription": {"state": "PENDING"},
    }


def test_a_request_is_sent_again_once_per_key(wire: Wire, desk: Desk) -> None:
    clerk, given = staff_token("back_office"), {"networkRequestId": desk["NetworkRequest"]}
    before = stored()
    assert wire.codes(RETRY, {"input": given}, at=CONSOLE, token=clerk, brand="testbrand") == ["BAD_USER_INPUT"]
    csr = staff_token("csr")
    assert wire.codes(RETRY, {"input": given}, at=CONSOLE, token=csr, brand="testbrand", key="k") == ["FORBIDDEN"]
    assert stored() == before

    waiting = promised(desk)
    sent = {"id": desk["NetworkRequest"], "state": "OPEN", "attempts": 0, "errorCode": None}
    for _ in range(2):
        payload = do(wire, RETRY, clerk, given, key="again")
        assert payload == {"networkRequest": sent, "userErrors": []}
    assert promised(desk) == waiting + 1

    before = stored()
    (error,) = do(wire, RETRY, clerk, given, key="once-more")["userErrors"]
    assert error == {
        "code": "NETWORK_REQUEST_NOT_RETRYABLE",
        "message": "The request is open; only one that got no answer can be sent again.",
    }
    assert stored() == before
