"""Price lists at the console: read, published, assigned."""

from typing import Any

import pytest

from tests.gateway.wire import Wire, staff_token
from tests.graphql.console.desk import NEW_YEAR, Desk, ask, do

ZONES = "zone,name,prefixes,networks\ndk,Danmark,45,\nhome,Hjemme,,home\n"
RATES = "zone,service,first,next,price,per,tiers\ndk,voice_out,60,1,0.50,60,100min=0.40\nhome,data,1kB,1kB,2.00,1GB,\n"
IMPORT = """mutation ($input: ImportPriceListInput!) { importPriceList(input: $input) {
  userErrors { code field message }
  findings { severity file line column message }
  differences { kind subject before after } notes
  priceList { code currencyCode purpose parent versions { number zones rates } }
} }"""
RATE = """query ($code: String!, $at: DateTime, $inherited: Boolean!) { priceListRates(code: $code, at: $at, zone: "dk",
  inherited: $inherited) { totalCount nodes { service band price { amount currencyCode } per { value unit }
  tiers { volume { value } price { amount } } bandPolicy tierMode counter } } }"""
ASSIGN = """mutation ($input: AssignPriceListInput!) { assignPriceList(input: $input) {
  userErrors { code field } assignments { id priceList plan customerGroup customerId validTo } } }"""

END = """mutation ($input: EndPriceListAssignmentInput!) { endPriceListAssignment(input: $input) {
  userErrors { code } assignments { id validTo } } }"""
DEFINE = """mutation ($input: DefineCustomerGroupInput!) { defineCustomerGroup(input: $input) {
  userErrors { code } customerGroups { code name rank } } }"""
MEMBER = """mutation ($input: KINDCustomerGroupInput!) { VERBCustomerGroup(input: $input) {
  userErrors { code } groups } }"""


def given(code: str, zones: str = ZONES, rates: str = RATES, **more: Any) -> dict[str, Any]:
    files = [{"name": "zones.csv", "content": zones}, {"name": "rates.csv", "content": rates}]
    return {"code": code, "validFrom": "2026-10-01T00:00:00+02:00", "files": files, **more}


@pytest.fixture(scope="module")
def manager(wire: Wire) -> str:
    """The token of a product manager."""
    return staff_token("product_manager")


def codes(wire: Wire, token: str) -> list[str]:
    return [one["code"] for one in ask(wire, "{ priceLists { code } }", token)["priceLists"]]


def test_a_dry_run_tells_findings_and_differences_and_keeps_nothing(wire: Wire, desk: Desk, manager: str) -> None:
    payload = do(wire, IMPORT, manager, given("trial", dryRun=True))
    assert payload["userErrors"] == []
    assert {"severity": "WARNING", "file": "zones.csv", "line": None, "column": None,
            "message": "mms_out has no rate in any zone, so all of it fails"} in payload["findings"]  # fmt: skip
    assert {"kind": "ADDED", "subject": ["rate", "dk", "voice_out", "*"], "before": "",
            "after": "0.50 per 1min, 1min/1, from 100min 0.40, graduated"} in payload["differences"]  # fmt: skip
    assert "trial" not in codes(wire, manager)


def test_a_list_is_published_read_and_inherited(wire: Wire, desk: Desk, manager: str) -> None:
    payload = do(wire, IMPORT, manager, given("published"))
    assert payload["priceList"] == {
        "code": "published", "currencyCode": "DKK", "purpose": "RETAIL", "parent": None,
        "versions": [{"number": 1, "zones": 2, "rates": 2}],
    }  # fmt: skip
    own = "zone,service,first,next,price,per\ndk,voice_out,60,1,0.10,60\n"
    child = do(wire, IMPORT, manager, given("child", "zone,name\n", own, parent="published"))
    assert (child["userErrors"], child["priceList"]["parent"]) == ([], "published")

    whole = ask(wire, RATE, manager, code="published", at=None, inherited=True)["priceListRates"]
    assert whole == {
        "totalCount": 1,
        "nodes": [
            {
                "service": "VOICE_OUT",
                "band": "*",
                "price": {"amount": "0.50", "currencyCode": "DKK"},
                "per": {"value": "60", "unit": "SECOND"},
                "tiers": [{"volume": {"value": "6000"}, "price": {"amount": "0.40"}}],
                "bandPolicy": "AT_START",
                "tierMode": "GRADUATED",
                "counter": None,
            }
        ],
    }
    (inherited,) = ask(wire, RATE, manager, code="child", at=None, inherited=True)["priceListRates"]["nodes"]
    assert inherited["price"]["amount"] == "0.10"
    zones = ask(wire, '{ priceListZones(code: "child", first: 1) { nodes { code prefixes } totalCount } }', manager)
    assert zones["priceListZones"] == {"nodes": [{"code": "dk", "prefixes": ["45"]}], "totalCount": 2}
    files = ask(wire, '{ priceListFiles(code: "published") { name content } }', manager)["priceListFiles"]
    again = do(wire, IMPORT, manager, {**given("published"), "files": files})
    assert again["differences"] == []
    assert len(again["priceList"]["versions"]) == 1


def test_what_is_wrong_with_files_is_told_with_file_line_and_column(wire: Wire, desk: Desk, manager: str) -> None:
    before = codes(wire, manager)
    payload = do(
        wire, IMPORT, manager, given("faulty", rates=RATES.replace("0.50", "0,50", 1).replace("0,50", '"0,50"'))
    )
    assert [error["code"] for error in payload["userErrors"]] == ["PRICE_LIST_FILES_FAULTY"]
    assert payload["findings"] == [
        {
            "severity": "ERROR",
            "file": "rates.csv",
            "line": 2,
            "column": "price",
            "message": "'price': '0,50' is no amount such as 0.79; the decimal sign is a point",
        }
    ]
    twice = {**given("faulty"), "files": given("faulty")["files"] * 2}
    assert do(wire, IMPORT, manager, twice)["userErrors"][0]["field"] == ["input", "files"]
    assert codes(wire, manager) == before


def test_a_rate_deck_is_read_by_its_terms(wire: Wire, desk: Desk, manager: str) -> None:
    deck = "destination,prefix,initial_rate_per_minute,increment_rate_per_minute,time_band\nSweden,46,0.10,0.10,peak\n"
    terms = {"currencyCode": "USD", "rate": "6.91", "date": "2026-09-30"}
    files = [{"name": "deck.csv", "content": deck}]
    payload = do(wire, IMPORT, manager, {**given("deck"), "files": files, "deck": terms})
    assert payload["userErrors"] == []
    document = '{ priceListRates(code: "deck") { nodes { zone price { amount } } } }'
    assert ask(wire, document, manager)["priceListRates"]["nodes"] == [{"zone": "sweden", "price": {"amount": "0.691"}}]


def test_what_is_not_there_is_null(wire: Wire, desk: Desk, manager: str) -> None:
    for field in ("priceListZones { totalCount }", "priceListRates { totalCount }", "priceListFiles { name }",
                  "priceListFindings { message }"):  # fmt: skip
        name, _, shown = field.partition(" ")
        assert ask(wire, f'{{ {name}(code: "nobody") {shown} }}', manager)[name] is None
        early = f'{{ {name}(code: "desk", at: "1999-01-01T00:00:00Z") {shown} }}'
        assert ask(wire, early, manager)[name] is None


def test_lists_are_assigned_to_plan_group_and_customer(wire: Wire, desk: Desk, manager: str) -> None:
    payload = do(wire, ASSIGN, manager, {"priceList": "desk", "customerId": desk["Customer"]})
    customer = next(one for one in payload["assignments"] if one["customerId"])
    assert (customer["priceList"], customer["customerId"]) == ("desk", desk["Customer"])
    node = ask(wire, "query ($id: ID!) { node(id: $id) { id } }", manager, id=customer["id"])
    assert node == {"node": {"id": customer["id"]}}
    ended = do(wire, END, manager, {"assignmentId": customer["id"], "validTo": NEW_YEAR.isoformat()})
    assert {one["id"]: one["validTo"] for one in ended["assignments"]}[customer["id"]] == "2027-01-01T00:00:00Z"

    for wrong, code, field in (
        ({"priceList": "nobody", "customerGroup": "staff"}, "UNKNOWN_PRICE_LIST", ["input", "priceList"]),
        ({"priceList": "desk", "customerGroup": "nobody"}, "UNKNOWN_CUSTOMER_GROUP", ["input", "group"]),
        ({"priceList": "desk", "plan": "nobody"}, "UNKNOWN_OFFERING", ["input", "code"]),
        ({"priceList": "desk"}, "INVALID_ASSIGNMENT", ["input", "plan"]),
    ):
        assert do(wire, ASSIGN, manager, wrong)["userErrors"] == [{"code": code, "field": field}]


def test_customers_join_and_leave_groups(wire: Wire, desk: Desk, manager: str) -> None:
    groups = do(wire, DEFINE, manager, {"code": "vip", "name": "VIP", "rank": 1})["customerGroups"]
    assert groups[0] == {"code": "vip", "name": "VIP", "rank": 1}
    csr = staff_token("csr")
    for verb, held in (("join", ["vip", "staff"]), ("leave", ["staff"])):
        document = MEMBER.replace("VERB", verb).replace("KIND", verb.title())
        payload = do(wire, document, csr, {"customerId": desk["Customer"], "group": "vip"})
        assert payload == {"userErrors": [], "groups": held}
