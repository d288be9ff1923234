"""FreeSWITCH's JSON call records, as mod_json_cdr shapes them; the calls are invented."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from mvne_platform.catalogue import Service
from mvne_platform.mediation import FORMATS, Fault, FormatSettings, Identifier, Position, Row, UsageEvent
from mvne_platform.mediation.formats import FileRejected, parse_records
from mvne_platform.mediation.formats.freeswitch import MAX_RECORD_BYTES

DANISH = FormatSettings("DK", "Europe/Copenhagen")


def leg(
    *, encoded: bool = True, caller: str = "+4520000001", called: str = "30000002", **variables: str
) -> dict[str, Any]:
    values = {
        "direction": "inbound",
        "uuid": "0f2c7f6e-6d1f-4c56-9d8e-0d4a3c1b2a90",
        "sip_from_user": caller,
        "start_stamp": "2026-10-05 12:00:00",
        "hangup_cause": "NORMAL_CLEARING",
        "start_epoch": "1791194400",
        "start_uepoch": "1791194400064073",
        "answer_epoch": "1791194404",
        "end_epoch": "1791194465",
        "duration": "65",
        "billsec": "61",
    } | variables
    profile = {"caller_id_number": caller, "ani": caller, "destination_number": called, "context": "default"}
    return {
        "core-uuid": "cb5d8e5c-2f5e-4f5b-8a65-6bb0e2ed1f0a",
        "switchname": "pbx",
        "channel_data": {"state": "CS_REPORTING", "direction": values["direction"]},
        "variables": {name: quote(value, safe="") if encoded else value for name, value in values.items()},
        "app_log": {"applications": [{"app_name": "bridge", "app_data": "user/30000002"}]},
        "callflow": [
            {"dialplan": "XML", "profile_index": "2", "caller_profile": profile, "times": {}},
            {"dialplan": "XML", "profile_index": "1", "caller_profile": {"destination_number": "before"}, "times": {}},
        ],
    }


def read(folder: Path, content: str | bytes, start: Position | None = None) -> list[Row]:
    path = folder / "x.cdr.json"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(FORMATS["freeswitch"](path, DANISH, start or Position()))


def compact(document: dict[str, Any]) -> str:
    return json.dumps(document, separators=(",", ":"))


def event(folder: Path, document: dict[str, Any]) -> UsageEvent:
    (row,) = read(folder, compact(document) + "\n")
    assert isinstance(row.outcome, UsageEvent), row.outcome
    return row.outcome


@pytest.mark.parametrize("encoded", [True, False])
def test_the_callers_leg_is_an_outgoing_call(tmp_path: Path, encoded: bool) -> None:  # noqa: FBT001  # a parameter of the test
    assert event(tmp_path, leg(encoded=encoded, accountcode="firm 7"[:4])) == UsageEvent(
        natural_key=("freeswitch", "0f2c7f6e-6d1f-4c56-9d8e-0d4a3c1b2a90"),
        identifiers=(Identifier("account", "firm"), Identifier("msisdn", "+4520000001")),
        service=Service.VOICE_OUT,
        start=datetime(2026, 10, 5, 10, 0, tzinfo=UTC),
        duration_s=61,
        other_party="+4530000002",
        answered=True,
        cause="NORMAL_CLEARING",
    )


def test_the_called_partys_leg_is_an_incoming_call(tmp_path: Path) -> None:
    incoming = event(tmp_path, leg(direction="outbound", caller="anonymous", called="+4530000002"))
    assert (incoming.service, incoming.identifiers, incoming.other_party) == (
        Service.VOICE_IN,
        (Identifier("msisdn", "+4530000002"),),
        None,
    )


def test_the_dial_plan_may_name_service_and_charging_id(tmp_path: Path) -> None:
    forwarded = event(tmp_path, leg(direction="outbound", mvne_service="voice_forwarded", mvne_correlation="ses/1"))
    assert (forwarded.service, forwarded.other_party, forwarded.correlation) == (
        Service.VOICE_FORWARDED,
        "+4530000002",
        "ses/1",
    )
    assert forwarded.identifiers == (Identifier("msisdn", "+4520000001"),)


def test_a_call_nobody_answered(tmp_path: Path) -> None:
    missed = event(tmp_path, leg(answer_epoch="0", billsec="0", hangup_cause="NO_ANSWER"))
    assert (missed.answered, missed.duration_s, missed.cause) == (False, 0, "NO_ANSWER")


def test_an_extension_is_an_account_and_older_versions_write_one_call_flow(tmp_path: Path) -> None:
    document = leg(caller="1001", called="112")
    document["callflow"] = document["callflow"][0]
    internal = event(tmp_path, document)
    assert (internal.identifiers, internal.other_party) == ((Identifier("account", "1001"),), "112")


def test_documents_stand_one_after_another_in_one_line_or_in_many(tmp_path: Path) -> None:
    documents = [leg(uuid=f"u{number}") for number in range(4)]
    texts = [
        compact(documents[0]),
        json.dumps(documents[1], indent="\t"),
        compact(documents[2]),
        json.dumps(documents[3]),
    ]
    content = "\n\n".join(texts) + "\n\n"
    rows = read(tmp_path, content)
    assert [row.number for row in rows] == [1, 2, 3, 4]
    assert [row.outcome.natural_key[1] for row in rows if isinstance(row.outcome, UsageEvent)] == [
        "u0",
        "u1",
        "u2",
        "u3",
    ]
    for done in range(1, 5):
        assert read(tmp_path, content, Position(done, rows[done - 1].end)) == rows[done:]


def test_a_document_that_does_not_end_costs_no_other(tmp_path: Path) -> None:
    good = compact(leg())
    content = "\n".join(
        [good, '{"variables": {', "what is this", good, "nonsense", json.dumps(leg(), indent=1)[:-1], good]
    )
    rows = read(tmp_path, content)
    assert [row.outcome.reason if isinstance(row.outcome, Fault) else "" for row in rows] == [
        "",
        "bad_json",
        "",
        "bad_json",
        "bad_json",
        "",
    ]


def test_a_document_that_is_too_long_costs_itself(tmp_path: Path) -> None:
    good = compact(leg())
    rows = read(tmp_path, f'{good}\n{{"a": "{"x" * MAX_RECORD_BYTES}"}}\n{good}\n')
    assert [isinstance(row.outcome, UsageEvent) for row in rows] == [True, False, True]
    assert isinstance(rows[1].outcome, Fault)
    assert rows[1].outcome.reason == "row_too_long"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"direction": "sideways"}, "bad_direction"),
        ({"uuid": ""}, "missing_value"),
        ({"start_epoch": "soon"}, "bad_start_epoch"),
        ({"billsec": ""}, "missing_value"),
        ({"billsec": "99999999"}, "bad_billsec"),
        ({"caller": "<nobody>"}, "bad_caller"),
        ({"caller": ""}, "missing_value"),
        ({"called": "s"}, "bad_destination_number"),
        ({"mvne_service": "data"}, "bad_service"),
        ({"mvne_correlation": "x" * 101}, "value_too_long"),
        ({"hangup_cause": "\x01"}, "control_character"),
    ],
)
def test_a_leg_that_cannot_be_read_answers_why(tmp_path: Path, change: dict[str, str], reason: str) -> None:
    (row,) = read(tmp_path, compact(leg(**change)))  # type: ignore[arg-type]  # all of the changes are texts
    assert isinstance(row.outcome, Fault)
    assert row.outcome.reason == reason


@pytest.mark.parametrize(
    "content", ["{}", '{"variables": []}', '{"variables": {"uuid": 1}, "callflow": {}}', '{"a": [[[']
)
def test_a_document_without_its_parts_is_a_fault(tmp_path: Path, content: str) -> None:
    (row,) = read(tmp_path, content)
    assert isinstance(row.outcome, Fault)


@pytest.mark.parametrize(
    ("content", "text"), [("", "is empty"), ("[{}]", "begins with an array"), ("a,b\n", "is no JSON")]
)
def test_what_is_no_json_object_is_rejected(tmp_path: Path, content: str, text: str) -> None:
    with pytest.raises(FileRejected, match=text):
        read(tmp_path, content)


def test_a_record_by_itself_is_read_as_in_its_file(tmp_path: Path) -> None:
    rows = read(tmp_path, json.dumps(leg(), indent=2) + "\n")
    again = parse_records("freeswitch", tmp_path / "x.cdr.json", DANISH, [rows[0].raw, "{}"])
    assert again[0] == rows[0].outcome
    assert isinstance(again[1], Fault)
