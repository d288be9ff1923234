"""What was answered online stays as it was answered: rating again changes it only when its own price has changed."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from mvne_platform import billing, catalogue
from mvne_platform.catalogue import PaymentMode, PriceListDraft, RateDraft
from mvne_platform.charging import online, replay, rerating
from mvne_platform.charging.online import SessionRelease
from mvne_platform.charging.past import Scope
from mvne_platform.runtime import Context
from tests.platform.charging.jobs import run_jobs
from tests.platform.charging.shop import ANNA, RATES, ZONES, load, open_line, open_shop, receive
from tests.platform.charging_online.desk import at_time, call, check_nothing_held, give_money, grant

# Calls to Denmark cost 0.10 and 0.30 a minute by the second. Of the allowance's 100 seconds the first session holds 60
# while the second takes the other 40 and pays for 20: 0.10 + 20 × 0.30 ÷ 60.
SECOND = 200_000
RATED = "SELECT amount_micros FROM rated_event ORDER BY start, amount_micros"


def two_at_once(ctx: Context, mode: PaymentMode = PaymentMode.PREPAID, *records: str) -> None:
    """The session that began first ends last; records of a file come while it is open."""
    open_shop(ctx)
    anna = open_line(ctx, ANNA, mode)
    if mode is not PaymentMode.POSTPAID:
        give_money(ctx, anna, 10_000_000)
    grant(ctx, anna, "second", 100, valid_from=ctx.now - timedelta(days=1), valid_to=ctx.now + timedelta(days=30))
    first = online.start_session(ctx, call(requested=60)).answer.id
    second = online.start_session(ctx, call(requested=60)).answer.id
    if records:
        load(ctx, receive(ctx, *records))
    for session in (second, first):
        online.report(ctx, SessionRelease(session, 1, 60))
        online.settle_all(ctx)
    check_nothing_held(ctx)


def rerated(ctx: Context) -> rerating.ReratingRun:
    run = rerating.start_rerating(ctx, Scope(ctx.now - timedelta(days=9)), price_list=None, reason="Because.")
    run_jobs(ctx)
    return run


@pytest.mark.parametrize("mode", [PaymentMode.PREPAID, PaymentMode.POSTPAID])
def test_without_a_change_there_is_no_difference(ctx: Context, mode: PaymentMode) -> None:
    two_at_once(ctx, mode)
    assert sorted(ctx.db.scalars(text(RATED))) == [0, SECOND]
    assert rerating.changes(ctx, rerated(ctx).id) == []

    tomorrow = at_time(ctx, ctx.now + timedelta(days=1))
    run = replay.start_replay(
        tomorrow, name="x", price_list="standard", draft=None, since=ctx.now - timedelta(days=1), until=tomorrow.now
    )
    run_jobs(tomorrow)
    totals = replay.totals(ctx, run.id)
    assert (totals.events, totals.charged_micros, totals.replayed_micros) == (2, SECOND, SECOND)
    assert (totals.winners, totals.losers) == (0, 0)


def test_records_that_came_while_a_session_held_units_stay_as_they_are_too(ctx: Context) -> None:
    start = (ctx.now - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    two_at_once(ctx, PaymentMode.PREPAID, f"r1,voice_out,{ANNA},,+4530000002,{start},30,,,,true,")
    # Nothing was available to it: 0.10 + 30 × 0.30 ÷ 60.
    assert sorted(ctx.db.scalars(text(RATED))) == [0, SECOND, 250_000]
    assert rerating.changes(ctx, rerated(ctx).id) == []


def test_a_price_that_changed_is_charged_on_what_each_session_had(ctx: Context) -> None:
    two_at_once(ctx)
    dearer = RateDraft("dk", "voice_out", 360_000, 60, 1, 1, connection_fee_micros=100_000)
    since = ctx.now - timedelta(days=1)
    catalogue.import_price_list(ctx, PriceListDraft("standard", "DKK", since, ZONES, (dearer, *RATES[1:])))
    run = rerated(ctx)
    totals = rerating.totals(ctx, run.id)
    # 20 seconds at 0.36 a minute; the session that the allowance covered costs nothing still.
    assert (totals.before_micros, totals.after_micros, totals.debited_delta_micros) == (SECOND, 220_000, 20_000)
    billing.book_rerating(ctx, run.id)
    run_jobs(ctx)
    assert ctx.db.scalars(text("SELECT bucket_units FROM rerated_event")).all() == [[40, 220_000]]
    assert rerating.changes(ctx, rerated(ctx).id) == []
