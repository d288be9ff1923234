"""Prepaid: the balance pays each period, or the plan is tried again and lapses."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from mvne_platform import balances, billing, subscriptions
from mvne_platform.catalogue import PaymentMode
from mvne_platform.kernel import Money
from mvne_platform.subscriptions import SubscriptionState
from tests.platform.billing.shop import NOVEMBER, Shop, copenhagen

START = copenhagen(10, 1)


def top_up(shop: Shop, line: subscriptions.Subscription, kroner: int) -> None:
    balances.top_up(shop.ctx, line.id, Money.of(kroner, "DKK"), balances.Reason.TOP_UP, uuid4())


def prepaid(shop: Shop, **changes: object) -> subscriptions.Subscription:
    """A prepaid line of 100 kroner for 30 days with 600 seconds; its balance is empty."""
    settings = {"monthly": 100, "days": 30, "seconds": 600, **changes}
    return shop.line(shop.plan("talk", PaymentMode.PREPAID, **settings))


def paid_until(shop: Shop, line: subscriptions.Subscription) -> datetime | None:
    plan = subscriptions.current_plan(shop.ctx, line.id)
    shop.ctx.db.refresh(plan)
    return plan.paid_until


def allowances(shop: Shop, line: subscriptions.Subscription) -> list[tuple[int, datetime, datetime | None]]:
    return [
        (bucket.amount, bucket.valid_from, bucket.valid_to)
        for bucket in balances.buckets(shop.ctx, line.id)
        if bucket.code == "calls"
    ]


def renew(shop: Shop) -> None:
    """Let the latest renewal timer run at its time."""
    due, arguments = shop.timers("billing.renew_product")[-1]
    shop.ctx.now = due
    billing.jobs.renew_product.run(shop.ctx, **arguments)


def nothing_happened(shop: Shop) -> bool:
    """Whether no renewal was paid, failed or promised, and nothing lapsed."""
    facts = shop.facts("PlanRenewed", "RenewalFailed", "PlanLapsed", "SubscriptionLapsed")
    return (facts, shop.timers("billing.renew_product")) == ([], [])


def test_a_line_without_credit_starts_with_the_first_top_up(shop: Shop) -> None:
    line = prepaid(shop)
    assert (allowances(shop, line), paid_until(shop, line)) == ([], None)

    shop.ctx.now = copenhagen(10, 1, 15)
    top_up(shop, line, 120)
    assert billing.renew_due(shop.ctx, line.id) == 1

    assert balances.money(shop.ctx, line.id) == 20_000_000
    # Thirty days later summer time is over.
    assert allowances(shop, line) == [(600, copenhagen(10, 1, 15), copenhagen(10, 31, 15))]
    assert paid_until(shop, line) == copenhagen(10, 31, 15)
    assert len(shop.facts("PlanRenewed")) == 1


def test_a_plan_without_credit_waits_for_weeks(shop: Shop) -> None:
    line = prepaid(shop)
    plan = subscriptions.current_plan(shop.ctx, line.id)
    assert [(bucket.code, bucket.amount) for bucket in balances.buckets(shop.ctx, line.id)] == [("main", 0)]

    assert shop.bill(NOVEMBER) == []
    shop.ctx.now = copenhagen(11, 12, 15)
    assert billing.renew_due(shop.ctx, line.id) == 0
    for attempt in range(4):
        assert not billing.renew_product(shop.ctx, plan.id, START, attempt)  # it is no renewal
    assert nothing_happened(shop)
    assert (line.state, paid_until(shop, line)) == (SubscriptionState.ACTIVE, None)

    top_up(shop, line, 100)
    assert billing.renew_due(shop.ctx, line.id) == 1

    assert balances.money(shop.ctx, line.id) == 0
    assert allowances(shop, line) == [(600, copenhagen(11, 12, 15), copenhagen(12, 12, 15))]
    assert [due for due, _ in shop.timers("billing.renew_product")] == [copenhagen(12, 12, 15)]


def test_a_first_top_up_that_is_too_small_leaves_the_plan_waiting(shop: Shop) -> None:
    line = prepaid(shop, once=49)
    shop.ctx.now = copenhagen(10, 20, 8)
    top_up(shop, line, 148)  # one less than 100 and 49
    assert billing.renew_due(shop.ctx, line.id) == 0
    assert nothing_happened(shop)
    assert (line.state, balances.money(shop.ctx, line.id)) == (SubscriptionState.ACTIVE, 148_000_000)
    assert (allowances(shop, line), paid_until(shop, line)) == ([], None)

    shop.ctx.now = copenhagen(11, 2, 8)
    top_up(shop, line, 1)
    assert billing.renew_due(shop.ctx, line.id) == 1

    assert (balances.money(shop.ctx, line.id), paid_until(shop, line)) == (0, copenhagen(12, 2, 8))
    assert shop.facts("RenewalFailed") == []


def test_credit_that_was_there_before_pays_the_start(shop: Shop) -> None:
    plan = shop.plan("talk", PaymentMode.PREPAID, monthly=100, days=30, once=49)
    account = shop.account()
    pending = subscriptions.create(
        shop.ctx, customer_id=account.customer_id, account_id=account.id, plan=plan, identifiers=[]
    )
    top_up(shop, pending, 200)
    assert billing.renew_due(shop.ctx, pending.id) == 0  # not in service yet
    subscriptions.activate(shop.ctx, pending.id)
    billing.start_service(shop.ctx, pending.id)

    # 100 for the period and 49 once.
    assert balances.money(shop.ctx, pending.id) == 51_000_000
    assert shop.facts("RenewalFailed") == []
    renew(shop)
    assert len(shop.facts("RenewalFailed")) == 1  # 51 does not pay 100
    top_up(shop, pending, 49)
    billing.renew_due(shop.ctx, pending.id)
    assert balances.money(shop.ctx, pending.id) == 0  # the one-time price came once


def test_a_renewal_on_time_follows_without_a_gap(shop: Shop) -> None:
    line = prepaid(shop)
    top_up(shop, line, 250)
    billing.renew_due(shop.ctx, line.id)

    renew(shop)

    end = copenhagen(10, 31)
    assert balances.money(shop.ctx, line.id) == 50_000_000
    assert allowances(shop, line) == [(600, end, copenhagen(11, 30))]
    assert [
        (entry.reason, entry.delta) for entry in balances.ledger(shop.ctx, balances.open_money(shop.ctx, line.id).id)
    ] == [
        (balances.Reason.RENEWAL, -100_000_000),
        (balances.Reason.RENEWAL, -100_000_000),
        (balances.Reason.TOP_UP, 250_000_000),
    ]


def test_a_renewal_that_cannot_be_paid_is_tried_on_the_brands_days_and_lapses(shop: Shop) -> None:
    line = prepaid(shop)
    top_up(shop, line, 100)
    billing.renew_due(shop.ctx, line.id)
    end = copenhagen(10, 31)

    for attempt in range(4):
        assert line.state is SubscriptionState.ACTIVE
        renew(shop)
        assert shop.ctx.now == end + timedelta(days=attempt)

    assert line.state is SubscriptionState.LAPSED
    assert [fact.payload["attempt"] for fact in shop.facts("RenewalFailed")] == [0, 1, 2, 3]
    assert [fact.kind for fact in shop.facts("PlanLapsed", "SubscriptionLapsed")] == [
        "SubscriptionLapsed",
        "PlanLapsed",
    ]
    assert shop.timers("billing.renew_product")[-1][0] == copenhagen(11, 3)
    assert (balances.money(shop.ctx, line.id), paid_until(shop, line)) == (0, end)


def test_a_retry_that_is_paid_starts_a_period_then(shop: Shop) -> None:
    line = prepaid(shop)
    top_up(shop, line, 199)
    billing.renew_due(shop.ctx, line.id)
    renew(shop)
    # An adjustment is no top-up: nothing renews at once.
    balances.adjust(shop.ctx, line.id, Money.of(1, "DKK"), uuid4(), note="goodwill")

    renew(shop)

    assert (balances.money(shop.ctx, line.id), paid_until(shop, line)) == (0, copenhagen(12, 1))
    assert allowances(shop, line) == [(600, copenhagen(11, 1), copenhagen(12, 1))]


def test_a_top_up_brings_a_lapsed_line_back_at_once(shop: Shop) -> None:
    line = prepaid(shop)
    top_up(shop, line, 100)
    billing.renew_due(shop.ctx, line.id)
    for _ in range(4):
        renew(shop)
    assert line.state is SubscriptionState.LAPSED

    shop.ctx.now = copenhagen(11, 20, 8)
    top_up(shop, line, 60)
    assert billing.renew_due(shop.ctx, line.id) == 0
    assert (line.state, balances.money(shop.ctx, line.id)) == (SubscriptionState.LAPSED, 60_000_000)
    top_up(shop, line, 50)
    assert billing.renew_due(shop.ctx, line.id) == 1

    assert (line.state, balances.money(shop.ctx, line.id)) == (SubscriptionState.ACTIVE, 10_000_000)
    assert paid_until(shop, line) == copenhagen(12, 20, 8)
    assert len(shop.facts("SubscriptionRestored")) == 1


def test_the_retries_of_a_renewal_that_was_paid_meanwhile_do_nothing(shop: Shop) -> None:
    line = prepaid(shop)
    top_up(shop, line, 150)
    billing.renew_due(shop.ctx, line.id)
    renew(shop)
    retry_due, retry = shop.timers("billing.renew_product")[-1]
    assert (retry_due, retry["attempt"]) == (copenhagen(11, 1), 1)
    top_up(shop, line, 250)
    billing.renew_due(shop.ctx, line.id)

    shop.ctx.now = retry_due
    billing.jobs.renew_product.run(shop.ctx, **retry)

    assert balances.money(shop.ctx, line.id) == 200_000_000
    assert paid_until(shop, line) == copenhagen(11, 30)
    assert len(shop.facts("RenewalFailed")) == 1
    assert len(shop.facts("PlanRenewed")) == 2


def test_a_renewal_delivered_twice_is_paid_once(shop: Shop) -> None:
    line = prepaid(shop)
    top_up(shop, line, 500)
    billing.renew_due(shop.ctx, line.id)
    due, arguments = shop.timers("billing.renew_product")[-1]
    shop.ctx.now = due

    for _ in range(2):
        billing.jobs.renew_product.run(shop.ctx, **arguments)

    assert balances.money(shop.ctx, line.id) == 300_000_000


def test_add_ons_renew_as_far_as_the_balance_goes_after_the_plan(shop: Shop) -> None:
    plan = shop.plan("talk", PaymentMode.PREPAID, monthly=100, days=30)
    add_on = shop.plan("extra", PaymentMode.PREPAID, monthly=30, days=30, seconds=60, add_on=True)
    line = shop.line(plan, add_ons=[add_on])
    top_up(shop, line, 120)
    assert billing.renew_due(shop.ctx, line.id) == 1
    assert allowances(shop, line) == []

    top_up(shop, line, 20)
    assert billing.renew_due(shop.ctx, line.id) == 1

    assert balances.money(shop.ctx, line.id) == 10_000_000
    assert allowances(shop, line) == [(60, START, copenhagen(10, 31))]


def test_a_first_add_on_waits_for_credit_after_the_plan(shop: Shop) -> None:
    plan = shop.plan("talk", PaymentMode.PREPAID, monthly=100, days=30)
    add_on = shop.plan("extra", PaymentMode.PREPAID, monthly=30, days=30, seconds=60, add_on=True)
    line = shop.line(plan, add_ons=[add_on])

    top_up(shop, line, 50)  # enough for the add-on, but the plan comes first
    assert billing.renew_due(shop.ctx, line.id) == 0
    assert nothing_happened(shop)
    assert balances.money(shop.ctx, line.id) == 50_000_000
    top_up(shop, line, 60)
    assert billing.renew_due(shop.ctx, line.id) == 1
    assert (balances.money(shop.ctx, line.id), paid_until(shop, line)) == (10_000_000, copenhagen(10, 31))
    assert allowances(shop, line) == []

    shop.ctx.now = copenhagen(10, 20, 8)
    top_up(shop, line, 30)
    assert billing.renew_due(shop.ctx, line.id) == 1

    assert (balances.money(shop.ctx, line.id), paid_until(shop, line)) == (10_000_000, copenhagen(10, 31))
    assert allowances(shop, line) == [(60, copenhagen(10, 20, 8), copenhagen(11, 19, 8))]
    assert shop.facts("RenewalFailed") == []


def test_a_first_add_on_of_a_plan_that_costs_nothing_waits_too(shop: Shop) -> None:
    plan = shop.plan("talk", PaymentMode.PREPAID, monthly=0)
    add_on = shop.plan("extra", PaymentMode.PREPAID, monthly=30, days=30, seconds=60, add_on=True)
    line = shop.line(plan, add_ons=[add_on])
    shop.ctx.now = copenhagen(11, 12)
    top_up(shop, line, 29)
    assert billing.renew_due(shop.ctx, line.id) == 0
    assert nothing_happened(shop)

    top_up(shop, line, 1)
    assert billing.renew_due(shop.ctx, line.id) == 1

    assert balances.money(shop.ctx, line.id) == 0
    assert allowances(shop, line) == [(60, copenhagen(11, 12), copenhagen(12, 12))]


def test_what_is_paid_in_for_an_unpaid_plan_does_not_go_to_an_add_on(shop: Shop) -> None:
    plan = shop.plan("talk", PaymentMode.PREPAID, monthly=100, days=30)
    add_on = shop.plan("extra", PaymentMode.PREPAID, monthly=30, days=30, seconds=60, add_on=True)
    line = shop.line(plan, add_ons=[add_on])
    top_up(shop, line, 130)
    assert billing.renew_due(shop.ctx, line.id) == 2
    shop.ctx.now = copenhagen(10, 31)
    for _, arguments in shop.timers("billing.renew_product"):
        billing.jobs.renew_product.run(shop.ctx, **arguments)

    top_up(shop, line, 99)
    assert billing.renew_due(shop.ctx, line.id) == 0
    assert balances.money(shop.ctx, line.id) == 99_000_000
    top_up(shop, line, 31)
    assert billing.renew_due(shop.ctx, line.id) == 2

    assert balances.money(shop.ctx, line.id) == 0
    assert allowances(shop, line) == [(60, copenhagen(10, 31), copenhagen(11, 30))]
    assert [fact.payload["attempt"] for fact in shop.facts("RenewalFailed")] == [0, 0]


def test_an_add_on_that_is_not_paid_does_not_take_the_line_out_of_service(shop: Shop) -> None:
    plan = shop.plan("talk", PaymentMode.PREPAID, monthly=0)
    add_on = shop.plan("extra", PaymentMode.PREPAID, monthly=30, days=30, add_on=True)
    line = shop.line(plan, add_ons=[add_on])
    top_up(shop, line, 30)
    billing.renew_due(shop.ctx, line.id)
    for _ in range(4):
        renew(shop)

    assert [fact.payload["attempt"] for fact in shop.facts("RenewalFailed")] == [0, 1, 2, 3]
    assert (line.state, shop.facts("PlanLapsed")) == (SubscriptionState.ACTIVE, [])


def test_a_plan_that_costs_once_is_paid_once(shop: Shop) -> None:
    line = shop.line(shop.plan("talk", PaymentMode.PREPAID, monthly=0, once=49))
    for kroner, paid, left in ((48, 0, 48), (2, 1, 1), (100, 0, 101)):
        top_up(shop, line, kroner)
        assert billing.renew_due(shop.ctx, line.id) == paid
        assert balances.money(shop.ctx, line.id) == left * 1_000_000
    shop.ctx.now = copenhagen(12, 1)

    assert billing.renew_due(shop.ctx, line.id) == 0
    assert (balances.money(shop.ctx, line.id), line.state) == (101_000_000, SubscriptionState.ACTIVE)
    assert nothing_happened(shop)


def test_what_is_left_of_a_period_expires_some_hours_after_it(shop: Shop) -> None:
    line = prepaid(shop)
    top_up(shop, line, 200)
    billing.renew_due(shop.ctx, line.id)
    (bucket,) = [bucket for bucket in balances.buckets(shop.ctx, line.id) if bucket.code == "calls"]
    renew(shop)
    assert balances.bucket(shop.ctx, bucket.id).amount == 600

    due, arguments = shop.timers("billing.expire_allowances")[0]
    assert due == copenhagen(10, 31, 6)
    shop.ctx.now = due
    billing.jobs.expire_allowances.run(shop.ctx, **arguments)

    assert balances.bucket(shop.ctx, bucket.id).amount == 0
    assert allowances(shop, line) == [(600, copenhagen(10, 31), copenhagen(11, 30))]


@pytest.mark.parametrize("mode", [PaymentMode.POSTPAID, PaymentMode.HYBRID])
def test_a_top_up_of_a_line_that_is_billed_renews_nothing(shop: Shop, mode: PaymentMode) -> None:
    line = shop.line(shop.plan("smart", mode))
    shop.ctx.now = copenhagen(11, 5)
    top_up(shop, line, 500)

    assert billing.renew_due(shop.ctx, line.id) == 0
    assert balances.money(shop.ctx, line.id) == 500_000_000


def test_a_prepaid_line_is_never_on_a_bill(shop: Shop) -> None:
    line = prepaid(shop)
    top_up(shop, line, 100)
    billing.renew_due(shop.ctx, line.id)

    assert shop.bill(NOVEMBER) == []
