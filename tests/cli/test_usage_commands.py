"""`mvne usage`: sources, quarantine, failures, on a database and without a scheduler."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from mvne_cli.main import main
from mvne_platform import mediation
from mvne_platform.mediation import ExceptionKind, Position, Unrated, sources
from mvne_platform.mediation.sources import SourceDraft, SourceKind
from mvne_platform.runtime import brand_work
from tests.platform.charging.shop import call, receive
from tests.plugins.database import Database


def mvne(*arguments: object, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, ["usage", *map(str, arguments)], input=stdin)


def answer(*arguments: object, code: int = 0, stdin: str | None = None) -> Any:
    result = mvne(*arguments, "--json", stdin=stdin)
    assert result.exit_code == code, result.output
    return json.loads(result.output)


@pytest.fixture
def source(database: Database) -> None:
    with brand_work("testbrand") as ctx:
        settings = {"folder": "host"}
        sources.create_source(ctx, SourceDraft("host", "The host", "host", SourceKind.DIRECTORY, "mvne-csv", settings))
        sources.create_source(ctx, SourceDraft("desk", "The desk", "desk", SourceKind.UPLOAD, "mvne-csv"))


@pytest.fixture
def failed(database: Database) -> str:
    """A file whose only row failed; its id."""
    with brand_work("testbrand") as ctx:
        file = receive(ctx, call(1))
        row = Unrated(2, ExceptionKind.FAILED, "no_rate", "No rate in zone 'us'.", call(1), "voice_out")
        mediation.record_unrated(ctx, file.id, [row])
        mediation.advance(ctx, file, Position(1, 1), {"failed": 1}, finished=True)
        return str(file.id)


def test_sources_are_listed_with_how_they_stand(source: None) -> None:
    desk, host = answer("sources", "testbrand")
    assert (desk["code"], host["code"], host["kind"], host["overdue"], host["missing"]) == (
        "desk", "host", "directory", False, 0,
    )  # fmt: skip
    with brand_work("testbrand") as ctx:
        row = sources.source_by_code(ctx, "host")
        row.pull_error, row.pull_error_code = "The folder is not there.", "FOLDER_MISSING"
    assert answer("sources", "testbrand", code=1)[1]["trouble"] == "The folder is not there."


def test_a_secret_is_read_from_standard_input_or_a_file_and_not_shown(source: None, tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("hunter3")
    for arguments, stdin in ((("testbrand", "host"), "hunter2\n"), (("testbrand", "host", "--file", path), None)):
        assert answer("secret", *arguments, stdin=stdin) == {"source": "host", "sealed": True}
    assert "hunter" not in mvne("sources", "testbrand", "--json").output
    assert answer("secret", "testbrand", "nowhere", stdin="x", code=2)["error"]["code"] == "UNKNOWN_SOURCE"


def test_a_pull_is_promised(source: None) -> None:
    (row,) = answer("pull", "testbrand", "host", "--no-wait")
    assert row["code"] == "host"
    assert answer("pull", "testbrand", "desk", "--no-wait", code=2)["error"]["code"] == "NOT_FETCHED"


def test_a_file_is_loaded_as_a_sources(source: None, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("what is this\n")
    (file,) = answer("load", "testbrand", path, "--source", "desk", "--no-wait", code=1)
    assert file["state"] == "rejected"
    with brand_work("testbrand") as ctx:
        (kept,) = mediation.usage_files(ctx)
        assert kept.source_id == sources.source_by_code(ctx, "desk").id


def test_a_file_in_quarantine_is_listed_tried_again_and_given_up(database: Database, tmp_path: Path) -> None:
    assert answer("quarantine", "list", "testbrand") == []
    path = tmp_path / "a.csv"
    path.write_text("what is this\n")
    answer("load", "testbrand", path, "--no-wait", code=1)
    (file,) = answer("quarantine", "list", "testbrand", code=1)
    why = ("--why", "We shall see.")
    answer("quarantine", "retry", "testbrand", file["id"], "--format", "asterisk", *why, code=1)
    refused = answer("quarantine", "release", "testbrand", file["id"], *why, code=2)
    assert refused["error"]["code"] == "NOT_RELEASABLE"
    assert mvne("quarantine", "discard", "testbrand", file["id"]).exit_code == 2
    (gone,) = answer("quarantine", "discard", "testbrand", file["id"], *why)
    assert gone["state"] == "discarded"


def test_failures_are_grouped_listed_and_dealt_with(failed: str) -> None:
    (group,) = answer("failures", "testbrand", code=1)
    assert (group["reason"], group["count"]) == ("no_rate", 1)
    (row,) = answer("failures", "testbrand", "--rows", "--text", "ZONE", code=1)
    assert answer("failures", "testbrand", "--reason", "unknown_subscriber") == []
    why = ("--why", "The zone was added.")
    assert mvne("rate-again", "testbrand", *why).exit_code == 2
    assert mvne("rate-again", "testbrand", row["id"], "--all", *why).exit_code == 2
    (batch,) = answer("rate-again", "testbrand", row["id"], *why, "--no-wait")
    assert (batch["state"], batch["selected"]) == ("running", 1)
    (batch,) = answer("write-off", "testbrand", "--all", "--file", failed, *why, "--no-wait")
    assert (batch["state"], batch["selected"]) == ("running", 1)
    refused = answer("write-off", "testbrand", "--all", "--reason", "x", *why, "--no-wait", code=2)
    assert refused["error"]["code"] == "NOTHING_SELECTED"


def test_a_report_goes_to_standard_output_or_a_file(failed: str, tmp_path: Path) -> None:
    shown = mvne("report", "testbrand", failed)
    assert shown.output == "row,answer,reason,detail\n2,rejected,no_rate,No rate in zone 'us'.\n"
    out = tmp_path / "report.csv"
    assert answer("report", "testbrand", failed, "--out", out)["rows"] == 1
    assert out.read_text() == shown.output
