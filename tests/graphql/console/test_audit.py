"""Who changed what: by thing, table, row, actor and request; without secrets."""

import json

import pytest

from mvne_graphql.console.audit import TABLES
from mvne_graphql.console.schema import NODES
from mvne_graphql.relay import key_of
from mvne_platform.runtime import BrandBase
from tests.gateway.wire import CONSOLE, Wire, staff
from tests.graphql.console.desk import Desk, ask, do

AUDIT = """query ($filter: AuditFilterInput, $first: Int, $after: String) {
  audit(filter: $filter, first: $first, after: $after) {
    nodes { table rowId operation actor requestId before after } pageInfo { hasNextPage endCursor }
  }
}"""
CANCEL = """mutation ($input: CancelOrderInput!) { cancelOrder(input: $input) { userErrors { code } } }"""


def test_a_change_at_the_desk_is_found_by_thing_actor_and_request(wire: Wire, desk: Desk, admin: str) -> None:
    csr, order = staff("csr"), str(key_of(desk["Order"], "Order"))
    do(wire, CANCEL, csr.token, {"orderId": desk["Order"], "reason": "changed their mind"})
    newest, first = ask(wire, AUDIT, admin, filter={"of": desk["Order"]})["audit"]["nodes"]
    assert (first["operation"], first["before"], first["after"]["state"]) == ("INSERT", None, "held")
    assert (newest["table"], newest["rowId"], newest["operation"]) == ("product_order", order, "UPDATE")
    assert newest["actor"] == f"staff:{csr.id}"
    assert (newest["before"]["state"], newest["after"]["state"]) == ("held", "cancelled")
    for wanted in ({"table": "product_order", "rowId": order}, {"of": desk["Order"]}):
        found = ask(wire, AUDIT, admin, filter={**wanted, "actor": f"staff:{csr.id}"})["audit"]["nodes"]
        assert found == [newest], wanted
    tables = {
        entry["table"] for entry in ask(wire, AUDIT, admin, filter={"requestId": newest["requestId"]})["audit"]["nodes"]
    }
    assert tables == {"product_order", "sim", "number", "subscription"}
    assert ask(wire, AUDIT, admin, filter={"actor": "staff:nobody"})["audit"]["nodes"] == []


def test_changes_page_by_page(wire: Wire, desk: Desk, admin: str) -> None:
    whole = ask(wire, AUDIT, admin, first=100, filter={"actor": "system"})["audit"]["nodes"]
    read, after = [], None
    while True:
        page = ask(wire, AUDIT, admin, first=7, after=after, filter={"actor": "system"})["audit"]
        read += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert len(read) > 14
    assert read[:100] == whole


def test_everything_that_has_an_id_has_a_trail() -> None:
    of_the_platform = {"BrandApplication"}
    # Their own histories are their trail.
    of_the_ledger = {"Bucket", "UsageFailure"}
    assert set(TABLES) == set(NODES) - of_the_platform - of_the_ledger
    audited = {mapper.class_.__tablename__ for mapper in BrandBase.registry.mappers if mapper.class_.__audited__}
    assert set(TABLES.values()) <= audited


def test_what_is_secret_is_secret_here_too(wire: Wire, desk: Desk, admin: str) -> None:
    for table, secret in (
        ("identity_verification", "document_number_encrypted"),
        ("payment", "method_encrypted"),
        ("sim", "puk_encrypted"),
    ):
        entries = ask(wire, AUDIT, admin, filter={"table": table})["audit"]["nodes"]
        assert entries
        assert secret not in json.dumps(entries)


@pytest.mark.parametrize(
    "variables",
    [
        {"after": "nonsense"},
        {"after": "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5"},
        {"after": "LTE="},
        {"filter": {"of": "QnJhbmQ6MDE5NzAwMDAtMDAwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDBh"}},
    ],
)
def test_what_cannot_be_asked_is_refused_as_such(
    wire: Wire, desk: Desk, admin: str, variables: dict[str, object]
) -> None:
    assert wire.codes(AUDIT, variables, at=CONSOLE, token=admin, brand="testbrand") == ["BAD_USER_INPUT"]


def test_a_thing_or_a_row_but_not_both(wire: Wire, desk: Desk, admin: str) -> None:
    wanted = {"filter": {"of": desk["Order"], "table": "sim"}}
    assert wire.codes(AUDIT, wanted, at=CONSOLE, token=admin, brand="testbrand") == ["BAD_USER_INPUT"]
