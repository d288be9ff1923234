"""What lines are granted, from when to when, and what becomes of the rest."""

import pytest

from mvne_platform import balances, billing, subscriptions
from mvne_platform.billing.commands import start_period as start_period_file
from mvne_platform.catalogue import PaymentMode
from tests.platform.billing.shop import DECEMBER, NOVEMBER, Shop, copenhagen


def held(shop: Shop, line: subscriptions.Subscription) -> list[tuple[int, object, object]]:
    return [(b.amount, b.valid_from, b.valid_to) for b in balances.buckets(shop.ctx, line.id)]


def test_a_line_begins_with_the_whole_allowance_to_the_end_of_the_month(shop: Shop) -> None:
    shop.ctx.now = copenhagen(10, 18, 9)
    line = shop.line(shop.plan("smart", seconds=3_600))

    assert held(shop, line) == [(3_600, copenhagen(10, 18, 9), copenhagen(11, 1))]


def test_starting_service_twice_charges_and_grants_once(shop: Shop) -> None:
    line = shop.line(shop.plan("smart", seconds=3_600, once=99))
    billing.start_service(shop.ctx, line.id)

    (invoice,) = shop.bill()

    assert invoice.gross_micros == (99 + 149 + 149) * 1_000_000
    assert [b.granted for b in balances.buckets(shop.ctx, line.id, at=copenhagen(10, 31))] == [3_600]


def test_each_month_begins_with_its_allowance(shop: Shop) -> None:
    lines = [
        shop.line(shop.plan(code, mode, seconds=60))
        for code, mode in (("a", PaymentMode.POSTPAID), ("b", PaymentMode.HYBRID))
    ]
    shop.ctx.now = copenhagen(11, 1)

    assert billing.start_period(shop.ctx, NOVEMBER) == 2

    for line in lines:
        assert held(shop, line) == [(60, copenhagen(11, 1), copenhagen(12, 1))]


def test_the_month_begins_once(shop: Shop) -> None:
    shop.line(shop.plan("smart", seconds=60))
    shop.ctx.now = copenhagen(11, 1)

    assert [billing.start_period(shop.ctx, NOVEMBER) for _ in range(2)] == [1, 0]


def test_a_line_that_became_active_in_the_first_minutes_of_the_month_is_not_granted_twice(shop: Shop) -> None:
    shop.ctx.now = copenhagen(11, 1, 0, 1)
    line = shop.line(shop.plan("smart", seconds=60))

    assert billing.start_period(shop.ctx, NOVEMBER) == 0
    assert held(shop, line) == [(60, copenhagen(11, 1, 0, 1), copenhagen(12, 1))]


def test_prepaid_lines_have_their_own_periods(shop: Shop) -> None:
    shop.line(shop.plan("talk", PaymentMode.PREPAID, monthly=0, seconds=60))
    shop.ctx.now = copenhagen(11, 1)

    assert billing.start_period(shop.ctx, NOVEMBER) == 0


def test_more_lines_than_one_transaction_takes_are_left_to_a_job(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start_period_file, "CHUNK", 2)
    plan = shop.plan("smart", seconds=60)
    lines = [shop.line(plan) for _ in range(3)]
    shop.ctx.now = copenhagen(11, 1)

    assert billing.start_period(shop.ctx, NOVEMBER) == 2
    assert sum(bool(held(shop, line)) for line in lines) == 2
    billing.jobs.start_period.run(shop.ctx, first_day="2026-11-01")

    assert all(held(shop, line) == [(60, copenhagen(11, 1), copenhagen(12, 1))] for line in lines)


def test_what_is_left_expires_when_the_month_is_billed(shop: Shop) -> None:
    line = shop.line(shop.plan("smart", seconds=3_600))
    (bucket,) = balances.buckets(shop.ctx, line.id)
    balances.post_usage(shop.ctx, {bucket.id: 600}, line.id)
    shop.ctx.now = copenhagen(11, 1)
    billing.start_period(shop.ctx, NOVEMBER)

    # Until the run, records of October still find October's allowance.
    assert balances.bucket(shop.ctx, bucket.id).amount == 3_000
    shop.bill()

    assert [(entry.reason, entry.delta, entry.total) for entry in balances.ledger(shop.ctx, bucket.id)] == [
        (balances.Reason.EXPIRY, -3_000, 0),
        (balances.Reason.USAGE, -600, 3_000),
        (balances.Reason.GRANT, 3_600, 3_600),
    ]
    assert held(shop, line) == [(3_600, copenhagen(11, 1), copenhagen(12, 1))]
    shop.ctx.now = copenhagen(12, 1)
    billing.start_period(shop.ctx, DECEMBER)
    assert held(shop, line) == [(3_600, copenhagen(12, 1), copenhagen(1, 1, year=2027))]
