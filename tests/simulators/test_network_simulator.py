from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from mvne_simulators.network import app as network_app
from mvne_simulators.network import create_app
from mvne_simulators.state import State
from tests.simulators.simulated import HEADERS, TOKEN, Clock

ANNA = {"imsi": "238010000000001", "iccid": "8945010000000000001", "msisdn": "+4520000001"}
BO = {"imsi": "238010000000002", "iccid": "8945010000000000002", "msisdn": "+4520000002"}
PROFILE = {"services": ["voice", "data"], "apn": "internet", "roaming": True}
NO_PROFILE: dict[str, Any] = {"services": [], "apn": None, "roaming": False}


@pytest.fixture
def network(tmp_path: Path, clock: Clock, client_of: Callable[[Starlette], TestClient]) -> TestClient:
    return client_of(create_app(tmp_path / "network.db", TOKEN, clock))


def put(network: TestClient, request_id: str, operation: str, **fields: Any) -> tuple[int, Any]:
    answer = network.put(f"/v1/requests/{request_id}", json={"operation": operation, **fields})
    return answer.status_code, answer.json()


def refusal(network: TestClient, request_id: str, operation: str, **fields: Any) -> tuple[int, str]:
    status, body = put(network, request_id, operation, **fields)
    assert body["error"]["retryable"] is False
    return status, body["error"]["code"]


def subscribers(network: TestClient) -> Any:
    return network.get("/v1/subscribers").json()["subscribers"]


def fault(network: TestClient, **fields: Any) -> Any:
    answer = network.post("/v1/faults", json=fields)
    assert answer.status_code == 201
    return answer.json()


def test_a_subscriber_lives_through_every_operation(network: TestClient) -> None:
    anna = {**ANNA, "state": "active", "profile": PROFILE}
    done = put(network, "r1", "activate", **ANNA, profile=PROFILE)
    assert done == (200, {"id": "r1", "state": "done", "subscriber": anna})

    assert put(network, "r2", "suspend", imsi=ANNA["imsi"])[1]["subscriber"] == {**anna, "state": "suspended"}
    assert put(network, "r3", "resume", imsi=ANNA["imsi"])[1]["subscriber"] == anna
    moved = {**anna, "msisdn": "+4520000009"}
    assert put(network, "r4", "change_msisdn", imsi=ANNA["imsi"], msisdn="+4520000009")[1]["subscriber"] == moved
    new_sim = {"imsi": "238010000000099", "iccid": "8945010000000000099"}
    swapped = put(network, "r5", "swap_sim", **new_sim, msisdn="+4520000009")
    assert swapped[1]["subscriber"] == {**moved, **new_sim}
    ended = put(network, "r6", "terminate", imsi=new_sim["imsi"])
    assert ended[1]["subscriber"] == {**moved, **new_sim, "state": "terminated"}

    old = network.get(f"/v1/subscribers/{ANNA['imsi']}").json()
    assert old["state"] == "terminated"
    assert [(entry["request_id"], entry["operation"], entry["state"]) for entry in old["history"]] == [
        ("r1", "activate", "active"),
        ("r2", "suspend", "suspended"),
        ("r3", "resume", "active"),
        ("r4", "change_msisdn", "active"),
        ("r5", "swap_sim", "terminated"),
    ]
    assert old["history"][0]["at"] == "2026-10-01T12:00:00.000Z"


def test_a_repeated_request_is_answered_alike_and_executed_once(network: TestClient) -> None:
    first = put(network, "r1", "activate", **ANNA)
    put(network, "r2", "suspend", imsi=ANNA["imsi"])
    assert put(network, "r1", "activate", **ANNA) == first
    assert network.get("/v1/stats").json() == {
        "subscribers": {"active": 0, "suspended": 1, "terminated": 0},
        "requests": {"received": 3, "done": 2, "refused": 0, "pending": 0},
        "by_operation": {
            "activate": {"done": 1, "refused": 0, "pending": 0},
            "suspend": {"done": 1, "refused": 0, "pending": 0},
            "resume": {"done": 0, "refused": 0, "pending": 0},
            "change_msisdn": {"done": 0, "refused": 0, "pending": 0},
            "swap_sim": {"done": 0, "refused": 0, "pending": 0},
            "terminate": {"done": 0, "refused": 0, "pending": 0},
        },
        "faults_struck": {},
    }


def test_an_id_with_another_body_is_refused(network: TestClient) -> None:
    put(network, "r1", "activate", **ANNA)
    assert refusal(network, "r1", "activate", **BO) == (409, "id_reused")
    assert subscribers(network) == [{**ANNA, "state": "active", "profile": NO_PROFILE}]


def test_the_order_of_fields_does_not_make_another_body(network: TestClient) -> None:
    put(network, "r1", "activate", **ANNA)
    assert put(network, "r1", "activate", **dict(reversed(ANNA.items())))[0] == 200


@pytest.mark.parametrize(
    ("operation", "fields", "expected"),
    [
        ("suspend", {"imsi": BO["imsi"]}, (404, "unknown_subscriber")),
        ("suspend", {"imsi": ANNA["imsi"], "msisdn": BO["msisdn"]}, (409, "identity_mismatch")),
        ("terminate", {"imsi": ANNA["imsi"], "iccid": BO["iccid"]}, (409, "identity_mismatch")),
        ("activate", {**ANNA, "msisdn": "+4520000009"}, (409, "already_active")),
        ("activate", {**BO, "msisdn": ANNA["msisdn"]}, (409, "msisdn_in_use")),
        ("activate", {**BO, "iccid": ANNA["iccid"]}, (409, "iccid_in_use")),
        ("activate", {"imsi": BO["imsi"]}, (422, "invalid")),
        ("activate", {**BO, "imsi": "12"}, (422, "invalid")),
        ("activate", {**BO, "surname": "x"}, (422, "invalid")),
        ("explode", BO, (422, "invalid")),
        ("change_msisdn", {"imsi": BO["imsi"], "msisdn": "+4520000009"}, (404, "unknown_subscriber")),
        ("swap_sim", {**BO, "msisdn": "+4520000008"}, (404, "unknown_subscriber")),
    ],
)
def test_a_refusal_changes_nothing(
    network: TestClient, operation: str, fields: dict[str, str], expected: tuple[int, str]
) -> None:
    put(network, "r1", "activate", **ANNA)
    before = subscribers(network)
    assert refusal(network, "r2", operation, **fields) == expected
    assert subscribers(network) == before


def test_numbers_and_sims_in_service_are_not_taken_over(network: TestClient) -> None:
    put(network, "r1", "activate", **ANNA)
    put(network, "r2", "activate", **BO)
    before = subscribers(network)
    assert refusal(network, "r3", "change_msisdn", imsi=BO["imsi"], msisdn=ANNA["msisdn"]) == (409, "msisdn_in_use")
    assert refusal(network, "r4", "swap_sim", **{**BO, "msisdn": ANNA["msisdn"]}) == (409, "imsi_in_use")
    taken_card = {"imsi": "238010000000099", "iccid": BO["iccid"], "msisdn": ANNA["msisdn"]}
    assert refusal(network, "r5", "swap_sim", **taken_card) == (409, "iccid_in_use")
    assert subscribers(network) == before


def test_a_suspended_or_terminated_line_has_one_way_back(network: TestClient) -> None:
    put(network, "r1", "activate", **ANNA)
    put(network, "r2", "suspend", imsi=ANNA["imsi"])
    assert refusal(network, "r3", "activate", **ANNA) == (409, "wrong_state")
    put(network, "r4", "terminate", imsi=ANNA["imsi"])
    assert refusal(network, "r5", "resume", imsi=ANNA["imsi"]) == (409, "wrong_state")
    assert put(network, "r6", "activate", **{**BO, "msisdn": ANNA["msisdn"]})[0] == 200
    assert refusal(network, "r7", "activate", **ANNA) == (409, "msisdn_in_use")
    assert put(network, "r8", "activate", **{**ANNA, "msisdn": "+4520000007"})[0] == 200


def test_subscribers_come_in_pages(network: TestClient) -> None:
    put(network, "r1", "activate", **ANNA)
    put(network, "r2", "activate", **BO)
    page = network.get("/v1/subscribers?first=1").json()
    assert ([one["imsi"] for one in page["subscribers"]], page["next"]) == ([ANNA["imsi"]], ANNA["imsi"])
    page = network.get(f"/v1/subscribers?first=2&after={page['next']}").json()
    assert ([one["imsi"] for one in page["subscribers"]], page["next"]) == ([BO["imsi"]], None)
    assert network.get("/v1/subscribers?first=0").json()["error"]["code"] == "invalid"


def test_a_delayed_request_is_pending_and_then_done_on_its_time(network: TestClient, clock: Clock) -> None:
    fault(network, kind="delay", delay_ms=1500)
    assert put(network, "r1", "activate", **ANNA) == (202, {"id": "r1", "state": "pending"})
    clock.advance(1.4)
    assert put(network, "r1", "activate", **ANNA) == (202, {"id": "r1", "state": "pending"})
    assert subscribers(network) == []
    clock.advance(60)
    request = network.get("/v1/requests/r1").json()
    assert (request["state"], request["subscriber"]["imsi"]) == ("done", ANNA["imsi"])
    history = network.get(f"/v1/subscribers/{ANNA['imsi']}").json()["history"]
    assert [entry["at"] for entry in history] == ["2026-10-01T12:00:01.500Z"]
    assert put(network, "r1", "activate", **ANNA)[0] == 200


def test_a_delayed_request_survives_a_restart(
    tmp_path: Path, clock: Clock, client_of: Callable[[Starlette], TestClient]
) -> None:
    with TestClient(create_app(tmp_path / "n.db", TOKEN, clock), headers=HEADERS) as before:
        fault(before, kind="delay", delay_ms=1000, count=2)
        assert put(before, "r1", "activate", **ANNA)[0] == 202
    clock.advance(2)
    after = client_of(create_app(tmp_path / "n.db", TOKEN, clock))
    assert put(after, "r1", "activate", **ANNA)[0] == 200
    assert [one["remaining"] for one in after.get("/v1/faults").json()["faults"]] == [1]


def test_a_delayed_request_can_be_refused_in_the_end(network: TestClient, clock: Clock) -> None:
    fault(network, kind="delay", delay_ms=1000)
    assert put(network, "r1", "suspend", imsi=ANNA["imsi"])[0] == 202
    clock.advance(1)
    assert refusal(network, "r1", "suspend", imsi=ANNA["imsi"]) == (404, "unknown_subscriber")
    assert network.get("/v1/requests/r1").json()["state"] == "refused"


def test_an_unavailable_network_keeps_nothing(network: TestClient) -> None:
    fault(network, kind="unavailable", count=2)
    for _ in range(2):
        answer = network.put("/v1/requests/r1", json={"operation": "activate", **ANNA})
        assert (answer.status_code, answer.json()["error"]["retryable"]) == (503, True)
        assert answer.headers["retry-after"] == "1"
    assert network.get("/v1/requests/r1").status_code == 404
    assert put(network, "r1", "activate", **ANNA)[0] == 200
    stats = network.get("/v1/stats").json()
    assert stats["requests"] == {"received": 3, "done": 1, "refused": 0, "pending": 0}
    assert stats["faults_struck"] == {"unavailable": 2}


def test_a_refusal_on_demand_is_final_for_that_request(network: TestClient) -> None:
    fault(network, kind="refuse", imsi=ANNA["imsi"])
    assert put(network, "r1", "activate", **BO)[0] == 200
    assert refusal(network, "r2", "activate", **ANNA) == (422, "refused_by_network")
    assert refusal(network, "r2", "activate", **ANNA) == (422, "refused_by_network")
    assert [one["imsi"] for one in subscribers(network)] == [BO["imsi"]]
    assert put(network, "r3", "activate", **ANNA)[0] == 200


def test_a_dropped_answer_leaves_the_work_done(network: TestClient) -> None:
    fault(network, kind="drop_answer", operation="activate")
    with pytest.raises(ConnectionAbortedError):
        put(network, "r1", "activate", **ANNA)
    assert [one["imsi"] for one in subscribers(network)] == [ANNA["imsi"]]
    assert put(network, "r1", "activate", **ANNA)[0] == 200
    assert network.get("/v1/stats").json()["by_operation"]["activate"]["done"] == 1


def test_faults_match_are_listed_and_cleared(network: TestClient) -> None:
    planted = fault(network, kind="unavailable", operation="suspend", count=5)
    assert put(network, "r1", "activate", **ANNA)[0] == 200
    assert put(network, "r2", "suspend", imsi=ANNA["imsi"])[0] == 503
    assert network.get("/v1/faults").json() == {"faults": [{**planted, "remaining": 4}]}
    assert network.delete("/v1/faults").status_code == 204
    assert network.get("/v1/faults").json() == {"faults": []}
    assert put(network, "r2", "suspend", imsi=ANNA["imsi"])[0] == 200


@pytest.mark.parametrize(
    "body", [{"kind": "delay"}, {"kind": "refuse", "delay_ms": 5}, {"kind": "flood"}, {"kind": "refuse", "count": 0}]
)
def test_a_fault_that_makes_no_sense_is_refused(network: TestClient, body: dict[str, Any]) -> None:
    answer = network.post("/v1/faults", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid")
    assert network.get("/v1/faults").json() == {"faults": []}


def test_strangers_and_oversized_bodies_are_turned_away(network: TestClient) -> None:
    assert network.get("/healthz", headers={"Authorization": ""}).json() == {"status": "ok"}
    for wrong in (b"", b"Bearer another", "Bearer ë".encode()):
        answer = network.get("/v1/stats", headers={b"Authorization": wrong})
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "unauthorized")
    assert network.put("/v1/requests/r1", content=b"x" * 65_537).status_code == 413
    for content in (b"", b"[]", b"{", b'{"operation": "\\ud800"}', b"\xff"):
        assert network.put("/v1/requests/r1", content=content).json()["error"]["code"] == "invalid"
    assert network.put("/v1/requests/a%20b", json={}).json()["error"]["code"] == "invalid"
    assert network.get("/v2").json()["error"]["code"] == "not_found"
    assert network.delete("/v1/stats").json()["error"]["code"] == "method_not_allowed"
    assert network.get("/v1/stats").json()["requests"]["received"] == 0


def test_a_full_disk_is_a_retryable_answer_and_leaves_nothing_half_done(
    tmp_path: Path,
    clock: Clock,
    client_of: Callable[[Starlette], TestClient],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened: list[State] = []

    class Limited(State):
        def limit(self, pages: int) -> None:
            self._connection.execute(f"PRAGMA max_page_count = {pages}")

        def __init__(self, path: Path, schema: str) -> None:
            super().__init__(path, schema)
            self.limit(self._connection.execute("PRAGMA page_count").fetchone()[0])
            opened.append(self)

    monkeypatch.setattr(network_app, "State", Limited)
    network = client_of(create_app(tmp_path / "network.db", TOKEN, clock))
    served = next(number for number in range(1000) if activate_number(network, number).status_code == 503)
    assert activate_number(network, served).json()["error"] == {
        "code": "storage_failed",
        "message": "The state file cannot be written: database or disk is full",
        "retryable": True,
    }
    assert network.get(f"/v1/requests/r{served}").status_code == 404

    assert isinstance(opened[0], Limited)
    opened[0].limit(100_000)
    assert activate_number(network, served).status_code == 200
    stats = network.get("/v1/stats").json()
    assert (stats["subscribers"]["active"], stats["requests"]["done"]) == (served + 1, served + 1)


def activate_number(network: TestClient, number: int) -> Any:
    fields = {
        "imsi": f"23801{number:010}",
        "iccid": f"894501{number:013}",
        "msisdn": f"+4520{number:06}",
        "profile": {"apn": "x" * 100},
    }
    return network.put(f"/v1/requests/r{number}", json={"operation": "activate", **fields})
