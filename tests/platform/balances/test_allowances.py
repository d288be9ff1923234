"""Allowance buckets: grants, usage, expiry; counters."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from mvne_platform import balances
from mvne_platform.balances import CounterKey, Grant, Granted, Reason, errors
from mvne_platform.kernel import Money, Unit, uuid7
from mvne_platform.runtime import Context
from tests.platform.balances.stock import hold
from tests.platform.lines import make_line

DAY = timedelta(days=1)
DATA = Grant("data", Unit.BYTE, 10_000_000_000, ("data", "roaming_data"), ("home", "eu"), 10)
VOICE = Grant("voice", Unit.SECOND, 3_600, ("voice_out",))


def test_a_grant_opens_a_bucket_with_its_units(ctx: Context) -> None:
    line, product, period = make_line(ctx), uuid7(), uuid7()
    grant = replace(DATA, valid_from=ctx.now, valid_to=ctx.now + 30 * DAY, product_id=product)
    bucket = balances.grant_allowance(ctx, line, grant, Reason.GRANT, period)
    assert bucket == balances.BucketState(
        id=bucket.id,
        purse_id=line,
        subscription_id=line,
        group_id=None,
        code="data",
        unit=Unit.BYTE,
        currency=None,
        amount=10_000_000_000,
        reserved=0,
        granted=10_000_000_000,
        services=("data", "roaming_data"),
        zones=("home", "eu"),
        priority=10,
        valid_from=ctx.now,
        valid_to=ctx.now + 30 * DAY,
        product_id=product,
        rollover_limit=None,
        rollovers_left=0,
        shared=False,
    )
    (entry,) = balances.ledger(ctx, bucket.id)
    assert (entry.delta, entry.total, entry.reason, entry.reason_id) == (10_000_000_000,) * 2 + (Reason.GRANT, period)


def test_the_same_grant_twice_is_one_bucket_with_what_is_left(ctx: Context) -> None:
    line, period = make_line(ctx), uuid7()
    first = balances.grant_allowance(ctx, line, VOICE, Reason.GRANT, period)
    balances.post_usage(ctx, {first.id: 600}, uuid7())
    again = balances.grant_allowance(ctx, line, VOICE, Reason.GRANT, period)
    assert again == replace(first, amount=3_000)
    with pytest.raises(errors.OccasionTaken):
        balances.grant_allowance(ctx, line, replace(VOICE, quantity=60), Reason.GRANT, period)
    assert balances.buckets(ctx, line) == [again]


def test_the_next_period_and_another_code_open_buckets_of_their_own(ctx: Context) -> None:
    line, product = make_line(ctx), uuid7()
    granted = [
        Granted(line, grant, balances.occasion_id(product, ctx.now + days * DAY))
        for days in (0, 30)
        for grant in (DATA, VOICE)
    ]
    ids = balances.grant_allowances(ctx, granted, Reason.GRANT)
    assert len(set(ids)) == 4
    assert balances.grant_allowances(ctx, granted[:2], Reason.GRANT) == ids[:2]
    assert [bucket.code for bucket in balances.buckets(ctx, line)] == ["voice", "voice", "data", "data"]


@pytest.mark.parametrize("grant", [replace(VOICE, quantity=0), replace(VOICE, unit=Unit.MONEY)])
def test_a_grant_of_nothing_or_of_money_is_refused(ctx: Context, grant: Grant) -> None:
    line = make_line(ctx)
    with pytest.raises(errors.BadAmount, match="The allowance 'voice' needs a quantity above zero"):
        balances.grant_allowance(ctx, line, grant, Reason.GRANT, uuid7())
    assert balances.buckets(ctx, line) == []


def test_buckets_come_in_the_order_in_which_usage_takes_them(ctx: Context) -> None:
    line = make_line(ctx)
    balances.top_up(ctx, line, Money.of(10, "DKK"), Reason.TOP_UP, uuid7())
    terms = [("late", 1, 9), ("first", 0, None), ("soon", 1, 2), ("open", 1, None)]
    for code, priority, days in terms:
        ends = ctx.now + days * DAY if days else None
        grant = Grant(code, Unit.SECOND, 60, priority=priority, valid_to=ends)
        balances.grant_allowance(ctx, line, grant, Reason.GRANT, uuid7())
    assert [bucket.code for bucket in balances.buckets(ctx, line)] == ["first", "soon", "late", "open", "main"]


def test_a_bucket_counts_from_its_first_instant_and_not_at_its_last(ctx: Context) -> None:
    line = make_line(ctx)
    grant = replace(VOICE, valid_from=ctx.now + DAY, valid_to=ctx.now + 2 * DAY)
    balances.grant_allowance(ctx, line, grant, Reason.GRANT, uuid7())
    instants = [ctx.now, ctx.now + DAY, ctx.now + 2 * DAY - timedelta(seconds=1), ctx.now + 2 * DAY]
    assert [len(balances.buckets(ctx, line, at)) for at in instants] == [0, 1, 1, 0]


def test_usage_of_a_chunk_is_one_entry_per_bucket(ctx: Context) -> None:
    line, chunk = make_line(ctx), uuid7()
    voice = balances.grant_allowance(ctx, line, VOICE, Reason.GRANT, uuid7()).id
    data = balances.grant_allowance(ctx, line, DATA, Reason.GRANT, uuid7()).id
    for _ in range(2):
        balances.post_usage(ctx, {voice: 61, data: 0}, chunk)
    assert next((entry.delta, entry.reason_id) for entry in balances.ledger(ctx, voice)) == (-61, chunk)
    assert balances.bucket(ctx, voice).amount == 3_539
    assert len(balances.ledger(ctx, data)) == 1


def test_what_is_left_expires_once_when_its_time_is_over(ctx: Context) -> None:
    line, product, other = make_line(ctx), uuid7(), uuid7()
    ends = ctx.now + DAY
    mine, foreign = (
        balances.grant_allowance(ctx, line, replace(VOICE, valid_to=ends, product_id=owner), Reason.GRANT, uuid7()).id
        for owner in (product, other)
    )
    balances.top_up(ctx, line, Money.of(10, "DKK"), Reason.TOP_UP, uuid7())
    assert balances.expire(ctx, product, ends - timedelta(seconds=1)) == 0
    assert balances.expire(ctx, product, ends) == 1
    assert balances.expire(ctx, product, ends) == 0
    entry = balances.ledger(ctx, mine)[0]
    assert (entry.delta, entry.total, entry.reason) == (-3_600, 0, Reason.EXPIRY)
    assert balances.bucket(ctx, foreign).amount == 3_600
    assert balances.expire(ctx, None, ends) == 1
    assert balances.money(ctx, line) == 10_000_000


def test_what_a_session_holds_expires_once_the_session_has_ended(ctx: Context) -> None:
    line, ends = make_line(ctx), ctx.now + DAY
    bucket = balances.grant_allowance(ctx, line, replace(VOICE, valid_to=ends), Reason.GRANT, uuid7()).id
    hold(ctx, bucket, 600)
    assert balances.expire(ctx, None, ends) == 1
    assert (balances.bucket(ctx, bucket).amount, balances.bucket(ctx, bucket).available) == (600, 0)
    assert balances.expire(ctx, None, ends) == 0
    hold(ctx, bucket, -600)
    assert balances.expire(ctx, None, ends) == 1
    assert [entry.delta for entry in balances.ledger(ctx, bucket)] == [-600, -3_000, 3_600]


def test_expiry_goes_in_portions(ctx: Context) -> None:
    line, ends = make_line(ctx), ctx.now + DAY
    for code in ("a", "b", "c"):
        balances.grant_allowance(ctx, line, replace(VOICE, code=code, valid_to=ends), Reason.GRANT, uuid7())
    assert [balances.expire(ctx, None, ends, most=2) for _ in range(3)] == [2, 1, 0]


def test_of_two_that_end_together_the_older_is_used_first(ctx: Context) -> None:
    line, ends = make_line(ctx), ctx.now + DAY
    for days in (3, 1, 2):
        grant = replace(VOICE, code=f"since day -{days}", valid_from=ctx.now - days * DAY, valid_to=ends)
        balances.grant_allowance(ctx, line, grant, Reason.GRANT, uuid7())
    assert [bucket.code for bucket in balances.buckets(ctx, line)] == ["since day -3", "since day -2", "since day -1"]


def test_an_allowance_gives_no_more_than_it_has_and_nothing_that_is_held(ctx: Context) -> None:
    line = make_line(ctx)
    bucket = balances.grant_allowance(ctx, line, VOICE, Reason.GRANT, uuid7()).id
    hold(ctx, bucket, 600)
    with pytest.raises(IntegrityError, match="ck_bucket_available"), ctx.db.begin_nested():
        balances.post_usage(ctx, {bucket: 3_001}, uuid7())
    balances.post_usage(ctx, {bucket: 3_000}, uuid7())
    assert balances.bucket(ctx, bucket).available == 0


def test_buckets_of_many_purses_are_read_at_once_in_the_order_of_taking(ctx: Context) -> None:
    lines = [make_line(ctx) for _ in range(3)]
    balances.open_money_of_many(ctx, lines)
    balances.open_money_of_many(ctx, lines)
    over = replace(VOICE, valid_from=ctx.now - 2 * DAY, valid_to=ctx.now - DAY)
    balances.grant_allowance(ctx, lines[0], over, Reason.GRANT, uuid7())
    every = balances.buckets_of_purses(ctx, lines)
    assert [(bucket.purse_id, bucket.code) for bucket in every] == [
        (lines[0], "voice"),
        (lines[0], "main"),
        *((line, "main") for line in sorted(lines)[1:]),
    ]
    usable = balances.buckets_of_purses(ctx, lines, valid_after=ctx.now)
    assert [(bucket.purse_id, bucket.code) for bucket in usable] == [(line, "main") for line in sorted(lines)]


def test_counters_are_moved_by_what_is_added(ctx: Context) -> None:
    line = make_line(ctx)
    october = CounterKey(line, balances.SPEND, ctx.now)
    november = CounterKey(line, balances.SPEND, ctx.now + 31 * DAY)
    balances.move_counters(ctx, {october: 5, november: 0})
    balances.move_counters(ctx, {october: 7})
    assert balances.counters(ctx, [october, november]) == {october: 12, november: 0}
    assert balances.counters(ctx, []) == {}
