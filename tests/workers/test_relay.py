"""Facts get positions without gaps, each reaction becomes one job, and nothing is sent before it is committed."""

import threading
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import select, text

from mvne_platform.kernel import Fact, uuid7
from mvne_platform.runtime import Job, brand_work
from mvne_platform.runtime.clock import system_now
from mvne_platform.runtime.models import Doorbell, FactPosition, FactRow, JobRow, Outbox
from mvne_workers import relay
from mvne_workers.relay import relay_brand, relay_rung, resend
from tests.plugins.database import Database

Sent = list[tuple[str, UUID, str]]


@dataclass(frozen=True, slots=True)
class Happened(Fact):
    """A fact of the test's own."""

    thing_id: UUID
    note: str = ""


@dataclass(frozen=True, slots=True)
class Ignored(Fact):
    """A fact nobody reacts to."""

    thing_id: UUID


@pytest.fixture(autouse=True)
def two_reactions(monkeypatch: pytest.MonkeyPatch) -> None:
    known = relay.reactions_to
    monkeypatch.setattr(relay, "reactions_to", lambda kind: ("one", "two") if kind == "Happened" else known(kind))


def emit(count: int, slug: str = "testbrand") -> list[str]:
    with brand_work(slug) as ctx:
        for number in range(count):
            ctx.emit(Happened(uuid7(), f"{number}"))
        return [fact.to_payload()["thing_id"] for fact in ctx.facts]


def positions(slug: str = "testbrand") -> list[tuple[int, str]]:
    with brand_work(slug) as ctx:
        query = select(FactPosition.position, FactRow.payload).join(FactRow).order_by(FactPosition.position)
        return [(position, payload["thing_id"]) for position, payload in ctx.db.execute(query)]


def keep(sent: Sent) -> relay.Send:
    return lambda slug, job_id, queue: sent.append((slug, job_id, queue))


def test_facts_are_positioned_in_the_order_they_happened(database: Database) -> None:
    first, second = emit(3), emit(2)

    assert relay_rung(keep([])) == 10
    assert positions() == list(enumerate(first + second, 1))
    assert relay_rung(keep([])) == 0


def test_each_reaction_becomes_one_job_that_is_there_when_it_is_sent(database: Database) -> None:
    emit(1)
    found: list[dict[str, object]] = []

    def send(slug: str, job_id: UUID, queue: str) -> None:
        with brand_work(slug) as ctx:  # a transaction of its own sees committed rows only
            found.append(ctx.db.get_one(JobRow, job_id).arguments)

    assert relay_rung(send) == 2
    assert [arguments["reaction"] for arguments in found] == ["one", "two"]


def test_parallel_relays_take_each_fact_once(database: Database) -> None:
    things = [thing for _ in range(20) for thing in emit(5)]
    sent: Sent = []
    start = threading.Barrier(4)

    def take() -> None:
        start.wait()
        relay_brand("testbrand", keep(sent))

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert positions() == list(enumerate(things, 1))
    assert len(sent) == len({job_id for _, job_id, _ in sent}) == 200


def test_a_rolled_back_fact_leaves_nothing(database: Database) -> None:
    def cut_off() -> None:
        with brand_work("testbrand") as ctx:
            ctx.emit(Happened(uuid7()))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        cut_off()
    with brand_work("testbrand") as ctx:
        counts = [ctx.db.scalar(select(text("count(*)")).select_from(table)) for table in (FactRow, Outbox, Doorbell)]
    assert counts == [0, 0, 0]


def test_facts_that_nobody_reacts_to_hold_up_none_behind_them(database: Database) -> None:
    with brand_work("testbrand") as ctx:
        for _ in range(relay.BATCH):
            ctx.emit(Ignored(uuid7()))
    emit(1)
    assert relay_brand("testbrand", keep([])) == 2
    assert len(positions()) == relay.BATCH + 1


def test_brands_are_relayed_apart(database: Database) -> None:
    mine, theirs = emit(2), emit(3, "otherbrand")
    sent: Sent = []
    relay_rung(keep(sent))
    assert positions() == list(enumerate(mine, 1))
    assert positions("otherbrand") == list(enumerate(theirs, 1))
    assert sorted(slug for slug, _, _ in sent) == ["otherbrand"] * 6 + ["testbrand"] * 4


def test_what_was_sent_and_forgotten_is_sent_again(database: Database) -> None:
    with brand_work("testbrand") as ctx:
        job_id = ctx.later(Job("test.never", "events", lambda ctx: None))
    relay_rung(keep([]))
    sent: Sent = []
    assert resend(["testbrand"], keep(sent)) == 0
    assert sent == []

    with brand_work("testbrand") as ctx:
        ctx.db.get_one(JobRow, job_id).relayed_at = system_now() - timedelta(minutes=1)
    resend(["testbrand"], keep(sent))
    assert sent == [("testbrand", job_id, "events")]


def test_a_lost_doorbell_loses_nothing(database: Database) -> None:
    things = emit(1)
    with brand_work("testbrand") as ctx:
        assert ctx.db.scalar(select(Doorbell.brand_role)) == "testbrand_app"
    with psycopg.connect(database.superuser_dsn) as connection:
        connection.execute("DELETE FROM platform.doorbell")
    assert relay_rung(keep([])) == 0
    assert resend(["testbrand"], keep([])) == 2
    assert positions() == [(1, things[0])]
