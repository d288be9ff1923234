"""A simulated network element: it opens sessions for subscribers, reports use in quotas, and obeys when told to stop.

Time runs faster than in a real network: `speed` units of time for each second.
"""

import asyncio
import random
import time
from dataclasses import dataclass, field
from typing import Any

from mvne_simulators.charging.http_client import Client, Server
from mvne_simulators.charging.journal import Journal
from mvne_simulators.charging.load import SESSIONS, ask, granted, new_id

_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Element:
    """How many subscribers use it at once, for how long, and how much faster than life."""

    subscribers: tuple[str, ...]
    at_once: int
    duration_s: float
    speed: float = 60.0
    other_party: str = "+4520999999"
    patience_s: float = 10.0
    seed: int = 1


@dataclass(slots=True)
class Seen:
    """What happened: sessions begun, refused, cut off, throttled; units used, and how many others charging told."""

    sessions: int = 0
    refused: int = 0
    cut_off: int = 0
    throttled: int = 0
    units: dict[str, int] = field(default_factory=dict)
    miscounted: int = 0


async def run(server: Server, element: Element, journal: Journal) -> tuple[float, Seen]:
    """Run the element; answers how many seconds it took, and what happened."""
    started = time.perf_counter()
    seen = Seen()
    until = started + element.duration_s
    users = (_user(server, element, journal, seen, number, until) for number in range(element.at_once))
    await asyncio.gather(*users)
    return time.perf_counter() - started, seen


async def _user(  # a user of the element, its surroundings and its end
    server: Server, element: Element, journal: Journal, seen: Seen, number: int, until: float
) -> None:
    chance = random.Random(f"{element.seed}/{number}")
    client = Client(server, element.patience_s)
    try:
        while time.perf_counter() < until:
            await _session(client, element, journal, seen, chance)
            await asyncio.sleep(chance.random() * 30 / element.speed)
    finally:
        journal.repeats += client.repeats
        client.close()


async def _session(client: Client, element: Element, journal: Journal, seen: Seen, chance: random.Random) -> None:
    """One session from its start to its release: a call, or data."""
    voice = chance.random() < 0.6
    demand = int(chance.expovariate(1 / 180)) + 1 if voice else int(chance.expovariate(1 / (20 * _MEGABYTE))) + 1
    pace = 1.0 if voice else _MEGABYTE / 2
    session = new_id()
    body: dict[str, Any] = {
        "id": session,
        "subscriber": {"msisdn": chance.choice(element.subscribers)},
        "service": "voice_out" if voice else "data",
    }
    if voice:
        body["other_party"] = element.other_party
    said = await ask(client, journal, "start", SESSIONS, body)
    if said is None or said["result"] != "granted":
        seen.refused += 1
        return
    seen.sessions += 1
    used = await _go_on(client, journal, seen, _Going(session, demand, pace * element.speed, said))
    seen.units[body["service"]] = seen.units.get(body["service"], 0) + used


@dataclass(slots=True)
class _Going:
    """A session under way: how much is wanted in all, how fast it is used, and the last answer."""

    session: str
    demand: int
    per_second: float
    said: dict[str, Any]


async def _go_on(client: Client, journal: Journal, seen: Seen, going: _Going) -> int:
    """Use what is granted, report when little is left, ask for more; release at the end of demand or grant.

    Answers the units used.
    """
    used, sequence, said = 0, 0, going.said
    while True:
        grant = said.get("grant") or {}
        units = min(int(grant.get("units", 0)) - int(grant.get("threshold", 0)), going.demand - used)
        await asyncio.sleep(units / going.per_second)
        used += units
        sequence += 1
        over = used >= going.demand or _is_final(grant, seen)
        last = {"sequence": sequence, "used": units}
        what = "release" if over else "update"
        path = f"{SESSIONS}/{going.session}/{what}"
        answer = await ask(client, journal, what, path, last, session=going.session)
        if answer is not None and answer["used"] != used:
            seen.miscounted += abs(answer["used"] - used)
        if over or answer is None:
            return used
        said = answer if granted(answer) else answer | {"grant": {"final": _final_of(answer) or "terminate"}}


def _final_of(said: dict[str, Any]) -> str | None:
    """What to do when an answer's grant is used up; None while more can be asked for."""
    return (said.get("grant") or {}).get("final")


def _is_final(grant: dict[str, Any], seen: Seen) -> bool:
    """Whether these were the last units; the subscriber is cut off, or goes on slowly without being charged."""
    action = grant.get("final")
    if action == "terminate":
        seen.cut_off += 1
    elif action == "throttle":
        seen.throttled += 1
    return action is not None
