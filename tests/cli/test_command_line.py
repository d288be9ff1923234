"""The commands: help, exit codes, answers for people and for scripts."""

import json
import re
import subprocess
import sys
from pathlib import Path

import click
import psycopg
import pytest
from click.testing import CliRunner, Result

from mvne_cli import main as registry
from mvne_cli.commands import waiting
from mvne_cli.commands.job import job
from mvne_cli.main import COMMANDS, main
from mvne_platform.runtime import brand_work
from mvne_platform.runtime.settings import settings
from mvne_workers.broker import prepare_broker
from tests.plugins.database import Database

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "workers" / "mvne_cli"


def mvne(*arguments: str) -> Result:
    return CliRunner().invoke(main, [*map(str, arguments)])


def answered(result: Result) -> object:
    return json.loads(result.output)


def leaves(command: click.Command, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], click.Command]]:
    if not isinstance(command, click.Group):
        return [(path, command)]
    context = click.Context(command)
    names = command.list_commands(context)
    inner = [(name, command.get_command(context, name)) for name in names]
    return [leaf for name, found in inner if found for leaf in leaves(found, (*path, name))]


LEAVES = leaves(main)
# Processes run in the foreground; there is nothing to answer.
PROCESSES = {("up",), ("web",), ("worker",), ("scheduler",), ("charging",)}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_says_of_a_command_what_it_says_of_itself(name: str) -> None:
    command = registry.Commands().get_command(click.Context(main), name)
    assert command is not None
    assert (command.help or "").replace("\n", " ").startswith(COMMANDS[name][1])


@pytest.mark.parametrize(("path", "command"), LEAVES, ids=lambda one: "-".join(one) if isinstance(one, tuple) else "")
def test_every_command_helps_and_answers_scripts(path: tuple[str, ...], command: click.Command) -> None:
    shown = mvne(*path, "--help")
    assert shown.exit_code == 0
    assert command.help
    options = {option for parameter in command.params for option in parameter.opts}
    assert ("--json" in options) is (path not in PROCESSES)
    undescribed = [p.name for p in command.params if isinstance(p, click.Option) and not p.help]
    assert undescribed == []


@pytest.mark.parametrize("path", [path for path, _ in LEAVES], ids="-".join)
def test_every_command_is_in_the_reference(path: tuple[str, ...]) -> None:
    assert f"mvne {' '.join(path)}" in (ROOT / "docs/reference/command-line.md").read_text()


def test_every_refusal_has_its_runbook() -> None:
    pages = "".join(page.read_text() for page in (ROOT / "docs/runbooks").glob("*.md"))
    said = re.compile(r"(?:refuse|EmbeddedPostgresError)\(\s*\"([A-Z_]+)\"")
    codes = {code for path in SOURCES.rglob("*.py") for code in said.findall(path.read_text())}
    assert len(codes) > 20
    assert [code for code in sorted(codes) if f"## {code}" not in pages] == []


def test_the_list_of_commands_imports_none_of_them() -> None:
    script = (
        "import sys; from click.testing import CliRunner; from mvne_cli.main import main\n"
        "assert CliRunner().invoke(main, ['--help']).exit_code == 0\n"
        "print([name for name in ('sqlalchemy', 'psycopg', 'strawberry', 'dramatiq') if name in sys.modules])"
    )
    finished = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert finished.stdout == "[]\n"


def test_an_unknown_command_is_refused() -> None:
    assert mvne("fly").exit_code == 2


def test_without_an_installation_there_is_nothing_to_work_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MVNE_DATABASE_URL", raising=False)
    result = mvne("--data", tmp_path / "nothing", "tenant", "list", "--json")
    assert result.exit_code == 2
    assert json.loads(result.output)["error"]["code"] == "NO_INSTALLATION"
    assert not (tmp_path / "nothing").exists()


def test_a_database_that_is_away_is_said_so(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MVNE_DATABASE_URL", "postgresql://nobody:no@127.0.0.1:1/none")
    settings.cache_clear()
    result = mvne("bill", "list", "testbrand", "--json")
    assert result.exit_code == 1
    assert json.loads(result.output)["error"]["code"] == "DATABASE_AWAY"


@pytest.mark.parametrize(
    "arguments",
    [
        ("tenant", "show", "nobody"),
        ("tenant", "go-live", "nobody"),
        ("bill", "run", "nobody"),
        ("bill", "list", "nobody"),
        ("clock", "show", "nobody"),
        ("clock", "advance", "nobody", "--to", "2026-12-01"),
        ("usage", "files", "nobody"),
        ("usage", "load", "nobody", __file__),
        ("job", "list", "nobody"),
    ],
    ids="-".join,
)
def test_a_brand_that_does_not_exist_is_refused_by_name(database: Database, arguments: tuple[str, ...]) -> None:
    result = mvne(*arguments, "--json")
    assert result.exit_code == 2
    assert json.loads(result.output)["error"]["code"] == "UNKNOWN_BRAND"


def test_brands_are_listed_and_shown(database: Database) -> None:
    (first, second) = json.loads(mvne("tenant", "list", "--json").output)
    assert (first["brand"], second["brand"]) == ("otherbrand", "testbrand")
    assert second["hosts"] == ["testbrand.localhost"]
    shown = json.loads(mvne("tenant", "show", "testbrand", "--json").output)
    assert (shown["currency"], shown["languages"], shown["state"]) == ("DKK", ["da", "en"], "sandbox")
    assert any("no application" in point.lower() or "MANIFEST" in point for point in shown["lacks_to_go_live"])
    assert "testbrand" in mvne("tenant", "list").output


def test_a_brand_that_lacks_something_does_not_go_live(database: Database) -> None:
    checked = mvne("tenant", "go-live", "testbrand", "--check", "--json")
    assert checked.exit_code == 1
    assert not all(point["met"] for point in json.loads(checked.output))
    refused = mvne("tenant", "go-live", "testbrand", "--json")
    assert refused.exit_code == 2
    assert json.loads(refused.output)["error"]["code"] == "NOT_READY"
    assert json.loads(mvne("tenant", "show", "testbrand", "--json").output)["state"] == "sandbox"


def test_a_faulty_manifest_is_refused_with_every_fault_and_nothing_is_made(database: Database, tmp_path: Path) -> None:
    (tmp_path / "brand.toml").write_text('[brand]\nslug = "Bad Slug"\ncurrency = "XXQ"\n')
    refused = mvne("tenant", "apply", tmp_path, "--json")
    assert refused.exit_code == 2
    error = json.loads(refused.output)["error"]
    assert error["code"] == "MANIFEST_FAULTY"
    assert len(error["faults"]) > 1
    assert {"file", "line", "code", "message", "way_out"} == set(error["faults"][0])
    assert "brand.toml:2:" in mvne("tenant", "apply", tmp_path).output
    assert len(json.loads(mvne("tenant", "list", "--json").output)) == 2


def test_schemas_are_made_with_the_ddl_login_only(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MVNE_ADMIN_DATABASE_URL")
    settings.cache_clear()
    for arguments in (("tenant", "apply", str(ROOT / "tenants/brands/fjord")), ("migrate",)):
        refused = mvne(*arguments, "--json")
        assert refused.exit_code == 2
        assert json.loads(refused.output)["error"]["code"] == "NO_DDL_LOGIN"


def test_a_new_brand_is_told_in_advance_then_made_and_then_unchanged(database: Database) -> None:
    folder = str(ROOT / "tenants/brands/fjord")
    planned = json.loads(mvne("tenant", "apply", folder, "--dry-run", "--json").output)
    assert planned["dry_run"] is True
    assert {change["kind"] for change in planned["changes"]} == {"created"}
    assert len(json.loads(mvne("tenant", "list", "--json").output)) == 2

    made = json.loads(mvne("tenant", "apply", folder, "--json").output)
    assert [client["name"] for client in made["clients"]] == ["webshop"]
    assert made["clients"][0]["client_secret"]
    with brand_work("fjord") as ctx:
        assert ctx.brand.currency == "DKK"

    again = json.loads(mvne("tenant", "apply", folder, "--json").output)
    assert {change["kind"] for change in again["changes"]} == {"unchanged"}
    assert again["clients"] == []


def test_schemas_are_migrated_and_the_brand_in_the_way_is_named(database: Database) -> None:
    prepare_broker(database.admin_dsn)
    outcomes = json.loads(mvne("migrate", "--json").output)
    assert [(one["schema"], one["error"]) for one in outcomes] == [
        ("platform", None),
        ("otherbrand", None),
        ("testbrand", None),
    ]
    with psycopg.connect(database.superuser_dsn) as connection:
        connection.execute("UPDATE testbrand.alembic_version SET version_num = '0001'")
    failed = mvne("migrate", "--json")
    assert failed.exit_code == 1
    assert [one["schema"] for one in json.loads(failed.output) if one["error"]] == ["testbrand"]


def test_clocks_are_shown_and_moved_in_the_brands_zone(database: Database) -> None:
    shown = json.loads(mvne("clock", "show", "testbrand", "--json").output)
    assert (shown["clock"], shown["going_to"]) == ("2026-10-01T00:00:00+02:00", None)
    asked = json.loads(mvne("clock", "advance", "testbrand", "--to", "2026-11-01T12:00", "--no-wait", "--json").output)
    assert asked["going_to"] == "2026-11-01T11:00:00+00:00"
    back = mvne("clock", "advance", "testbrand", "--to", "2026-09-01", "--json")
    assert back.exit_code == 2
    assert json.loads(back.output)["error"]["code"] == "CLOCK_GOES_BACK"
    nonsense = mvne("clock", "advance", "testbrand", "--to", "tomorrow")
    assert nonsense.exit_code == 2
    assert "2026-11-01T12:00" in nonsense.output


def test_files_are_received_and_listed(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "usage.csv"
    file.write_text(
        "record_id,service,subscriber,imsi,other_party,start,duration_s,bytes,count,visited_network,answered,cause\n"
    )
    (received,) = json.loads(mvne("usage", "load", "testbrand", file, "--no-wait", "--json").output)
    assert (received["name"], received["state"]) == ("usage.csv", "received")
    assert [one["name"] for one in json.loads(mvne("usage", "files", "testbrand", "--json").output)] == ["usage.csv"]


def test_a_file_of_another_format_is_rejected_with_one(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "usage.csv"
    file.write_text("a,b\n1,2\n")
    result = mvne("usage", "load", "testbrand", file, "--json")
    assert result.exit_code == 1
    assert [one["state"] for one in json.loads(result.output)] == ["rejected"]


def test_a_month_that_is_not_over_is_not_billed(database: Database) -> None:
    refused = mvne("bill", "run", "testbrand", "--period", "2026-10", "--json")
    assert refused.exit_code == 2
    assert json.loads(refused.output)["error"]["code"] == "PERIOD_NOT_OVER"
    assert json.loads(mvne("bill", "list", "testbrand", "--json").output) == []


def test_a_month_without_customers_is_billed_at_once(database: Database) -> None:
    run = json.loads(mvne("bill", "run", "testbrand", "--json").output)
    assert (run["month"], run["state"], run["accounts"]) == ("2026-09", "completed", 0)


def test_jobs_are_named_or_all_of_them(database: Database) -> None:
    for arguments in (["retry", "testbrand"], ["retry", "testbrand", "--all", "0191f0a0-0000-7000-8000-000000000000"]):
        assert CliRunner().invoke(job, arguments, obj=Path("unused")).exit_code == 2
    assert answered(CliRunner().invoke(job, ["list", "platform", "--json"], obj=Path("unused"))) == []


def test_waiting_ends_when_it_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "PAUSE_SECONDS", 0)
    answers = iter([False, False, True])
    waiting.until(lambda: next(answers), lambda: True, what="It", as_json=False)
    assert next(answers, "all asked") == "all asked"


def test_waiting_ends_when_nobody_works(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(waiting, "NOBODY_WORKS_SECONDS", 0)
    with pytest.raises(SystemExit) as ended:
        waiting.until(lambda: False, lambda: False, what="Loading 1 files", as_json=True)
    assert ended.value.code == 1
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "NOBODY_WORKS"
    assert error["message"].startswith("Loading 1 files was asked for and is kept")


def test_number_data_is_loaded_and_looked_up(database: Database, tmp_path: Path) -> None:
    codes = tmp_path / "codes.csv"
    codes.write_text(
        "code,class,name,valid_from,valid_to,source\n112,emergency,Alarm,1993-01-01,,\n+4580*,freephone,Free,x,,\n"
    )
    result = mvne("numbers", "load", "testbrand", "short-codes", codes, "--json")
    assert result.exit_code == 1
    assert json.loads(result.output) == {
        "rows": 2,
        "added": 1,
        "ended": 0,
        "unchanged": 0,
        "faulty": 1,
        "faults": [
            {
                "line": 3,
                "reason": "bad_valid_from",
                "detail": "'x' in the column 'valid_from' is not a time such as 2026-10-01T12:00:00Z (RFC 3339).",
            }
        ],
    }
    shown = json.loads(mvne("numbers", "show", "testbrand", "112", "+4520000001", "--json").output)
    assert shown == [
        {"number": "112", "operator": None, "class": "emergency", "name": "Alarm"},
        {"number": "+4520000001", "operator": None, "class": None, "name": None},
    ]
    (code,) = json.loads(mvne("numbers", "show", "testbrand", "--json").output)
    assert (code["number"], code["name"]) == ("112", "Alarm")
    early = mvne("numbers", "show", "testbrand", "112", "--at", "1990-01-01T00:00:00+0000", "--json").output
    assert json.loads(early)[0]["class"] is None
