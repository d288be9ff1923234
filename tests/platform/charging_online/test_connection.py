"""A lane's connection whose socket the event loop says nothing about any more."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import psycopg
import uvloop
from sqlalchemy import text

from mvne_charging.front import Front
from mvne_platform.catalogue import PaymentMode
from mvne_platform.runtime import brand_work
from mvne_platform.runtime.work import find_brand
from tests.platform.charging.shop import ANNA, open_line, open_shop
from tests.platform.charging_online.desk import check_books, give_money, money, sms
from tests.plugins.database import Database


def test_an_answer_or_an_end_that_nobody_is_told_of_is_found(database: Database) -> None:
    with brand_work("testbrand") as ctx:
        open_shop(ctx)
        anna = open_line(ctx, ANNA, PaymentMode.PREPAID)
        give_money(ctx, anna, 5_000_000)

    async def live() -> list[str]:
        with ThreadPoolExecutor(4) as pool:
            front = Front(find_brand("testbrand"), pool, lanes=1)
            said = [(await front.ask(sms())).answer.result]
            for kill in (False, True):
                socket = front._lanes[0]._connection._socket  # as a loop forgets it
                asyncio.get_running_loop().remove_reader(socket)
                if kill:
                    await asyncio.to_thread(end_charging_connections, database)
                said.append((await asyncio.wait_for(front.ask(sms()), 30)).answer.result)
            await front.close()
        return said

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(live()) == ["granted"] * 3
    with brand_work("testbrand") as ctx:
        assert money(ctx, anna) == (5_000_000, 600_000)
        assert ctx.db.scalar(text("SELECT count(*) FROM unsettled_charge")) == 3
        check_books(ctx)


def end_charging_connections(database: Database) -> None:
    with psycopg.connect(database.superuser_dsn) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query LIKE '%charge_plain%' AND pid <> pg_backend_pid()"
        )
