"""The desk of who looks after usage: sources, quarantine, the failure log, as the console's API shows them."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from mvne_graphql.relay import global_id, key_of
from mvne_platform import mediation
from mvne_platform.kernel import uuid7
from mvne_platform.mediation import ExceptionKind, Position, Unrated, sources
from mvne_platform.runtime import brand_work
from tests.gateway.wire import Wire, staff_token
from tests.graphql.console.desk import ask, do
from tests.graphql.console.usage_desk import source_draft
from tests.graphql.console.usage_operations import source_input
from tests.platform.charging.shop import call, receive

STRANGER = "+4599999999"
SOURCE = """code kind format paused hasSecret overdue nextPullAt
  settings { folder settleSeconds maxBytes afterPull host } schedule { everyMinutes at weekdays }
  test { at code } gaps { series first last files } leftFiles { nodes { name code } }"""
FAILURE = "id fileName row state reason detail service record corrected history { action why record actor }"


@pytest.fixture(scope="module")
def office(wire: Wire) -> str:
    """The token of somebody who looks after usage."""
    return staff_token("back_office")


def mutate(wire: Wire, name: str, shown: str, token: str, given: dict[str, Any]) -> dict[str, Any]:
    kind = f"{name[0].upper()}{name[1:]}Input"
    document = (
        f"mutation ($input: {kind}!) {{ {name}(input: $input) {{ {shown} userErrors {{ code field message }} }} }}"
    )
    return do(wire, document, token, given, key=f"{name}-{uuid7()}")


def failed_file(*numbers: int, brand: str = "testbrand") -> UUID:
    """A file whose rows all failed, each an unknown subscriber's."""
    with brand_work(brand) as ctx:
        rows = [call(number, caller=STRANGER) for number in numbers]
        file = receive(ctx, *rows, name=f"failed-{numbers[0]}.csv")
        why = f"No subscription held {STRANGER}."
        mediation.record_unrated(
            ctx,
            file.id,
            [
                Unrated(line, ExceptionKind.FAILED, "unknown_subscriber", why, row, "voice_out")
                for line, row in enumerate(rows, 2)
            ],
        )
        mediation.advance(ctx, file, Position(len(rows), 1), {"failed": len(rows)}, finished=True)
        return file.id


def test_a_source_is_made_shown_changed_and_paused(wire: Wire, office: str) -> None:
    given = {"source": source_input("shown"), "secret": "hunter2"}
    made = mutate(wire, "createUsageSource", f"usageSource {{ id {SOURCE} }}", office, given)
    source = made["usageSource"]
    assert made["userErrors"] == []
    assert source.pop("nextPullAt") is not None
    source_id = source.pop("id")
    assert source == {
        "code": "shown", "kind": "DIRECTORY", "format": "mvne-csv", "paused": False,
        "hasSecret": True, "overdue": False,
        "settings": {
            "folder": "host", "settleSeconds": 0, "maxBytes": "1073741824", "afterPull": "LEAVE", "host": None,
        },
        "schedule": {"everyMinutes": 60, "at": [], "weekdays": []}, "test": None,
        "gaps": [], "leftFiles": {"nodes": []},
    }  # fmt: skip
    changed = {**source_input("shown"), "schedule": {"at": ["06:30"], "weekdays": [0, 4]}}
    payload = mutate(
        wire, "changeUsageSource", "usageSource { schedule { everyMinutes at weekdays } hasSecret }", office,
        {"usageSourceId": source_id, "source": changed},
    )  # fmt: skip
    assert payload["usageSource"] == {
        "schedule": {"everyMinutes": None, "at": ["06:30"], "weekdays": [0, 4]}, "hasSecret": True,
    }  # fmt: skip
    for name, paused in (("pauseUsageSource", True), ("resumeUsageSource", False)):
        payload = mutate(wire, name, "usageSource { paused }", office, {"usageSourceId": source_id})
        assert payload["usageSource"] == {"paused": paused}
    shown = ask(wire, "query ($id: ID!) { usageSource(id: $id) { code } }", office, id=source_id)
    assert shown["usageSource"] == {"code": "shown"}
    everything = wire.ask("{ usageSources { code } }", at="http://console.localhost", token=office, brand="testbrand")
    assert "hunter2" not in everything.text


def test_what_is_wrong_with_a_source_is_told_by_field(wire: Wire, office: str) -> None:
    given = {"source": {**source_input("wrong"), "settings": {"folder": "../most"}}}
    (error,) = mutate(wire, "createUsageSource", "usageSource { id }", office, given)["userErrors"]
    assert (error["code"], error["field"]) == ("BAD_SOURCE", ["input", "settings"])


def test_testing_and_pulling_are_promised_to_the_background(wire: Wire, office: str) -> None:
    with brand_work("testbrand") as ctx:
        source_id = global_id("UsageSource", sources.create_source(ctx, source_draft("asked")).id)
    for name, job in (("testUsageSource", "mediation.test_source"), ("pullUsageSource", "mediation.pull_source")):
        payload = mutate(wire, name, "usageSource { test { at } }", office, {"usageSourceId": source_id})
        assert payload["userErrors"] == []
        with brand_work("testbrand") as ctx:
            promised = ctx.db.scalars(text("SELECT arguments->>'source_id' FROM job WHERE name = :job"), {"job": job})
            assert str(key_of(source_id, "UsageSource")) in set(promised)


def test_a_file_in_quarantine_is_tried_again_and_given_up_with_reasons(wire: Wire, office: str) -> None:
    with brand_work("testbrand") as ctx:
        file_id = global_id("UsageFile", receive(ctx, name="quarantined.csv").id)
        ctx.db.execute(text("UPDATE usage_file SET state = 'rejected', rejection = 'x', rejection_code = 'WRONG_FORMAT'"
                            " WHERE name = 'quarantined.csv'"))  # fmt: skip
    shown = "usageFile { state rejectionCode quarantine { action format why } }"
    wrong = {"usageFileId": file_id, "format": "asterisk", "why": "It looks like a PBX's."}
    tried = mutate(wire, "retryUsageFile", shown, office, wrong)["usageFile"]
    assert (tried["state"], tried["rejectionCode"]) == ("REJECTED", "WRONG_FORMAT")
    refused = mutate(wire, "releaseUsageFile", shown, office, {"usageFileId": file_id, "why": "x"})
    assert [error["code"] for error in refused["userErrors"]] == ["NOT_RELEASABLE"]
    gone = mutate(wire, "discardUsageFile", shown, office, {"usageFileId": file_id, "why": "Sent by mistake."})
    assert gone["usageFile"]["state"] == "DISCARDED"
    right = {"usageFileId": file_id, "format": "mvne-csv", "why": "It was ours after all."}
    kept = mutate(wire, "retryUsageFile", shown, office, right)["usageFile"]
    assert kept["state"] == "RECEIVED"
    assert [(step["action"], step["format"]) for step in kept["quarantine"]] == [
        ("RETRIED", "asterisk"), ("REJECTED", "asterisk"), ("DISCARDED", "asterisk"), ("RETRIED", "mvne-csv"),
    ]  # fmt: skip
    again = mutate(wire, "discardUsageFile", shown, office, {"usageFileId": file_id, "why": "x"})
    assert [error["code"] for error in again["userErrors"]] == ["NOT_QUARANTINED"]


def test_failures_are_searched_grouped_corrected_and_rated_again(wire: Wire, office: str) -> None:
    file_id = failed_file(101, 102)
    wanted = {"usageFileId": str(global_id("UsageFile", file_id))}
    document = (
        f"query ($f: UsageFailureFilterInput) {{ usageFailures(filter: $f) {{ totalCount nodes {{ {FAILURE} }} }} }}"
    )
    found = ask(wire, document, office, f=wanted)["usageFailures"]
    assert found["totalCount"] == 2
    newest = found["nodes"][0]
    assert (newest["row"], newest["state"], newest["service"], newest["record"]) == (
        3, "OPEN", "VOICE_OUT", call(102, caller=STRANGER),
    )  # fmt: skip
    groups = "query ($f: UsageFailureFilterInput) { usageFailureGroups(filter: $f) { reason count sample { row } } }"
    (group,) = ask(wire, groups, office, f=wanted)["usageFailureGroups"]
    assert group == {"reason": "unknown_subscriber", "count": 2, "sample": {"row": 2}}

    correction = {"usageFailureId": newest["id"], "record": call(102), "why": "Two digits were swapped."}
    corrected = mutate(wire, "correctUsageFailure", f"usageFailure {{ {FAILURE} }}", office, correction)["usageFailure"]
    assert (corrected["state"], corrected["record"], corrected["corrected"]) == (
        "CORRECTED", call(102, caller=STRANGER), call(102),
    )  # fmt: skip
    assert [(step["action"], step["why"]) for step in corrected["history"]] == [
        ("CORRECTED", "Two digits were swapped.")
    ]

    batch = "batch { id kind state total lookedAt closed why }"
    selection = {"filter": wanted, "why": "The number was added."}
    started = mutate(wire, "rateUsageFailuresAgain", batch, office, selection)["batch"]
    batch_id = started.pop("id")
    assert started == {
        "kind": "RATE_AGAIN", "state": "RUNNING", "total": 2, "lookedAt": 0, "closed": 0,
        "why": "The number was added.",
    }  # fmt: skip
    stopped = mutate(wire, "stopUsageFailureBatch", batch, office, {"usageFailureBatchId": batch_id})["batch"]
    assert stopped["state"] == "STOPPED"
    assert ask(wire, "{ usageFailureBatches(first: 1) { nodes { id } } }", office)["usageFailureBatches"]["nodes"] == [
        {"id": batch_id}
    ]


def test_a_selection_of_everything_by_mistake_is_refused(wire: Wire, office: str) -> None:
    failed_file(201)
    payload = mutate(wire, "rateUsageFailuresAgain", "batch { id }", office, {"why": "x"})
    assert [error["code"] for error in payload["userErrors"]] == ["NOTHING_SELECTED"]


def test_who_may_not_see_numbers_sees_failures_without_them(wire: Wire) -> None:
    file_id = failed_file(301)
    wanted = {"usageFileId": str(global_id("UsageFile", file_id))}
    document = f"query ($f: UsageFailureFilterInput) {{ usageFailures(filter: $f) {{ nodes {{ {FAILURE} }} }} }}"
    (seen,) = ask(wire, document, staff_token("csr"), f=wanted)["usageFailures"]["nodes"]
    assert (seen["record"], STRANGER in str(seen)) == (None, False)


def test_another_brands_failures_are_absent(wire: Wire, office: str) -> None:
    foreign = global_id("UsageFile", failed_file(401, brand="otherbrand"))
    document = "query ($f: UsageFailureFilterInput) { usageFailures(filter: $f) { nodes { id } } }"
    assert ask(wire, document, office, f={"usageFileId": str(foreign)})["usageFailures"]["nodes"] == []
