"""The simulated network element and the load generator, against a server that answers by the book."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mvne_simulators.charging import element as elements
from mvne_simulators.charging import load as loads
from mvne_simulators.charging.http_client import Server
from mvne_simulators.charging.journal import Journal

Answering = Callable[[str, dict[str, Any]], tuple[int, dict[str, Any]]]


def served(answering: Answering, work: Callable[[Server], Any]) -> Any:
    """Run a simulator against a server that answers so; each answer is told once in vain before."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                line, *headers = head.decode().split("\r\n")
                length = next(int(one.split(":")[1]) for one in headers if one.startswith("content-length"))
                status, said = answering(line.split()[1], json.loads(await reader.readexactly(length)))
                body = json.dumps(said).encode()
                writer.write(f"HTTP/1.1 {status} X\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body)
                await writer.drain()
        except asyncio.IncompleteReadError:
            writer.close()

    async def live() -> Any:
        listening = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        try:
            return await work(Server("127.0.0.1", port, "x.localhost", "token"))
        finally:
            listening.close()

    return asyncio.run(live())


class Network:
    """Grants so many units at a time, until so many are used in a session; the last grant is final."""

    def __init__(self, quota: int, most: int, final: str = "terminate") -> None:
        self.quota, self.most, self.final = quota, most, final
        self.used: dict[str, int] = {}
        self.granted: dict[str, int] = {}
        self.threshold: dict[str, int] = {}
        self.updates: list[tuple[int, int]] = []
        self.released: list[str] = []

    def __call__(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if path.endswith("/sessions"):
            session = body["id"]
            self.used[session] = 0
        else:
            session = path.split("/")[-2]
            self.used[session] += body["used"]
            assert self.used[session] <= self.granted[session]
        if path.endswith("/release"):
            self.released.append(session)
            return 200, {"result": "granted", "used": self.used[session], "ended": True, "grant": None}
        if path.endswith("/update"):
            self.updates.append((self.granted[session] - self.used[session], self.threshold[session]))
        left = self.most - self.used[session]
        units = min(self.quota, left)
        final = self.final if units == left else None
        self.granted[session] = self.used[session] + units
        self.threshold[session] = 0 if final else units // 5
        grant = {"units": units, "threshold": self.threshold[session], "final": final, "valid_for_s": 60}
        return 200, {"result": "granted", "used": self.used[session], "ended": False, "grant": grant}


@pytest.mark.parametrize("final", ["terminate", "throttle"])
def test_an_element_reports_at_the_threshold_and_stops_at_the_last_unit(final: str) -> None:
    network = Network(quota=10, most=27, final=final)
    journal = Journal()

    async def run(server: Server) -> elements.Seen:
        element = elements.Element(("+4520000001",), at_once=4, duration_s=1.0, speed=100_000)
        return (await elements.run(server, element, journal))[1]

    seen: elements.Seen = served(network, run)

    assert seen.sessions == len(network.used) == len(network.released) > 0
    assert seen.miscounted == 0
    assert sum(seen.units.values()) == sum(network.used.values())
    assert max(network.used.values()) == 27
    assert network.updates
    assert all(left == threshold for left, threshold in network.updates)
    cut = seen.cut_off if final == "terminate" else seen.throttled
    assert 0 < cut <= sum(used == 27 for used in network.used.values())


def test_an_element_stops_a_session_that_is_refused_more() -> None:
    asked: list[str] = []

    def refuse(path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        asked.append(path.rsplit("/", 1)[-1])
        if path.endswith("/sessions"):
            grant = {"units": 1, "threshold": 0, "final": None}
            return 200, {"result": "granted", "used": 0, "ended": False, "grant": grant}
        ended = path.endswith("/release")
        return 200, {"result": "refused", "used": 1, "ended": ended, "grant": None}

    async def run(server: Server) -> elements.Seen:
        element = elements.Element(("+4520000001",), at_once=1, duration_s=0.3, speed=100_000)
        return (await elements.run(server, element, Journal()))[1]

    seen: elements.Seen = served(refuse, run)

    assert seen.cut_off > 0
    assert seen.miscounted == 0
    assert [one for one in asked if one == "release"]


def test_the_load_keeps_a_journal_and_repeats_what_was_not_answered(tmp_path: Path) -> None:
    seen: dict[str, int] = {}

    def sometimes(path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        seen[body["id"]] = seen.get(body["id"], 0) + 1
        if seen[body["id"]] == 1:
            return 503, {"code": "UNAVAILABLE"}
        return 200, {"id": body["id"], "result": "granted"}

    log = tmp_path / "told.jsonl"

    async def run(server: Server) -> dict[str, Any]:
        with Journal(log) as journal:
            load = loads.Load(("+4520000001", "+4520000002"), clients=2, duration_s=0.5)
            return journal.report(await loads.run(server, load, journal))

    report = served(sometimes, run)

    told = [json.loads(line) for line in log.read_text().splitlines()]
    assert report["requests"] == len(told) == len(seen) > 0
    assert report["results"] == {"granted": len(told)}
    assert report["repeats"] == len(told)
    assert set(seen.values()) == {2}
    assert {one["answer"]["id"] for one in told} == set(seen)
