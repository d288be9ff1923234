from datetime import timedelta

import pytest

from mvne_platform.catalogue import FinalUnitAction, PaymentMode
from mvne_platform.charging import online
from mvne_platform.charging.online import SessionRelease, SessionUpdate
from mvne_platform.charging.online.errors import BadQuantity, OutOfOrder, UnknownSession
from mvne_platform.runtime import Context
from mvne_platform.subscriptions.models import Subscription, SubscriptionState
from tests.platform.charging.shop import ANNA, open_line, open_shop
from tests.platform.charging_online.desk import (
    at_time,
    call,
    check_books,
    check_nothing_held,
    events,
    give_money,
    grant,
    money,
)

# A call to Denmark: 0.10 for the connection, 0.30 a minute by the second.


def test_a_session_is_one_event_with_one_fee_however_often_it_reports(ctx: Context):
    open_shop(ctx)
    anna = open_line(ctx, ANNA, PaymentMode.PREPAID)
    give_money(ctx, anna, 10_000_000)

    start = online.start_session(ctx, call(requested=60)).answer
    assert (start.result, start.grant.units if start.grant else None) == ("granted", 60)
    assert money(ctx, anna) == (10_000_000, 400_000)
    session = start.id
    for number in (1, 2):
        grown = online.report(ctx, SessionUpdate(session, number, 60, 60)).answer
        assert (grown.used, grown.grant.units if grown.grant else None) == (60 * number, 60)
        assert money(ctx, anna) == (10_000_000, 400_000 + 300_000 * number)
        check_books(ctx)

    end = online.report(ctx, SessionRelease(session, 3, 1)).answer

    assert (end.used, end.ended, end.grant, end.amount_micros) == (121, True, None, 705_000)
    assert money(ctx, anna) == (10_000_000, 705_000)
    online.settle_all(ctx)
    (event,) = events(ctx)
    assert (event.quantity, event.charged, event.amount_micros, event.charge_id) == (121, 121, 705_000, session)
    assert money(ctx, anna) == (9_295_000, 0)
    check_books(ctx)
    check_nothing_held(ctx)


def test_a_grant_is_as_large_as_the_balance_allows_and_says_so(ctx: Context):
    open_shop(ctx)
    anna = open_line(ctx, ANNA, PaymentMode.PREPAID)
    give_money(ctx, anna, 250_000)

    start = online.start_session(ctx, call(requested=60)).answer

    # 0.10 + 30 seconds at half an øre each second is 0.25.
    assert start.grant is not None
    assert (start.grant.units, start.grant.final, start.grant.threshold) == (30, FinalUnitAction.TERMINATE, 0)
    assert money(ctx, anna) == (250_000, 250_000)
    end = online.report(ctx, SessionUpdate(start.id, 1, 30, 60)).answer
    assert (end.result, end.reason) == ("refused", "balance_too_low")
    assert end.grant is not None
    assert (end.grant.units, end.grant.final) == (0, FinalUnitAction.TERMINATE)


def test_a_top_up_is_seen_by_the_next_report(ctx: Context):
    open_shop(ctx)
    anna = open_line(ctx, ANNA, PaymentMode.PREPAID)
    give_money(ctx, anna, 250_000)
    start = online.start_session(ctx, call(requested=60)).answer
    assert not online.session(ctx, start.id).reauthorise

    give_money(ctx, anna, 1_000_000)

    assert online.session(ctx, start.id).reauthorise
    grown = online.report(ctx, SessionUpdate(start.id, 1, 30, 60)).answer
    assert grown.grant is not None
    assert (grown.grant.units, grown.grant.final) == (60, None)
    assert not online.session(ctx, start.id).reauthorise


def test_release_gives_back_what_was_not_used(ctx: Context):
    open_shop(ctx)
    anna = open_line(ctx, ANNA, PaymentMode.PREPAID)
    give_money(ctx, anna, 1_000_000)
    seconds = grant(ctx, anna, "second", 100)

    start = online.start_session(ctx, call(requested=120)).answer
    assert seconds() == (100, 100)
    assert money(ctx, anna) == (1_000_000, 200_000)
    online.report(ctx, SessionRelease(start.id, 1, 40))

    assert seconds() == (100, 40)
    assert money(ctx, anna) == (1_000_000, 0)
    online.settle_all(ctx)
    assert seconds() == (60, 0)
    check_books(ctx)
    check_nothing_held(ctx)


def test_a_session_in_which_nothing_was_used_leaves_nothing(ctx: Context):
    open_shop(ctx)
    anna = open_line(ctx, ANNA, PaymentMode.PREPAID)
    give_money(ctx, anna, 1_000_000)

    start = online.start_session(ctx, call()).answer
    online.report(ctx, SessionRelease(start.id, 1, 0))

    assert online.settle_all(ctx) == 0
    assert events(ctx) == []
    assert money(ctx, anna) == (1_000_000, 0)
    check_nothing_held(ctx)


def test_use_beyond_the_grant_is_charged_as_the_plan_charges_files(ctx: Context):
    open_shop(ctx)
    anna = open_line(ctx, ANNA, PaymentMode.PREPAID)
    give_money(ctx, anna, 250_000)

    start = online.start_session(ctx, call(requested=60)).answer
    end = online.report(ctx, SessionRelease(start.id, 1, 60)).answer
    online.settle_all(ctx)

    assert (end.amount_micros, end.debited_micros) == (400_000, 400_000)
    assert money(ctx, anna) == (-150_000, 0)
    check_books(ctx)


def test_reports_that_come_again_get_the_first_answer(ctx: Context):
    open_shop(ctx)
    anna = open_line(ctx, ANNA, PaymentMode.PREPAID)
    give_money(ctx, anna, 10_000_000)
    begin = call(requested=60)
    update = SessionUpdate(begin.id, 1, 60, 60)
    release = SessionRelease(begin.id, 2, 10)

    first = [online.start_session(ctx, begin), online.report(ctx, update), online.report(ctx, release)]
    again = [online.start_session(ctx, begin), online.report(ctx, update), online.report(ctx, release)]

    assert [one.body for one in again] == [one.body for one in first]
    assert all(one.repeated for one in again)
    assert money(ctx, anna) == (10_000_000, 450_000)
    check_books(ctx)


def test_numbers_rise_and_a_session_that_is_over_is_over(ctx: Context):
    open_shop(ctx)
    anna = open_line(ctx, ANNA, PaymentMode.PREPAID)
    give_money(ctx, anna, 10_000_000)
    begin = call(requested=60)
    online.start_session(ctx, begin)
    online.report(ctx, SessionUpdate(begin.id, 5, 10, 60))

    with pytest.raises(OutOfOrder):
        online.report(ctx, SessionUpdate(begin.id, 4, 10, 60))
    with pytest.raises(UnknownSession):
        online.report(ctx, SessionUpdate(begin.id, 6, 10, 60, "another client"))
    online.report(ctx, SessionRelease(begin.id, 6, 0))
    with pytest.raises(UnknownSession):
        online.report(ctx, SessionUpdate(begin.id, 7, 10, 60))
    assert money(ctx, anna) == (10_000_000, 150_000)


def test_a_dead_session_is_charged_as_reported_and_gives_the_rest_back(ctx: Context):
    open_shop(ctx)
    anna = open_line(ctx, ANNA, PaymentMode.PREPAID)
    give_money(ctx, anna, 10_000_000)
    begin = call(requested=60)
    online.start_session(ctx, begin)
    online.report(ctx, SessionUpdate(begin.id, 1, 60, 60))

    assert online.end_expired_sessions(at_time(ctx, ctx.now + timedelta(seconds=600))) == 0
    assert online.end_expired_sessions(at_time(ctx, ctx.now + timedelta(seconds=606))) == 1

    assert money(ctx, anna) == (10_000_000, 400_000)
    assert online.session(ctx, begin.id).open is False
    online.settle_all(ctx)
    (event,) = events(ctx)
    assert (event.quantity, event.amount_micros) == (60, 400_000)
    check_nothing_held(ctx)


def test_two_sessions_and_a_charge_share_what_there_is(ctx: Context):
    open_shop(ctx)
    anna = open_line(ctx, ANNA, PaymentMode.PREPAID)
    give_money(ctx, anna, 700_000)

    one = online.start_session(ctx, call(requested=60)).answer
    two = online.start_session(ctx, call(requested=60)).answer

    assert one.grant is not None
    assert two.grant is not None
    assert (one.grant.units, two.grant.units) == (60, 40)
    online.report(ctx, SessionRelease(one.id, 1, 20))
    grown = online.report(ctx, SessionUpdate(two.id, 1, 40, 60)).answer
    assert grown.grant is not None
    assert grown.grant.units == 40
    online.report(ctx, SessionRelease(two.id, 2, 40))
    online.settle_all(ctx)
    assert money(ctx, anna) == (0, 0)
    assert sorted((event.quantity, event.amount_micros) for event in events(ctx)) == [(20, 200_000), (80, 500_000)]
    check_books(ctx)
    check_nothing_held(ctx)


def test_a_spend_limit_shortens_a_session(ctx: Context):
    open_shop(ctx)
    open_line(ctx, ANNA, spend_limit_micros=250_000)

    start = online.start_session(ctx, call(requested=60)).answer

    assert start.grant is not None
    assert (start.grant.units, start.grant.final) == (30, FinalUnitAction.TERMINATE)
    online.report(ctx, SessionRelease(start.id, 1, 30))
    online.settle_all(ctx)
    check_books(ctx)
    check_nothing_held(ctx)


def test_what_is_refused_at_the_start_opens_nothing(ctx: Context):
    open_shop(ctx)
    anna = open_line(ctx, ANNA, PaymentMode.PREPAID)
    give_money(ctx, anna, 50_000)

    start = online.start_session(ctx, call()).answer

    assert (start.result, start.reason, start.ended) == ("refused", "balance_too_low", True)
    assert money(ctx, anna) == (50_000, 0)
    with pytest.raises(UnknownSession):
        online.report(ctx, SessionUpdate(start.id, 1, 0))


def test_the_plan_sizes_the_quota(ctx: Context):
    open_shop(ctx)
    anna = open_line(ctx, ANNA, PaymentMode.PREPAID)
    give_money(ctx, anna, 10_000_000)

    asked = [online.start_session(ctx, call(requested=units)).answer for units in (None, 100_000)]

    assert [one.grant.units if one.grant else None for one in asked] == [300, 300]
    assert [one.grant.threshold if one.grant else None for one in asked] == [60, 60]


def test_use_without_a_price_is_refused_and_what_was_reported_before_is_booked(ctx: Context):
    open_shop(ctx)
    anna = open_line(ctx, ANNA, PaymentMode.PREPAID)
    give_money(ctx, anna, 10_000_000)
    begin = call(requested=60)
    online.start_session(ctx, begin)
    online.report(ctx, SessionUpdate(begin.id, 1, 60, 60))

    for used in (10**12, 10**15):
        with pytest.raises(BadQuantity):
            online.report(ctx, SessionUpdate(begin.id, 2, used, 60))
        with pytest.raises(BadQuantity):
            online.report(ctx, SessionRelease(begin.id, 2, used))
    assert money(ctx, anna) == (10_000_000, 700_000)

    online.report(ctx, SessionRelease(begin.id, 2, 1))
    assert online.settle_all(ctx) == 1
    (event,) = events(ctx)
    assert (event.quantity, event.amount_micros, event.status) == (61, 405_000, "rated")
    check_books(ctx)
    check_nothing_held(ctx)


def test_a_session_asks_for_something(ctx: Context):
    open_shop(ctx)
    anna = open_line(ctx, ANNA, PaymentMode.PREPAID)
    give_money(ctx, anna, 10_000_000)

    with pytest.raises(BadQuantity):
        online.start_session(ctx, call(requested=0))
    assert money(ctx, anna) == (10_000_000, 0)


def test_a_report_that_comes_after_its_session_was_ended_finds_none(ctx: Context):
    open_shop(ctx)
    anna = open_line(ctx, ANNA, PaymentMode.PREPAID)
    give_money(ctx, anna, 10_000_000)
    begin = call(requested=60)
    online.start_session(ctx, begin)
    online.report(ctx, SessionUpdate(begin.id, 1, 60, 60))
    assert online.end_expired_sessions(at_time(ctx, ctx.now + timedelta(hours=1))) == 1

    with pytest.raises(UnknownSession):
        online.report(ctx, SessionUpdate(begin.id, 2, 60, 60))
    with pytest.raises(UnknownSession):
        online.report(ctx, SessionRelease(begin.id, 2, 0))
    assert money(ctx, anna) == (10_000_000, 400_000)


def test_an_emergency_call_of_a_suspended_line_goes_through(ctx: Context):
    open_shop(ctx)
    anna = open_line(ctx, ANNA, PaymentMode.PREPAID)
    ctx.db.get_one(Subscription, anna).state = SubscriptionState.SUSPENDED
    ctx.db.flush()

    emergency, friend = (online.start_session(ctx, one).answer for one in (call(to="112", requested=60), call()))
    more = online.report(ctx, SessionUpdate(emergency.id, 1, 60, 60)).answer

    assert (emergency.result, emergency.reason, friend.reason) == ("granted", "free_number", "not_in_service")
    assert (more.result, more.grant.units if more.grant else None) == ("granted", 60)
