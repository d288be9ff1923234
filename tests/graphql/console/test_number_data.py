"""Number data and described formats at the console."""

from typing import Any

from tests.gateway.wire import Wire, staff_token
from tests.graphql.console.desk import ask, do
from tests.graphql.console.traces import stored

LOAD = """mutation ($input: LoadNumberDataInput!) { loadNumberData(input: $input) {
  rows added ended unchanged faulty faults { line reason } userErrors { code field }
} }"""
DESCRIBE = """mutation ($input: DescribeUsageFormatInput!) { describeUsageFormat(input: $input) {
  format { code description } userErrors { code field message }
} }"""
PORTED = "number,last,operator,valid_from,valid_to\n+4550000001,,telenor-dk,2026-01-01,\nnonsense,,x,2026-01-01,\n"
CODES = "code,class,name,valid_from,valid_to,source\n1813,helpline,Doctor on call,2014-01-01,,invented\n"
CALLED = """query ($number: String!, $at: DateTime) {
  calledNumber(number: $number, at: $at) { operator numberClass name }
}"""


def called(wire: Wire, number: str, at: str | None = None) -> dict[str, Any]:
    found: dict[str, Any] = ask(wire, CALLED, staff_token("csr"), number=number, at=at)["calledNumber"]
    return found


def test_number_data_is_loaded_row_by_row_and_looked_up(wire: Wire) -> None:
    back_office = staff_token("back_office")
    answer = do(wire, LOAD, back_office, {"kind": "PORTABILITY", "name": "np.csv", "content": PORTED})
    assert answer == {
        "rows": 2,
        "added": 1,
        "ended": 0,
        "unchanged": 0,
        "faulty": 1,
        "faults": [{"line": 3, "reason": "bad_number"}],
        "userErrors": [],
    }
    assert do(wire, LOAD, back_office, {"kind": "SHORT_CODES", "name": "sc.csv", "content": CODES})["added"] == 1
    assert called(wire, "+4550000001") == {"operator": "telenor-dk", "numberClass": None, "name": None}
    assert called(wire, "+4550000001", "2025-12-31T00:00:00Z") == {"operator": None, "numberClass": None, "name": None}
    assert called(wire, "1813") == {"operator": None, "numberClass": "HELPLINE", "name": "Doctor on call"}
    assert called(wire, "no number") == {"operator": None, "numberClass": None, "name": None}
    document = "{ numberData { portedNumbers loads { kind name added } } shortCodes { code prefix name source } }"
    known = ask(wire, document, back_office)
    assert known["numberData"]["loads"][:2] == [
        {"kind": "SHORT_CODES", "name": "sc.csv", "added": 1},
        {"kind": "PORTABILITY", "name": "np.csv", "added": 1},
    ]
    assert {"code": "1813", "prefix": False, "name": "Doctor on call", "source": "invented"} in known["shortCodes"]


def test_a_refused_or_rehearsed_load_changes_nothing(wire: Wire) -> None:
    back_office, before = staff_token("back_office"), stored()
    wrong = do(wire, LOAD, back_office, {"kind": "SHORT_CODES", "name": "x.csv", "content": PORTED})
    assert wrong["userErrors"] == [{"code": "BAD_NUMBER_DATA", "field": ["input", "content"]}]
    replacing = {"kind": "PORTABILITY", "name": "np.csv", "content": PORTED, "replace": True}
    assert do(wire, LOAD, back_office, replacing)["added"] == 0
    dry = {"kind": "PORTABILITY", "name": "np.csv", "content": PORTED.replace("50000001", "50000009"), "dryRun": True}
    assert do(wire, LOAD, back_office, dry)["added"] == 1
    assert stored() == before


def test_a_format_is_described_and_a_fault_in_it_is_named(wire: Wire) -> None:
    back_office = staff_token("back_office")
    fields = {"service": {"constant": "data"}, "start": {"column": 1}, "imsi": {"column": 2}, "bytes": {"column": 3}}
    description: dict[str, Any] = {"title": "Host", "kind": "delimited", "fields": fields, "natural_key": [1, 2]}
    answer = do(wire, DESCRIBE, back_office, {"code": "host-data", "description": description})
    assert answer == {"format": {"code": "host-data", "description": description}, "userErrors": []}
    known = ask(wire, "{ usageFormats { code } }", back_office)["usageFormats"]
    assert {"code": "host-data"} in known

    before = stored()
    wrong = description | {"fields": fields | {"bytes": {"column": 3, "unit": "bit"}}}
    refused = do(wire, DESCRIBE, back_office, {"code": "host-data", "description": wrong})
    (error,) = refused["userErrors"]
    assert (error["code"], error["field"]) == ("BAD_FORMAT", ["input", "description", "fields", "bytes", "unit"])
    taken = do(wire, DESCRIBE, back_office, {"code": "asterisk", "description": description})
    assert taken["userErrors"][0]["field"] == ["input", "code"]
    assert stored() == before
