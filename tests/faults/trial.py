"""Trials: orders, processes that work on them and may be killed, and what must be true afterwards."""

import multiprocessing
import os
from multiprocessing.process import BaseProcess
from uuid import UUID

import httpx2
import psycopg
from sqlalchemy import text

from mvne_cli.installation import Installation
from mvne_platform import catalogue, orders, party
from mvne_platform.runtime import brand_work
from mvne_workers.relay import relay_brand
from mvne_workers.runner import State, run_job
from tests.platform.outside_world import TOKEN

BRAND = "fjord"
ONCE_PER_ORDER = (
    "OrderPlaced",
    "OrderReleased",
    "NetworkRequestDone",
    "SubscriptionActivated",
    "OrderCompleted",
    "MemberEnrolled",
)
processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["tests.faults.trial", "mvne_workers.registry"])


def work(environment: dict[str, str]) -> None:
    """A process's life: relay and run until nothing is left, or until it is killed at its point."""
    os.environ.clear()
    os.environ.update(environment)
    waiting: list[UUID] = []

    def keep(_slug: str, job_id: UUID, _queue: str) -> None:
        waiting.append(job_id)

    while relay_brand(BRAND, keep) or waiting:
        outcomes = {job_id: run_job(BRAND, job_id) for job_id in waiting}
        waiting[:] = [job_id for job_id, outcome in outcomes.items() if outcome.state is State.AGAIN]


def start_work(step: str | None = None, after: int = 1) -> BaseProcess:
    """Start a process that works; one that is given a step dies there, at its `after`-th passage."""
    armed = {"MVNE_FAULT_STEP": step, "MVNE_FAULT_AFTER": str(after)} if step else {}
    process = processes.Process(target=work, args=(dict(os.environ) | armed,))
    process.start()
    return process


def exit_code(step: str | None = None, after: int = 1) -> int | None:
    """Let a process work until it ends; answers how."""
    process = start_work(step, after)
    process.join(60)
    return process.exitcode


def place_order(number: int) -> UUID:
    """Order the brand's first plan for a new customer."""
    with brand_work(BRAND) as ctx:
        plan = next(offer for offer in catalogue.sellable(ctx) if offer.offering.kind is catalogue.OfferingKind.PLAN)
        customer = party.NewCustomer(
            given_name="Test", family_name=f"Customer {number}", email=f"customer{number}@{BRAND}.example"
        )
        return orders.place_order(ctx, orders.NewOrder(offering_id=plan.offering.id, customer=customer)).id


def finish() -> None:
    """What a scheduler does after a death: leases end, and what was sent and is still there is sent again."""
    for _ in range(4):
        with brand_work(BRAND) as ctx:
            ctx.db.execute(text("UPDATE job SET leased_until = NULL, relayed_at = NULL WHERE failed_at IS NULL"))
        assert exit_code() == 0


def check_everything_happened_once(installation: Installation, outside: dict[str, str], count: int) -> None:
    """Compare brand, network and mailbox with the number of orders."""
    facts = "SELECT kind, count(*) FROM fact GROUP BY kind"
    with psycopg.connect(installation.postgres.ensure_running().dsn_of("mvne")) as connection:
        connection.execute(f"SET search_path TO {BRAND}")
        states = dict(connection.execute("SELECT state, count(*) FROM product_order GROUP BY state").fetchall())
        kinds = dict(connection.execute(facts).fetchall())
        left = connection.execute("SELECT count(*) FROM job").fetchone()
        lines = dict(connection.execute("SELECT state, count(*) FROM subscription GROUP BY state").fetchall())
        numbers = connection.execute("SELECT count(*) FROM number WHERE state = 'assigned'").fetchone()
        letters = connection.execute(
            "SELECT count(*), count(DISTINCT (code, occasion_id, channel)) FROM letter"
        ).fetchone()
        positions = connection.execute("SELECT count(*), max(position) FROM fact_position").fetchone()
        (emitted,) = connection.execute("SELECT count(*) FROM fact").fetchone() or (0,)
    assert states == {"completed": count}
    assert lines == {"active": count}
    assert numbers == (count,)
    assert left == (0,)
    assert {kind: kinds[kind] for kind in ONCE_PER_ORDER} == dict.fromkeys(ONCE_PER_ORDER, count)
    assert letters is not None
    assert letters[0] == letters[1]
    assert positions == (emitted, emitted)
    stats = httpx2.get(f"{outside['network']}/v1/stats", headers={"Authorization": f"Bearer {TOKEN}"}).json()
    assert stats["subscribers"] == {"active": count, "suspended": 0, "terminated": 0}
    assert stats["by_operation"]["activate"]["done"] == count
