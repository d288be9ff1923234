"""Usage files and the rows that were not rated; whole numbers only for who may see them."""

from typing import Any

import pytest

from tests.gateway.wire import Wire, staff_token
from tests.graphql.console.desk import STRANGER, Desk, ask

FILE = """query ($id: ID!) { usageFile(id: $id) {
  name format state rowsDone rowsTotal rated notChargeable barred duplicate failed
  reasons { reason rows }
  exceptions(kind: FAILED, first: 2) { nodes { row reason record detail } pageInfo { hasNextPage endCursor } }
} }"""
EXCEPTIONS = """query ($kind: UsageExceptionKind, $reason: String, $file: ID, $first: Int, $after: String) {
  usageExceptions(kind: $kind, reason: $reason, fileId: $file, first: $first, after: $after) {
    nodes { fileId row kind reason record } pageInfo { hasNextPage endCursor }
  }
}"""
EVENTS = """query ($id: ID!) { subscription(id: $id) { usage { nodes {
  service otherParty zone cost { amount currencyCode } toBeBilled { amount } status
} } } }"""


def rows(answer: dict[str, Any]) -> list[int]:
    return [node["row"] for node in answer["usageExceptions"]["nodes"]]


def test_a_file_says_how_each_of_its_rows_ended(wire: Wire, desk: Desk) -> None:
    file = ask(wire, FILE, staff_token("finance"), id=desk["UsageFile"])["usageFile"]
    assert {name: file[name] for name in ("name", "format", "state")} == {
        "name": "testbrand.csv", "format": "mvne-csv", "state": "LOADED",
    }  # fmt: skip
    assert [file[name] for name in ("rowsDone", "rowsTotal", "rated", "notChargeable", "barred", "duplicate")] == [
        3, 3, 0, 0, 0, 0,
    ]  # fmt: skip
    assert file["failed"] == 3
    (reason,) = file["reasons"]
    assert reason["rows"] == 3
    assert [node["row"] for node in file["exceptions"]["nodes"]] == [4, 3]
    assert file["exceptions"]["pageInfo"]["hasNextPage"] is True


def test_files_by_state(wire: Wire, desk: Desk) -> None:
    document = "query ($state: UsageFileState) { usageFiles(state: $state) { nodes { id } } }"
    csr = staff_token("csr")
    for state, found in (
        (None, [{"id": desk["QuarantinedFile"]}, {"id": desk["UsageFile"]}]),
        ("LOADED", [{"id": desk["UsageFile"]}]),
        ("REJECTED", [{"id": desk["QuarantinedFile"]}]),
    ):
        assert ask(wire, document, csr, state=state)["usageFiles"]["nodes"] == found


def test_rows_that_were_not_rated_by_kind_and_reason_page_by_page(wire: Wire, desk: Desk) -> None:
    csr = staff_token("csr")
    (counted,) = ask(wire, "{ usageExceptionReasons { reason rows } }", csr)["usageExceptionReasons"]
    reason = counted["reason"]
    assert counted == {"reason": reason, "rows": 3}
    of_file = "query ($file: ID) { usageExceptionReasons(fileId: $file) { reason rows } }"
    assert ask(wire, of_file, csr, file=desk["UsageFile"])["usageExceptionReasons"] == [counted]
    assert rows(ask(wire, EXCEPTIONS, csr)) == [4, 3, 2]
    assert rows(ask(wire, EXCEPTIONS, csr, kind="DUPLICATE")) == []
    assert rows(ask(wire, EXCEPTIONS, csr, reason=reason, file=desk["UsageFile"])) == [4, 3, 2]
    assert rows(ask(wire, EXCEPTIONS, csr, reason="no_such_reason")) == []
    first = ask(wire, EXCEPTIONS, csr, first=2)
    assert rows(first) == [4, 3]
    after = first["usageExceptions"]["pageInfo"]["endCursor"]
    rest = ask(wire, EXCEPTIONS, csr, first=2, after=after)
    assert rows(rest) == [2]
    assert rest["usageExceptions"]["pageInfo"]["hasNextPage"] is False


@pytest.mark.parametrize(("role", "sees"), [("csr", False), ("finance", False), ("brand_admin", True)])
def test_records_as_received_are_shown_to_who_may_see_numbers(wire: Wire, desk: Desk, role: str, *, sees: bool) -> None:
    for node in ask(wire, EXCEPTIONS, staff_token(role))["usageExceptions"]["nodes"]:
        assert (node["record"] is not None) == sees
        assert (STRANGER in str(node)) == sees


@pytest.mark.parametrize(("role", "number"), [("csr", "+4530000xxx"), ("brand_admin", "+4530000000")])
def test_called_numbers_are_whole_for_who_may_see_them(wire: Wire, desk: Desk, role: str, number: str) -> None:
    (event,) = ask(wire, EVENTS, staff_token(role), id=desk["Subscription"])["subscription"]["usage"]["nodes"]
    assert event == {
        "service": "VOICE_OUT",
        "otherParty": number,
        "zone": "dk",
        "cost": {"amount": "1.25", "currencyCode": "DKK"},
        "toBeBilled": {"amount": "1.25"},
        "status": "RATED",
    }
