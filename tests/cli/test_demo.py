"""The parts of the demo's story: who plays, what is kept, how doors are used. The whole of it: test_first_hour.py."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast

import pytest

from mvne_cli.demo import living, month
from mvne_cli.demo.cast import Size, casts
from mvne_cli.demo.doors import Door, Refused, until
from mvne_cli.demo.journal import Journal
from mvne_cli.demo.stage import Stage
from mvne_cli.stopping import Stopped

HELD_BACK = {"fjord": (), "most": (), "pixel": ("00",)}


@pytest.mark.parametrize(
    ("given", "size"),
    [
        ({}, Size(12, 31, 12)),
        ({"MVNE_DEMO_SUBSCRIBERS": "5", "MVNE_DEMO_DAYS": "3", "MVNE_DEMO_EVENTS": "2"}, Size(5, 3, 2)),
        ({"MVNE_DEMO_SUBSCRIBERS": "1", "MVNE_DEMO_DAYS": "0", "MVNE_DEMO_EVENTS": "0"}, Size(4, 1, 1)),
        ({"MVNE_DEMO_SUBSCRIBERS": "99", "MVNE_DEMO_DAYS": "99", "MVNE_DEMO_EVENTS": "999"}, Size(15, 31, 200)),
        ({"MVNE_DEMO_SUBSCRIBERS": "many", "MVNE_DEMO_DAYS": "-1"}, Size(12, 31, 12)),
    ],
)
def test_the_demo_has_bounds(given: dict[str, str], size: Size, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MVNE_DEMO_SUBSCRIBERS", "MVNE_DEMO_DAYS", "MVNE_DEMO_EVENTS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert Size.from_environment() == size


@pytest.mark.parametrize("subscribers", range(4, 16))
def test_every_part_of_the_story_has_its_player_whatever_the_size(subscribers: int) -> None:
    for brand in casts(Size(subscribers)):
        players = brand.characters
        assert [one.name for one in players if one.is_refused] == [*HELD_BACK[brand.brand]]
        in_service = [one for one in players if not one.is_refused]
        assert len({one.name for one in in_service}) == len(in_service) == subscribers
        assert {one.day for one in in_service} <= {1, 6, 16}
        assert {1} < {one.day for one in in_service}, "somebody signs up later, and is charged in part"
        assert {one.sim for one in in_service} == {"PHYSICAL", "ESIM"}
        assert any(one.add_ons for one in in_service)
        if brand.voucher_value:
            assert [one.name for one in in_service if one.voucher] in (["01"], ["01", "04"])
            assert {one.day for one in in_service if one.voucher} == {1}
            assert [one.name for one in in_service if one.declined] == ["04"]
        if brand.verifies:
            assert all(one.document for one in players)
            assert [one.pay_days for one in in_service[:4]] == [(16, 26), (30,), (), (16, 26)]
            assert [one.keeps > 0 for one in in_service] == [True] * subscribers


def test_nobody_of_the_cast_is_a_person() -> None:
    names = {(one.called.given, one.called.family[:-3]) for brand in casts(Size()) for one in brand.characters}
    assert names == {
        ("Test", "Kunde"),
        ("Test", "Customer"),
        ("Probni", "Korisnik"),
        ("Probni", "Kupac"),
        ("Muster", "Kunde"),
    }


def test_a_journal_survives_and_is_nobody_elses(tmp_path: Path) -> None:
    file = tmp_path / "demo" / "fjord.json"
    journal = Journal(file)
    assert journal.get("order 01") is None
    journal.note("order 01", {"id": "x"})
    journal.note("line 01", 1)
    journal.note("line 02", 2)
    again = Journal(file)
    assert "order 01" in again
    assert again["order 01"] == {"id": "x"}
    assert again.all("line ") == [1, 2]
    assert file.stat().st_mode & 0o777 == 0o600


class Platform(BaseHTTPRequestHandler):
    """Answers what the test has laid ready, and keeps what it was asked."""

    answers: list[tuple[int, Any]]
    asked: list[tuple[str, dict[str, str], bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.asked.append((self.path, dict(self.headers), body))
        status, content = self.answers.pop(0)
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def platform() -> Iterator[tuple[type[Platform], int]]:
    handler = cast("type[Platform]", type("Handler", (Platform,), {"answers": [], "asked": []}))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield handler, server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mvne_cli.demo.doors._PAUSE_SECONDS", 0.001)
    monkeypatch.setattr("mvne_cli.demo.doors._NEW_KEY_SECONDS", 0.001)


DATA = {"data": {"shop": {"name": "Fjord"}}}
MUTATION = {"data": {"placeOrder": {"order": {"id": "o"}, "userErrors": []}}}


def test_a_door_names_its_host_and_waits_out_a_restart(platform: tuple[type[Platform], int]) -> None:
    handler, port = platform
    handler.answers += [(503, {}), (429, {}), (200, DATA)]
    door = Door(port, "fjord.localhost", threading.Event(), headers={"X-Brand": "fjord"})
    assert door.ask("{ shop { name } }") == {"shop": {"name": "Fjord"}}
    assert len(handler.asked) == 3
    path, headers, body = handler.asked[2]
    assert (path, headers["Host"], headers["X-Brand"]) == ("/graphql", f"fjord.localhost:{port}", "fjord")
    assert json.loads(body) == {"query": "{ shop { name } }", "variables": {}}


def test_a_mutation_carries_its_key_each_time_it_is_sent(platform: tuple[type[Platform], int]) -> None:
    handler, port = platform
    handler.answers += [(502, {}), (200, MUTATION)]
    door = Door(port, "fjord.localhost", threading.Event())
    assert door.do("mutation", "demo-fjord-order-01", {"a": 1})["order"] == {"id": "o"}
    assert {headers["Idempotency-Key"] for _, headers, _ in handler.asked} == {"demo-fjord-order-01"}
    assert len({body for _, _, body in handler.asked}) == 1


def test_a_token_that_is_no_longer_good_is_replaced(platform: tuple[type[Platform], int]) -> None:
    handler, port = platform
    tokens = iter(["old", "new"])
    handler.answers += [(401, {}), (200, DATA)]
    door = Door(port, "fjord.localhost", threading.Event(), lambda _: next(tokens))
    door.ask("{ shop { name } }")
    assert [headers["Authorization"] for _, headers, _ in handler.asked] == ["Bearer old", "Bearer new"]


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        ({"errors": [{"message": "No.", "extensions": {"code": "FORBIDDEN"}}]}, ("FORBIDDEN",)),
        ({"data": {"topUp": {"userErrors": [{"code": "BAD_TOP_UP", "message": "No."}]}}}, ("BAD_TOP_UP",)),
    ],
)
def test_what_is_refused_is_raised_with_its_codes(
    platform: tuple[type[Platform], int], content: object, codes: tuple[str, ...]
) -> None:
    handler, port = platform
    handler.answers += [(200, content)]
    with pytest.raises(Refused, match=r"No\.") as refused:
        Door(port, "fjord.localhost", threading.Event()).do("mutation", "k", {})
    assert refused.value.codes == codes


def test_a_door_does_not_wait_for_a_platform_that_is_to_stop() -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(Stopped):
        Door(1, "fjord.localhost", stop).ask("{ shop { name } }")


def test_waiting_ends_with_a_name_for_what_never_came() -> None:
    answers = iter([None, "", "there"])
    assert until(threading.Event(), lambda: next(answers), what="it") == "there"
    with pytest.raises(TimeoutError, match="the end of time did not happen within 0 s"):
        until(threading.Event(), lambda: None, what="the end of time", patience_seconds=0)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    nobody = cast("Door", None)
    return Stage(
        cast=casts(Size())[0],
        storefront=nobody,
        console=nobody,
        journal=Journal(tmp_path / "fjord.json"),
        data=tmp_path,
        zone="Europe/Copenhagen",
        currency="DKK",
        stop=threading.Event(),
        say=lambda _: None,
    )


def test_days_are_the_brands_and_winter_time_comes(stage: Stage) -> None:
    assert stage.at(1) == datetime(2026, 9, 30, 22, tzinfo=UTC)
    assert stage.at(25, 12) == datetime(2026, 10, 25, 11, tzinfo=UTC)
    assert stage.at(34) == datetime(2026, 11, 2, 23, tzinfo=UTC)


def test_a_step_is_done_once_under_a_key_that_stays(stage: Stage) -> None:
    keys: list[str] = []
    for _ in range(2):
        assert stage.once("top-up 01 on day 16", lambda key: keys.append(key) or "paid") == "paid"
    assert keys == ["demo-fjord-top-up-01-on-day-16"]


def test_a_step_that_fails_is_not_noted(stage: Stage) -> None:
    def refuse(_key: str) -> None:
        raise Refused("No.")

    with pytest.raises(Refused):
        stage.once("order 01", refuse)
    assert "order 01" not in stage.journal


def test_a_story_that_fails_stops_the_others_and_is_told(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_stage: Stage) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(month, "live", fail)
    machine = threading.Event()
    abandon = living._Either(machine)
    failures: dict[str, Exception] = {}
    living._play(stage, failures, abandon)
    assert isinstance(failures["fjord"], ZeroDivisionError)
    assert abandon.is_set()
    assert not machine.is_set()
    assert living.LIVED not in stage.journal


def test_a_story_that_was_lived_is_not_lived_again(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    lived: list[str] = []
    monkeypatch.setattr(month, "live", lambda stage: lived.append(stage.brand))
    for _ in range(2):
        living._play(stage, {}, threading.Event())
    assert lived == ["fjord"]


def test_whoever_has_an_exchange_gets_its_calls() -> None:
    most = casts(Size())[1]
    stage_of_most = cast("Stage", type("S", (), {"cast": most})())
    lines = month._with_exchange(stage_of_most, most.characters)
    assert {one.plan for one in lines} == {"most-office"}
    assert all(one.day < (most.asterisk_day or 0) for one in lines if one.day == 1)
