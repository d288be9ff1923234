from dataclasses import replace
from datetime import date, timedelta

import pytest

from mvne_platform.balances import AllowanceThresholdReached, SpendThresholdReached
from mvne_platform.catalogue import PaymentMode
from mvne_platform.charging import online
from mvne_platform.charging.online.errors import BadQuantity, BadStart, BadUsage, RequestIdTaken, UnknownSubscriber
from mvne_platform.party.models import BillingAccount
from mvne_platform.runtime import Context
from mvne_platform.subscriptions.models import Subscription, SubscriptionState
from tests.platform.charging.shop import ANNA, FRIEND, open_line, open_shop
from tests.platform.charging_online.desk import (
    check_books,
    check_nothing_held,
    events,
    give_money,
    grant,
    money,
    sms,
    usage,
)


def test_a_message_is_granted_held_at_once_and_booked_by_settlement(ctx: Context):
    open_shop(ctx)
    anna = open_line(ctx, ANNA, PaymentMode.PREPAID)
    give_money(ctx, anna, 500_000)

    answer = online.charge(ctx, sms()).answer

    assert (answer.result, answer.amount_micros, answer.debited_micros) == ("granted", 200_000, 200_000)
    assert money(ctx, anna) == (500_000, 200_000)
    check_books(ctx)
    assert online.settle_all(ctx) == 1
    assert money(ctx, anna) == (300_000, 0)
    (event,) = events(ctx)
    assert (event.service, event.quantity, event.amount_micros, event.debited_micros) == (
        "sms_out",
        1,
        200_000,
        200_000,
    )
    assert (event.charge_id, event.zone, event.status) == (answer.id, "dk", "rated")
    check_books(ctx)
    check_nothing_held(ctx)


def test_what_cannot_be_paid_is_refused_and_moves_nothing(ctx: Context):
    open_shop(ctx)
    anna = open_line(ctx, ANNA, PaymentMode.PREPAID)
    give_money(ctx, anna, 500_000)

    answer = online.charge(ctx, sms(count=3)).answer

    assert (answer.result, answer.reason) == ("refused", "balance_too_low")
    assert (answer.amount_micros, answer.debited_micros) == (600_000, 0)
    assert money(ctx, anna) == (500_000, 0)
    assert online.settle_all(ctx) == 0
    assert events(ctx) == []


def test_what_is_held_is_not_there_for_the_next_request_and_a_top_up_is(ctx: Context):
    open_shop(ctx)
    anna = open_line(ctx, ANNA, PaymentMode.PREPAID)
    give_money(ctx, anna, 500_000)

    first = [online.charge(ctx, sms()).answer.result for _ in range(3)]
    give_money(ctx, anna, 100_000)

    assert first == ["granted", "granted", "refused"]
    assert online.charge(ctx, sms()).answer.result == "granted"
    assert money(ctx, anna) == (600_000, 600_000)
    check_books(ctx)


def test_the_same_id_gets_the_first_answer_before_and_after_settlement(ctx: Context):
    open_shop(ctx)
    anna = open_line(ctx, ANNA, PaymentMode.PREPAID)
    give_money(ctx, anna, 500_000)
    request = sms()

    first = online.charge(ctx, request)
    again = online.charge(ctx, request)
    online.settle_all(ctx)
    later = online.charge(ctx, request)

    assert not first.repeated
    assert again.repeated
    assert later.repeated
    assert first.body == again.body == later.body
    assert money(ctx, anna) == (300_000, 0)
    assert len(events(ctx)) == 1


def test_a_refusal_is_remembered_under_its_id_too(ctx: Context):
    open_shop(ctx)
    anna = open_line(ctx, ANNA, PaymentMode.PREPAID)
    give_money(ctx, anna, 100_000)
    request = sms()

    first = online.charge(ctx, request)
    give_money(ctx, anna, 500_000)

    assert online.charge(ctx, request).body == first.body
    assert online.charge(ctx, sms()).answer.result == "granted"


@pytest.mark.parametrize("other", [{"quantity": 2}, {"client": "another"}])
def test_an_id_of_another_request_is_refused(ctx: Context, other: dict[str, object]):
    open_shop(ctx)
    anna = open_line(ctx, ANNA, PaymentMode.PREPAID)
    give_money(ctx, anna, 500_000)
    request = sms()
    online.charge(ctx, request)

    with pytest.raises(RequestIdTaken):
        online.charge(ctx, replace(request, **other))
    assert money(ctx, anna) == (500_000, 200_000)


def test_allowances_come_before_money(ctx: Context):
    open_shop(ctx)
    anna = open_line(ctx, ANNA, PaymentMode.PREPAID)
    give_money(ctx, anna, 500_000)
    bucket = grant(ctx, anna, "message", 2)

    answer = online.charge(ctx, sms(count=3)).answer

    assert (answer.charged, answer.amount_micros) == (3, 200_000)
    online.settle_all(ctx)
    assert bucket() == (0, 0)
    assert money(ctx, anna) == (300_000, 0)
    check_books(ctx)


def test_postpaid_accrues_into_its_counter_at_settlement(ctx: Context):
    open_shop(ctx)
    open_line(ctx, ANNA)

    answers = [online.charge(ctx, sms()).answer for _ in range(2)]
    online.settle_all(ctx)

    assert [answer.accrued_micros for answer in answers] == [200_000, 200_000]
    assert [event.accrued_micros for event in events(ctx)] == [200_000, 200_000]
    check_books(ctx)
    check_nothing_held(ctx)


def test_a_spend_limit_refuses_before_the_books_are_written(ctx: Context):
    open_shop(ctx)
    open_line(ctx, ANNA, spend_limit_micros=500_000)

    before = [online.charge(ctx, sms()).answer for _ in range(3)]
    online.settle_all(ctx)
    after = online.charge(ctx, sms()).answer

    assert [answer.result for answer in before] == ["granted", "granted", "refused"]
    assert (before[2].reason, after.reason) == ("spend_limit_reached", "spend_limit_reached")
    check_books(ctx)
    check_nothing_held(ctx)


def test_a_hybrid_line_uses_its_credit_beyond_the_limit(ctx: Context):
    open_shop(ctx)
    anna = open_line(ctx, ANNA, PaymentMode.HYBRID, spend_limit_micros=300_000)
    give_money(ctx, anna, 150_000)

    answers = [online.charge(ctx, sms()).answer for _ in range(3)]
    online.settle_all(ctx)

    assert [(answer.result, answer.accrued_micros, answer.debited_micros) for answer in answers] == [
        ("granted", 200_000, 0),
        ("granted", 100_000, 100_000),
        ("refused", 0, 0),
    ]
    assert money(ctx, anna) == (50_000, 0)
    check_books(ctx)
    check_nothing_held(ctx)


@pytest.mark.parametrize(
    ("to", "result", "reason"),
    [
        ("+4590123456", "refused", "barred_zone"),
        ("+999123456", "refused", "unknown_number"),
        ("112", "granted", "free_number"),
        ("+4580123456", "granted", "free_number"),
    ],
)
def test_zones_decide(ctx: Context, to: str, result: str, reason: str):
    open_shop(ctx)
    anna = open_line(ctx, ANNA, PaymentMode.PREPAID)
    give_money(ctx, anna, 500_000)

    answer = online.charge(ctx, sms(to=to)).answer
    online.settle_all(ctx)

    assert (answer.result, answer.reason, answer.amount_micros) == (result, reason, 0)
    assert [event.status for event in events(ctx)] == (["not_chargeable"] if result == "granted" else [])
    assert money(ctx, anna) == (500_000, 0)


def test_a_line_out_of_service_is_refused(ctx: Context):
    open_shop(ctx)
    anna = open_line(ctx, ANNA, PaymentMode.PREPAID)
    give_money(ctx, anna, 500_000)
    ctx.db.get_one(Subscription, anna).state = SubscriptionState.SUSPENDED
    ctx.db.flush()

    answer = online.charge(ctx, sms()).answer

    assert (answer.result, answer.reason) == ("refused", "not_in_service")
    assert money(ctx, anna) == (500_000, 0)


def test_the_price_is_told_and_nothing_moves(ctx: Context):
    open_shop(ctx)
    anna = open_line(ctx, ANNA, PaymentMode.PREPAID)
    give_money(ctx, anna, 300_000)

    one, two = (online.price(ctx, usage(), count) for count in (1, 2))

    assert (one.result, one.amount_micros) == ("granted", 200_000)
    assert (two.result, two.amount_micros, two.reason) == ("refused", 400_000, "balance_too_low")
    assert money(ctx, anna) == (300_000, 0)


def test_what_can_never_work_is_refused_by_name(ctx: Context):
    open_shop(ctx)
    open_line(ctx, ANNA, PaymentMode.PREPAID)

    with pytest.raises(UnknownSubscriber):
        online.charge(ctx, sms(who="+4599999999"))
    with pytest.raises(BadQuantity):
        online.charge(ctx, sms(count=-1))
    with pytest.raises(BadStart):
        online.charge(ctx, replace(sms(), usage=usage(at=ctx.now - timedelta(days=2))))
    assert events(ctx) == []


def test_settlement_leaves_to_the_next_bill_what_was_billed_meanwhile(ctx: Context):
    open_shop(ctx)
    anna = open_line(ctx, ANNA)
    online.charge(ctx, sms())
    line = ctx.db.get_one(Subscription, anna)
    account = ctx.db.get_one(BillingAccount, line.account_id)
    account.billed_until = date(2026, 11, 1)
    ctx.db.flush()

    online.settle_all(ctx)

    (event,) = events(ctx)
    assert event.bill_period == date(2026, 11, 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"usage": replace(usage(), other_party=f"{FRIEND}\0")},
        {"usage": replace(usage(), other_party="")},
        {"usage": replace(usage(), visited_network="262-01\n")},
        {"usage": replace(usage(), attributes={"cell": "\0"})},
        {"usage": usage(who=f"{ANNA}\0")},
        {"correlation": "c" * 65},
    ],
)
def test_what_is_no_text_never_comes_into_the_queue(ctx: Context, wrong: dict[str, object]):
    open_shop(ctx)
    anna = open_line(ctx, ANNA, PaymentMode.PREPAID)
    give_money(ctx, anna, 500_000)

    with pytest.raises(BadUsage):
        online.charge(ctx, replace(sms(), **wrong))
    assert money(ctx, anna) == (500_000, 0)


def test_thresholds_are_told_when_online_use_is_booked(ctx: Context):
    open_shop(ctx)
    anna = open_line(ctx, ANNA, PaymentMode.HYBRID, spend_limit_micros=400_000)
    grant(ctx, anna, "message", 5)

    online.charge(ctx, sms(count=4))
    online.settle_all(ctx)
    online.charge(ctx, sms(count=3))
    online.settle_all(ctx)

    told = [one for one in ctx.facts if isinstance(one, AllowanceThresholdReached | SpendThresholdReached)]
    assert [(type(one), one.percent) for one in told] == [
        (AllowanceThresholdReached, 80),
        (AllowanceThresholdReached, 100),
        (SpendThresholdReached, 100),
    ]
