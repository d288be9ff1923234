"""The process that books: what it leaves, how it locks, and that it comes back."""

import os
import signal
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from mvne_charging.server import Settler
from mvne_charging.settler import end_sessions, settle_brand
from mvne_platform import balances
from mvne_platform.catalogue import PaymentMode
from mvne_platform.charging import online
from mvne_platform.runtime import brand_work
from tests.platform.charging.shop import ANNA, BENT, open_line, open_shop
from tests.platform.charging_online.desk import call, check_books, events, give_money, money, sms
from tests.plugins.database import Database


@pytest.fixture
def lines(database: Database) -> dict[str, UUID]:
    """Two lines with 5.00 each."""
    with brand_work("testbrand") as ctx:
        open_shop(ctx)
        made = {msisdn: open_line(ctx, msisdn, PaymentMode.PREPAID) for msisdn in (ANNA, BENT)}
        for line in made.values():
            give_money(ctx, line, 5_000_000)
        return made


def until(condition: Callable[[], object]) -> None:
    """Wait for what has to come; a test that hangs here has failed."""
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)


def test_a_charge_that_cannot_be_booked_keeps_no_other_from_it(lines: dict[str, UUID]) -> None:
    with brand_work("testbrand") as ctx:
        bad, *good = [online.charge(ctx, sms(who)).answer.id for who in (ANNA, ANNA, BENT)]
        ctx.db.execute(
            text("UPDATE unsettled_charge SET event = overlay(event PLACING '\\x00ff' FROM 1) WHERE charge_id = :id"),
            {"id": bad},
        )
    refused: set[UUID] = set()

    assert settle_brand("testbrand", refused) == 2
    assert refused == {bad}
    assert settle_brand("testbrand", refused) == 0
    with brand_work("testbrand") as ctx:
        assert {event.charge_id for event in events(ctx)} == set(good)
        assert ctx.db.scalar(text("SELECT array_agg(charge_id) FROM unsettled_charge")) == [bad]
        assert money(ctx, lines[ANNA]) == (4_800_000, 200_000)
        check_books(ctx)


def test_dead_sessions_are_locked_in_the_order_of_everybody(lines: dict[str, UUID]) -> None:
    first, last = sorted(lines.values())
    numbers = {line: number for number, line in lines.items()}
    with brand_work("testbrand") as ctx:
        for line, age in ((last, 2), (first, 1)):  # the oldest is the one that is locked last
            begin = call(numbers[line])
            online.start_session(ctx, begin)
            ctx.db.execute(
                text("UPDATE charging_session SET expires_at = :then WHERE id = :id"),
                {"id": begin.id, "then": ctx.now - timedelta(hours=age)},
            )
    ending = threading.Thread(target=lambda: end_sessions("testbrand"))
    with brand_work("testbrand") as ctx:
        balances.lock_purses(ctx, [first])
        ending.start()
        until(lambda: ctx.db.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))
        ctx.db.execute(text("SET LOCAL lock_timeout = '5s'"))
        balances.lock_purses(ctx, [last])  # which nobody has locked before the first
    ending.join(30)
    with brand_work("testbrand") as ctx:
        assert ctx.db.scalar(text("SELECT count(*) FROM charging_session WHERE state = 'open'")) == 0
        assert [money(ctx, line) for line in (first, last)] == [(5_000_000, 0)] * 2


@pytest.mark.fault
def test_a_settler_that_was_killed_is_started_again(lines: dict[str, UUID]) -> None:
    settler = Settler()
    try:
        first = settler.process
        os.kill(first.pid or 0, signal.SIGKILL)
        until(lambda: settler.process is not first and settler.process.is_alive())
        with brand_work("testbrand") as ctx:
            online.charge(ctx, sms())
        until(lambda: booked() == 1)
    finally:
        settler.stop()
    assert not settler.process.is_alive()


def booked() -> int:
    with brand_work("testbrand") as ctx:
        return len(events(ctx))
