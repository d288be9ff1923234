"""A load generator: many clients, each asking for the next charge as soon as the last was answered, or at a rate."""

import asyncio
import random
import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from mvne_simulators.charging.http_client import Client, NoAnswer, Server
from mvne_simulators.charging.journal import Journal

CHARGE, SESSIONS = "/charging/v1/charge", "/charging/v1/sessions"


@dataclass(frozen=True, slots=True)
class Load:
    """What to ask: `rate` is requests a second in all (0: as fast as answers come), `sessions` the share of calls.

    `other_party` is who is written to and called. The same seed asks the same of the same subscribers; ids are new.
    """

    subscribers: tuple[str, ...]
    clients: int
    duration_s: float
    rate: float = 0.0
    sessions: float = 0.0
    other_party: str = "+4520999999"
    patience_s: float = 10.0
    seed: int = 1


async def run(server: Server, load: Load, journal: Journal) -> float:
    """Run the load; answers how many seconds it took."""
    started = time.perf_counter()
    until = started + load.duration_s
    await asyncio.gather(*(_client(server, load, journal, number, until) for number in range(load.clients)))
    return time.perf_counter() - started


async def _client(server: Server, load: Load, journal: Journal, number: int, until: float) -> None:
    chance = random.Random(f"{load.seed}/{number}")
    client = Client(server, load.patience_s)
    pause = load.clients / load.rate if load.rate else 0.0
    due = time.perf_counter() + chance.random() * pause
    try:
        while (now := time.perf_counter()) < until:
            if pause:
                await asyncio.sleep(max(0.0, due - now))
                due += pause
            subscriber = chance.choice(load.subscribers)
            if load.sessions and chance.random() < load.sessions:
                await _call(client, load, journal, subscriber, chance)
            else:
                await _message(client, load, journal, subscriber)
    finally:
        journal.repeats += client.repeats
        client.close()


async def _message(client: Client, load: Load, journal: Journal, subscriber: str) -> None:
    body = {
        "id": new_id(),
        "subscriber": {"msisdn": subscriber},
        "service": "sms_out",
        "other_party": load.other_party,
        "quantity": 1,
    }
    await ask(client, journal, "charge", CHARGE, body)


async def _call(client: Client, load: Load, journal: Journal, subscriber: str, chance: random.Random) -> None:
    """Start, some updates, release; within a fraction of a second."""
    session = new_id()
    body = {
        "id": session,
        "subscriber": {"msisdn": subscriber},
        "service": "voice_out",
        "other_party": load.other_party,
        "requested": 30,
    }
    said = await ask(client, journal, "start", SESSIONS, body)
    sequence = 0
    for _ in range(chance.randint(0, 3)):
        units = granted(said)
        if units == 0:
            break
        sequence += 1
        report = {"sequence": sequence, "used": units, "requested": 30}
        said = await ask(client, journal, "update", f"{SESSIONS}/{session}/update", report, session=session)
    if said and said.get("ended") is False:
        last = {"sequence": sequence + 1, "used": chance.randint(0, granted(said))}
        await ask(client, journal, "release", f"{SESSIONS}/{session}/release", last, session=session)


async def ask(  # whom, what, where; each its own thing
    client: Client, journal: Journal, what: str, path: str, body: dict[str, Any], session: str | None = None
) -> dict[str, Any] | None:
    """Ask and keep the answer in the journal; None when there was none."""
    started = time.perf_counter()
    try:
        told = await client.post(path, body)
    except NoAnswer:
        told = None
    journal.note(what, body | ({"session": session} if session else {}), told, time.perf_counter() - started)
    return told.said if told is not None and told.status == 200 else None


def granted(said: dict[str, Any] | None) -> int:
    """The units of an answer's grant."""
    grant = said.get("grant") if said else None
    return int(grant["units"]) if grant else 0


def new_id() -> str:
    """A UUID of version 7 (RFC 9562 §5.7): it sorts by time."""
    made = time.time_ns() // 1_000_000 << 80 | 0x7 << 76 | random.getrandbits(12) << 64
    return str(UUID(int=made | 0b10 << 62 | random.getrandbits(62)))
