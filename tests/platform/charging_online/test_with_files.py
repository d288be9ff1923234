"""Files and online charging on the same subscribers at once: every event once, balances the sum of ledgers."""

import asyncio
from collections import Counter
from uuid import UUID

import pytest
from sqlalchemy import text

from mvne_charging.settler import settle_brand
from mvne_platform import charging
from mvne_platform.catalogue import PaymentMode
from mvne_platform.charging import columns, online
from mvne_platform.charging.online import SessionRelease
from mvne_platform.kernel import uuid7
from mvne_platform.runtime import Context, brand_work
from tests.platform.charging.shop import ANNA, BENT, FRIEND, open_line, open_shop, receive, receive_bytes
from tests.platform.charging_online.desk import call, check_books, check_nothing_held, give_money, money
from tests.platform.charging_online.wire import Wire, over_wire
from tests.plugins.database import Database

RECORDS = 400
CHARGES = 200
CHUNK = 40


def test_a_file_and_online_charges_meet_on_the_same_lines(database: Database):
    with brand_work("testbrand") as ctx:
        open_shop(ctx)
        lines = [open_line(ctx, msisdn, PaymentMode.PREPAID) for msisdn in (ANNA, BENT)]
        for line in lines:
            give_money(ctx, line, 100_000_000)
        records = [
            f"r{number},sms_out,{(ANNA, BENT)[number % 2]},,{FRIEND},2026-09-30T10:00:00Z,,,1,,,"
            for number in range(RECORDS)
        ]
        file = receive(ctx, *records)

    def load() -> None:
        finished = False
        while not finished:
            with brand_work("testbrand") as ctx:
                finished = charging.load_chunk(ctx, file.id, size=CHUNK).finished

    async def story(wire: Wire) -> Counter[str]:
        loading = asyncio.get_running_loop().run_in_executor(None, load)
        settling = asyncio.get_running_loop().run_in_executor(None, lambda: settle_while(loading))
        answers: Counter[str] = Counter()

        async def client(who: str) -> None:
            for _ in range(CHARGES // 4):
                body = {"id": str(uuid7()), "subscriber": {"msisdn": who}, "service": "sms_out", "other_party": FRIEND}
                answers[(await wire.post("charge", body | {"quantity": 1})).json()["result"]] += 1

        await asyncio.gather(*(client(who) for who in (ANNA, BENT) * 2))
        await loading
        await settling
        return answers

    assert over_wire(story) == {"granted": CHARGES}
    settle_brand("testbrand")
    with brand_work("testbrand") as ctx:
        origins = "SELECT count(file_id), count(charge_id), count(*) FROM rated_event"
        assert tuple(ctx.db.execute(text(origins)).one()) == (RECORDS, CHARGES, RECORDS + CHARGES)
        left = 100_000_000 - (RECORDS + CHARGES) // 2 * 200_000
        assert [money(ctx, line) for line in lines] == [(left, 0), (left, 0)]
        check_books(ctx)
        check_nothing_held(ctx)


def settle_while(loading: "asyncio.Future[None]") -> None:
    while not loading.done():
        settle_brand("testbrand")


def test_a_record_of_usage_that_was_charged_online_is_not_charged_again(database: Database):
    with brand_work("testbrand") as ctx:
        open_shop(ctx)
        anna = open_line(ctx, ANNA, PaymentMode.PREPAID)
        give_money(ctx, anna, 5_000_000)

    async def story(wire: Wire) -> None:
        body = {"id": str(uuid7()), "subscriber": {"msisdn": ANNA}, "service": "sms_out", "other_party": FRIEND}
        await wire.post("charge", body | {"quantity": 1, "correlation": "charging-4711"})

    over_wire(story)
    settle_brand("testbrand")
    assert load_correlated(anna) == ("correlated", (4_800_000, 0))


def load_correlated(anna: UUID) -> tuple[str, tuple[int, int]]:
    """How a record with the charging id ends, and what the line holds then."""
    header = "record_id,service,subscriber,imsi,other_party,start,duration_s,bytes,count,visited_network,answered,cause"
    row = f"r1,sms_out,{ANNA},,{FRIEND},2026-09-30T10:00:00Z,,,1,,,,charging-4711"
    with brand_work("testbrand") as ctx:
        file = receive_bytes(ctx, f"{header},correlation\n{row}\n".encode(), name="correlated.csv")
    with brand_work("testbrand") as ctx:
        charging.load_chunk(ctx, file.id)
    with brand_work("testbrand") as ctx:
        found = ctx.db.execute(text("SELECT kind FROM usage_exception")).scalars().all()
        return ",".join(found), money(ctx, anna)


@pytest.mark.parametrize(("used", "kind", "left"), [(0, "", 4_800_000), (10, "correlated", 4_850_000)])
def test_a_session_that_reported_nothing_leaves_its_record_to_be_charged(
    database: Database, used: int, kind: str, left: int
):
    with brand_work("testbrand") as ctx:
        open_shop(ctx)
        anna = open_line(ctx, ANNA, PaymentMode.PREPAID)
        give_money(ctx, anna, 5_000_000)
        begin = call(requested=60, correlation="charging-4711")
        online.start_session(ctx, begin)
        online.report(ctx, SessionRelease(begin.id, 1, used))
    settle_brand("testbrand")

    assert load_correlated(anna) == (kind, (left, 0))


@pytest.mark.parametrize("as_columns", [False, True])
def test_files_and_online_charging_keep_to_one_spend_limit(database: Database, *, as_columns: bool):
    with brand_work("testbrand") as ctx:
        open_shop(ctx)
        anna = open_line(ctx, ANNA, PaymentMode.HYBRID, spend_limit_micros=1_000_000)
        give_money(ctx, anna, 300_000)
        start = f"{ctx.now:%Y-%m-%dT%H:%M:%SZ}"
        rows = [f"r{number},sms_out,{ANNA},,{FRIEND},{start},,,1,,," for number in range(5)]
        file = receive(ctx, *rows)

    async def story(wire: Wire) -> list[str]:
        body = {"subscriber": {"msisdn": ANNA}, "service": "sms_out", "other_party": FRIEND, "quantity": 1}
        first = await wire.post("charge", body | {"id": str(uuid7())})
        await asyncio.to_thread(load_all, file.id, as_columns=as_columns)
        later = await wire.post("charge", body | {"id": str(uuid7())})
        return [first.json()["result"], later.json()["result"]]

    # 0.20 online and four records come to the limit; the fifth takes 0.20 of the 0.30, and then there is too little.
    assert over_wire(story) == ["granted", "refused"]
    settle_brand("testbrand")
    with brand_work("testbrand") as ctx:
        assert money(ctx, anna) == (100_000, 0)
        assert ctx.db.scalar(text("SELECT value FROM counter WHERE code = 'spend'")) == 1_000_000
        check_books(ctx)
        check_nothing_held(ctx)


def load_all(file_id: UUID, *, as_columns: bool) -> None:
    """Load a whole file, in one way or the other."""
    ahead = columns.Ahead()
    with brand_work("testbrand") as ctx:
        while not _load(ctx, file_id, ahead if as_columns else None):
            pass
    ahead.close()


def _load(ctx: Context, file_id: UUID, ahead: columns.Ahead | None) -> bool:
    loaded = columns.load_columns(ctx, file_id, ahead) if ahead else charging.load_chunk(ctx, file_id)
    return loaded.finished
