"""Bills and re-rating: what is invoiced is frozen, and the next invoice carries the difference; worked out by hand."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import text

from mvne_platform import billing, catalogue
from mvne_platform.catalogue import PriceListDraft, RateDraft, ZoneDraft, editing
from mvne_platform.charging import rerating
from mvne_platform.charging.past import Scope
from mvne_platform.runtime import Context
from mvne_platform.subscriptions import Subscription
from tests.platform.billing.shop import DECEMBER, NOVEMBER, Shop, copenhagen
from tests.platform.charging.jobs import run_jobs
from tests.platform.charging.shop import RATES, ZONES, call, load, open_shop, receive

JANUARY = date(2027, 1, 1)
OCTOBER_1 = copenhagen(10, 1)
# From 1 October on, a day late: calls to +4530 are to mobiles, at 0.36 a minute instead of 0.30.
MOBILE = ZoneDraft("mobile", "Mobile", prefixes=("4530",))
DEARER = RateDraft("mobile", "voice_out", 360_000, 60, 1, 1, connection_fee_micros=100_000)


@pytest.fixture
def used(shop: Shop) -> Subscription:
    """A line on a plan without a fee, with October's calls: two of 61 s to +4530 (0.405 each), one to +4544 (0.405)."""
    ctx = shop.ctx
    ctx.now = OCTOBER_1
    open_shop(ctx)
    plan = shop.plan("free", monthly=0)
    plan.price_list = "standard"
    ctx.db.flush()
    line = shop.line(plan)
    ctx.now = copenhagen(10, 20)
    number = number_of(ctx, line)
    load(
        ctx,
        receive(
            ctx,
            call(1, 61, number),
            call(2, 61, number, start="2026-10-06T10:00:00Z"),
            call(3, 61, number, "+4544000000", start="2026-10-07T10:00:00Z"),
        ),
    )
    return line


def number_of(ctx: Context, line: Subscription) -> str:
    found = ctx.db.scalar(
        text("SELECT value FROM subscription_identifier WHERE subscription_id = :line"), {"line": line.id}
    )
    assert isinstance(found, str)
    return found


def rerate(ctx: Context, since: datetime, zones: tuple[ZoneDraft, ...], rates: tuple[RateDraft, ...]) -> None:
    """Publish a version that holds since the first of October, and book what it makes of usage."""
    catalogue.import_price_list(ctx, PriceListDraft("standard", "DKK", since, zones, rates))
    run = rerating.start_rerating(ctx, Scope(OCTOBER_1.astimezone(UTC)), price_list=None, reason="Prices came late.")
    run_jobs(ctx)
    billing.book_rerating(ctx, run.id)
    run_jobs(ctx)
    assert run.state is rerating.RunState.BOOKED


def lines_of(ctx: Context, invoice: billing.Invoice) -> list[tuple[Any, ...]]:
    """Zone, events, quantity, exact micros and net micros of usage lines."""
    return [
        (line.description, line.zone, line.events, line.quantity, line.exact_micros, line.net_micros)
        for line in billing.lines(ctx, [invoice.id])[invoice.id]
    ]


def test_before_the_bill_it_stands_on_the_bill_as_it_is_now(shop: Shop, used: Subscription) -> None:
    rerate(shop.ctx, OCTOBER_1, (*ZONES, MOBILE), (*RATES, DEARER))
    (invoice,) = shop.bill(NOVEMBER)
    # To mobiles 2 × 0.466 = 0.932, in Denmark 0.405: 1.337 with 25 % tax.
    assert [line[1:5] for line in lines_of(shop.ctx, invoice)] == [
        ("dk", 1, 61, 405_000),
        ("mobile", 2, 122, 932_000),
    ]
    assert invoice.gross_micros == 1_340_000


def test_an_invoice_is_frozen_and_the_next_one_carries_the_difference_by_zone(shop: Shop, used: Subscription) -> None:
    ctx = shop.ctx
    (october,) = shop.bill(NOVEMBER)
    frozen = lines_of(ctx, october)
    assert [line[1:5] for line in frozen] == [("dk", 3, 183, 1_215_000)]
    ctx.now = copenhagen(11, 10)
    load(ctx, receive(ctx, call(4, 61, number_of(ctx, used), "+4544000000", "2026-11-05T10:00:00Z"), name="later.csv"))
    rerate(ctx, OCTOBER_1, (*ZONES, MOBILE), (*RATES, DEARER))
    assert lines_of(ctx, october) == frozen

    (november,) = shop.bill(DECEMBER)
    # November's own call 0.405; the two of October leave Denmark (−0.81) and are to mobiles (0.932): + 0.122 in all.
    assert [line[1:5] for line in lines_of(ctx, november)] == [
        ("dk", 1, 61, 405_000 - 810_000),
        ("mobile", 0, 0, 932_000),
    ]
    # Each line is rounded: -0.405 to -0.41, 0.932 to 0.93.
    assert november.gross_micros == 520_000
    assert lines_of(ctx, october) == frozen
    ctx.now = copenhagen(12, 10)
    assert shop.bill(JANUARY) == []


def test_two_re_ratings_between_bills_are_one_difference(shop: Shop, used: Subscription) -> None:
    ctx = shop.ctx
    shop.bill(NOVEMBER)
    ctx.now = copenhagen(11, 10)
    rerate(ctx, OCTOBER_1, (*ZONES, MOBILE), (*RATES, DEARER))
    cheaper = RateDraft("mobile", "voice_out", 600_000, 60, 1, 1)
    rerate(ctx, copenhagen(10, 2), (*ZONES, MOBILE), (*RATES, cheaper))
    (november,) = shop.bill(DECEMBER)
    # The calls were on the 5th and 6th: 61 × 0.60 ÷ 60 = 0.61 each.
    assert [line[1:5] for line in lines_of(ctx, november)] == [("dk", 0, 0, -810_000), ("mobile", 0, 0, 1_220_000)]
    assert november.gross_micros == 410_000


def test_a_list_that_inherits_calls_its_zones_as_its_parent_does(shop: Shop, used: Subscription) -> None:
    ctx = shop.ctx
    sms = RateDraft("dk", "sms_out", 100_000, 1, 1, 1)
    catalogue.import_price_list(ctx, PriceListDraft("business", "DKK", OCTOBER_1, (), (sms,), parent="standard"))
    customer = editing.PricedBy(customer_id=used.customer_id)
    editing.assign_price_list(ctx, "business", customer, OCTOBER_1)
    load(ctx, receive(ctx, call(4, 61, number_of(ctx, used), start="2026-10-08T10:00:00Z"), name="more.csv"))
    (invoice,) = shop.bill(NOVEMBER)
    ((description, zone, events, *_),) = lines_of(ctx, invoice)
    assert (zone, events) == ("dk", 4)
    assert "Denmark" in description


def test_a_difference_below_nothing_is_credited(shop: Shop, used: Subscription) -> None:
    ctx = shop.ctx
    shop.bill(NOVEMBER)
    ctx.now = copenhagen(11, 10)
    rerate(ctx, OCTOBER_1, ZONES, (RateDraft("dk", "voice_out", 60_000, 60, 1, 1), *RATES[1:]))
    (november,) = shop.bill(DECEMBER)
    # 3 × (0.061 - 0.405)
    assert [line[1:5] for line in lines_of(ctx, november)] == [("dk", 0, 0, -1_032_000)]
    assert (november.net_micros, november.tax_micros, november.gross_micros) == (-820_000, -210_000, -1_030_000)
