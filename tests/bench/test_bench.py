"""Benchmarks and ceilings do the same work, and their figures are written in one shape."""

import ast
import json
from dataclasses import dataclass
from pathlib import Path

import pytest

import mvne_tenants
from bench import orders, rating, tenants
from bench.__main__ import BENCHMARKS, main, write
from bench.footprint import Unequal, footprint, same_effect
from bench.load import WrongAnswer, split_answer
from bench.measure import Result, paces, times
from mvne_platform.runtime import brand_work
from tests.plugins.database import Database

CEILINGS = sorted(Path("bench/ceilings").glob("*.py"))
FORBIDDEN = ("mvne_", "sqlalchemy", "strawberry", "graphql", "dramatiq", "alembic")


@dataclass(frozen=True, slots=True)
class SmallPlace:
    """The test's database in the role of the benchmarks' own installation."""

    database: Database
    scratch: Path

    @property
    def superuser_dsn(self) -> str:
        return self.database.superuser_dsn

    @property
    def admin_dsn(self) -> str:
        return self.database.admin_dsn

    @property
    def app_dsn(self) -> str:
        return self.database.app_dsn


@pytest.fixture
def bare_place(database: Database, tmp_path: Path) -> SmallPlace:
    return SmallPlace(database, tmp_path / "scratch")


@pytest.fixture
def place(bare_place: SmallPlace) -> SmallPlace:
    mvne_tenants.apply(tenants.MANIFEST)
    return bare_place


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


@pytest.mark.parametrize("path", CEILINGS, ids=lambda path: path.stem)
def test_a_ceiling_imports_drivers_and_no_platform(path):
    own = {name for name in imports(path) if name.startswith("bench")}

    assert not [name for name in imports(path) if name.startswith(FORBIDDEN)]
    assert all(name.startswith("bench.ceilings") for name in own)


def test_every_benchmark_has_a_name_that_scripts_rely_on():
    assert {"api.offerings", "orders.place", "rating.scalar", "tenant.create", "facts.relay"} <= set(BENCHMARKS)


def test_an_unknown_prefix_is_refused_with_the_names_there_are(capsys):
    assert main("nothing.like.it") == 2

    said = capsys.readouterr().out
    assert [name for name in BENCHMARKS if name not in said] == []


def test_the_report_is_a_list_of_figures_beside_their_ceilings(place, tmp_path):
    result = rating.scalar(place, per_day=1)
    write([result], tmp_path / "bench.json")

    (written,) = json.loads((tmp_path / "bench.json").read_text())
    assert list(written) == ["name", "value", "unit", "ceiling", "ratio"]
    assert (written["name"], written["unit"]) == ("rating.scalar", "events/s")
    assert written["value"] > 0
    assert written["ceiling"] > 0
    assert written["ratio"] > 0


def test_an_order_leaves_the_same_rows_by_either_way(place):
    before = footprint(place.superuser_dsn, ["fjord"])

    assert orders.place(place, count=2).unit == "orders/s"

    left = footprint(place.superuser_dsn, ["fjord"]).since(before)
    # One to compare effects, one warm-up round and five that count, from either side.
    placed = 2 * (1 + 6 * 2)
    assert left["fjord.product_order:acknowledged"] == left["fjord.subscription:pending"] == placed
    assert left["fjord.sim:reserved"] == left["fjord.number:reserved"] == placed
    assert left["fjord.fact"] == 3 * placed


def test_plain_sql_makes_the_same_schema(bare_place):
    assert tenants.schema(bare_place, rounds=1).name == "tenant.create.schema"


def test_what_leaves_different_rows_is_not_compared(database):
    def ring():
        with brand_work("testbrand") as ctx:
            ctx.ring()

    assert same_effect(database.superuser_dsn, ["platform"], ring, ring) == {"platform.doorbell": 1}
    with pytest.raises(Unequal, match=r"Ours left \{'platform.doorbell': 1\}, the ceiling \{\}"):
        same_effect(database.superuser_dsn, ["platform"], ring, lambda: None)


def test_figures_are_medians_without_the_first_round():
    ours, bare = iter([1.0, 10.0, 30.0, 20.0]), iter([1.0, 40.0, 40.0, 40.0])

    assert paces("a", "things/s", lambda: next(ours), lambda: next(bare), rounds=3) == Result(
        "a", 20.0, "things/s", 40.0, 0.5
    )


def test_a_time_has_the_ceilings_share_as_its_ratio(monkeypatch):
    ticks = iter([0, 9, 9, 18, 20, 24, 24, 25])  # ours, ceiling (uncounted); ours 4 s, the ceiling 1 s
    monkeypatch.setattr("bench.measure.time.perf_counter", lambda: next(ticks))

    assert times("a", list, list, rounds=1) == Result("a", 4, "s", 1, 0.25)


def test_an_answer_is_whole_when_its_length_says_so():
    whole = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

    assert split_answer(bytearray(whole[:-1])) is None
    assert split_answer(bytearray(whole + b"HTTP")) == (200, b"hello", len(whole))
    with pytest.raises(WrongAnswer):
        split_answer(bytearray(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"))
