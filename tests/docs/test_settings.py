"""The settings page lists the environment variables that the code reads, all of them, with their defaults."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mvne_cli.demo.cast import Size
from mvne_gateway import edge_settings
from mvne_platform.runtime.settings import OUTSIDE_SYSTEMS, from_environment
from mvne_workers.broker import broker_url
from tools.handbook.pages import DOCS, ROOT

PAGE = (DOCS / "reference/settings.md").read_text(encoding="utf-8")
LISTED = {
    found["name"]: found["default"].strip().strip("`")
    for found in re.finditer(r"^\| `(?P<name>[A-Z_]+)` \| (?P<default>[^|]+) \|", PAGE, re.MULTILINE)
}
NEEDED = {"MVNE_DATABASE_URL": "postgresql://db", "MVNE_SECRET_KEY": "key"}
OUTSIDE = {f"MVNE_{system.upper()}_{part}" for system in OUTSIDE_SYSTEMS for part in ("URL", "TOKEN")}
_VARIABLE = re.compile(r"MVNE_[A-Z_]*[A-Z]|PORT|PROMETHEUS_MULTIPROC_DIR")


def variables(path: Path) -> Iterator[str]:
    """Texts of a file that are the name of a variable."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _VARIABLE.fullmatch(node.value):
            yield node.value


def test_what_the_code_reads_is_listed_and_nothing_else() -> None:
    houses = ("platform", "tenants", "graphql", "workers", "simulators")
    read = {name for house in houses for path in (ROOT / house).rglob("*.py") for name in variables(path)}
    assert sorted(LISTED) == sorted(read | OUTSIDE)


def test_defaults_of_every_process() -> None:
    found = from_environment(NEEDED)
    assert (str(found.data), str(found.port)) == (LISTED["MVNE_DATA"], LISTED["PORT"])
    assert (found.admin_url, LISTED["MVNE_ADMIN_DATABASE_URL"]) == (None, "none")
    assert (found.development, LISTED["MVNE_ENVIRONMENT"]) == (False, "production")
    assert {name for name, default in LISTED.items() if default == "needed"} == {*NEEDED, "MVNE_SIMULATOR_TOKEN"}


@pytest.mark.parametrize("name", sorted(NEEDED))
def test_what_is_needed_is_named_when_it_is_missing(name: str) -> None:
    with pytest.raises(KeyError, match=name):
        from_environment({other: value for other, value in NEEDED.items() if other != name})


def test_defaults_of_systems_outside() -> None:
    assert from_environment(NEEDED).outside == {}
    addresses = {f"MVNE_{system.upper()}_URL": "http://there" for system in OUTSIDE_SYSTEMS}
    assert {address.token for address in from_environment(NEEDED | addresses).outside.values()} == {""}
    assert {LISTED[name] for name in OUTSIDE} == {"none", "empty"}


def test_default_of_the_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MVNE_BROKER_URL", raising=False)
    monkeypatch.setenv("MVNE_DATABASE_URL", "postgresql://db")
    assert (broker_url(), LISTED["MVNE_BROKER_URL"]) == ("postgresql://db", "MVNE_DATABASE_URL")


def test_defaults_of_the_web() -> None:
    found = edge_settings.from_environment({})
    assert str(found.threads) == LISTED["MVNE_WEB_THREADS"]
    assert str(found.cost_per_second) == LISTED["MVNE_COST_PER_SECOND"]
    assert found.cost_capacity == 10 * found.cost_per_second


def test_defaults_of_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("MVNE_DEMO_SUBSCRIBERS", "MVNE_DEMO_DAYS", "MVNE_DEMO_EVENTS")
    for name in names:
        monkeypatch.delenv(name, raising=False)
    found = Size.from_environment()
    assert [str(found.subscribers), str(found.days), str(found.events_per_day)] == [LISTED[name] for name in names]
