"""A change of whatever a charge looks at besides balances moves the purse's version: the next request sees it."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from mvne_platform import balances
from mvne_platform.catalogue import PaymentMode
from mvne_platform.kernel import uuid7
from mvne_platform.runtime import Context, brand_work
from tests.platform.charging.shop import ANNA, FRIEND, open_line, open_shop
from tests.platform.charging_online.desk import give_money
from tests.platform.charging_online.wire import Wire, over_wire
from tests.plugins.database import Database

CAROL = "+4561000003"


def run(ctx: Context, statement: str, **values: Any) -> None:
    assert ctx.db.execute(text(statement), values).rowcount == 1


def suspended(ctx: Context, line: UUID) -> None:
    run(ctx, "UPDATE subscription SET state = 'suspended' WHERE id = :line", line=line)


def other_plan(ctx: Context, line: UUID) -> None:
    run(ctx, "UPDATE product SET valid_to = :now WHERE subscription_id = :line", line=line, now=ctx.now)


def number_gone(ctx: Context, line: UUID) -> None:
    run(ctx, "UPDATE subscription_identifier SET valid_to = :now WHERE subscription_id = :line", line=line, now=ctx.now)


def another_number(ctx: Context, line: UUID) -> None:
    run(
        ctx,
        "INSERT INTO subscription_identifier (id, subscription_id, kind, value, valid_from)"
        " VALUES (:id, :line, 'msisdn', :number, :now)",
        id=uuid7(),
        line=line,
        number=CAROL,
        now=ctx.now,
    )


def sharing(ctx: Context, line: UUID) -> None:
    balances.open_group(ctx, line, "Family")


def grouped(ctx: Context, line: UUID) -> None:
    group = uuid7()
    run(ctx, "INSERT INTO customer_group (id, code, name, rank) VALUES (:id, 'staff', 'Staff', 1)", id=group)
    run(
        ctx,
        "INSERT INTO customer_group_member (id, group_id, customer_id, valid_from)"
        " SELECT :id, :group, customer_id, :now FROM subscription WHERE id = :line",
        id=uuid7(),
        group=group,
        line=line,
        now=ctx.now,
    )


def version(ctx: Context, line: UUID) -> int:
    return ctx.db.scalar(text("SELECT version FROM purse WHERE id = :id"), {"id": line}) or 0


@pytest.fixture
def anna(database: Database) -> UUID:
    """A line with 5.00."""
    with brand_work("testbrand") as ctx:
        open_shop(ctx)
        line = open_line(ctx, ANNA, PaymentMode.PREPAID)
        give_money(ctx, line, 5_000_000)
        return line


@pytest.mark.parametrize("change", [suspended, other_plan, number_gone, another_number, sharing, grouped])
def test_a_change_of_terms_moves_the_purse_and_no_other(anna: UUID, change: Callable[[Context, UUID], None]):
    with brand_work("testbrand") as ctx:
        carol = open_line(ctx, CAROL[:-1] + "9", PaymentMode.PREPAID)
        before = version(ctx, anna), version(ctx, carol)
        change(ctx, anna)
        assert (version(ctx, anna) > before[0], version(ctx, carol)) == (True, before[1])


@pytest.mark.parametrize("change", [suspended, other_plan, number_gone])
def test_the_next_request_sees_it(anna: UUID, change: Callable[[Context, UUID], None]):
    """Without the version the front end would go on charging what it remembers."""

    def changed() -> None:
        with brand_work("testbrand") as ctx:
            change(ctx, anna)

    async def story(wire: Wire) -> list[tuple[int, str]]:
        first = await wire.post("charge", sms())
        await asyncio.to_thread(changed)
        second = await wire.post("charge", sms())
        return [(answer.status_code, answer.json().get("result")) for answer in (first, second)]

    (before, after) = over_wire(story)
    assert before == (200, "granted")
    assert after != before


def test_a_number_with_a_new_holder_is_charged_to_the_new_holder(anna: UUID):
    with brand_work("testbrand") as ctx:
        carol = open_line(ctx, CAROL, PaymentMode.PREPAID)
        give_money(ctx, carol, 5_000_000)

    def moved() -> None:
        with brand_work("testbrand") as ctx:
            now = ctx.now - timedelta(seconds=1)
            run(ctx, "UPDATE subscription_identifier SET valid_to = :now WHERE value = :number", number=ANNA, now=now)
            run(
                ctx,
                "INSERT INTO subscription_identifier (id, subscription_id, kind, value, valid_from)"
                " VALUES (:id, :line, 'msisdn', :number, :now)",
                id=uuid7(),
                line=carol,
                number=ANNA,
                now=now,
            )

    async def story(wire: Wire) -> list[str]:
        holders = [(await wire.post("charge", sms())).json()["subscription"]]
        await asyncio.to_thread(moved)
        return [*holders, (await wire.post("charge", sms())).json()["subscription"]]

    assert over_wire(story) == [str(anna), str(carol)]


def sms() -> dict[str, object]:
    said = {"id": str(uuid7()), "subscriber": {"msisdn": ANNA}, "service": "sms_out", "other_party": FRIEND}
    return said | {"quantity": 1}
