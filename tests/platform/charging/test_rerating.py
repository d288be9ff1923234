"""Rating the past again: the difference first, then the books; late records; nothing twice."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from mvne_platform import balances, billing, catalogue, charging
from mvne_platform.balances import Grant, Reason
from mvne_platform.catalogue import PaymentMode, PriceListDraft, Purpose, RateDraft
from mvne_platform.charging import rerating
from mvne_platform.charging.past import Scope
from mvne_platform.charging.rerating.errors import BadRerating, NotComputed
from mvne_platform.kernel import Money, Unit, uuid7
from mvne_platform.runtime import Context
from mvne_platform.runtime.context import Actor, ActorKind, PermissionMissing
from tests.platform.charging.jobs import run_jobs
from tests.platform.charging.shop import ANNA, BENT, RATES, ZONES, call, load, open_line, open_shop, receive, utc

OCTOBER = utc("2026-10-01 00:00")
# A call of 61 seconds in Denmark: 0.10 + 61 × 0.30 ÷ 60 = 0.405; from 1 October on at 0.36 a minute: 0.466.
OLD, NEW = 405_000, 466_000


def dearer(ctx: Context) -> None:
    """A version that was forgotten: calls in Denmark cost 0.36 a minute from 1 October on."""
    rates = (RateDraft("dk", "voice_out", 360_000, 60, 1, 1, connection_fee_micros=100_000), *RATES[1:])
    catalogue.import_price_list(ctx, PriceListDraft("standard", "DKK", OCTOBER, ZONES, rates))


SINCE_OCTOBER = Scope(OCTOBER)


def rerated(ctx: Context, scope: Scope = SINCE_OCTOBER, price_list: str | None = None) -> rerating.ReratingRun:
    run = rerating.start_rerating(ctx, scope, price_list=price_list, reason="The October prices came late.")
    run_jobs(ctx)
    assert run.state is rerating.RunState.COMPUTED
    return run


def effective(ctx: Context, line: UUID) -> list[int]:
    return [record.amount_micros for record in reversed(charging.usage(ctx, line))]


@pytest.fixture
def shop(ctx: Context) -> Context:
    ctx.now = utc("2026-10-20 12:00")
    open_shop(ctx)
    return ctx


def test_the_difference_is_shown_first_and_booked_on_approval(shop: Context) -> None:
    line = open_line(shop, ANNA)
    load(shop, receive(shop, call(1), call(2, start="2026-09-30T10:00:00Z")))
    dearer(shop)

    run = rerated(shop)
    totals = rerating.totals(shop, run.id)
    assert (totals.events, totals.changed, totals.before_micros, totals.after_micros) == (1, 1, OLD, NEW)
    assert effective(shop, line) == [OLD, OLD]

    billing.book_rerating(shop, run.id)
    run_jobs(shop)
    assert run.state is rerating.RunState.BOOKED
    assert effective(shop, line) == [OLD, NEW]
    billing.book_rerating(shop, run.id)
    run_jobs(shop)
    assert effective(shop, line) == [OLD, NEW]


def test_a_newer_version_with_the_same_price_is_no_change(shop: Context) -> None:
    line = open_line(shop, ANNA)
    load(shop, receive(shop, call(1), call(2, called="+12125550100")))
    cheaper = [replace(rate, price_micros=600_000) if rate.zone == "us" else rate for rate in RATES]
    catalogue.import_price_list(shop, PriceListDraft("standard", "DKK", OCTOBER, ZONES, tuple(cheaper)))
    run = rerated(shop)
    assert rerating.totals(shop, run.id).changed == 1
    billing.book_rerating(shop, run.id)
    run_jobs(shop)
    assert shop.db.scalars(text("SELECT zone FROM rerated_event")).all() == ["us"]
    assert sorted(effective(shop, line)) == [OLD, 1_200_000]
    assert [charging.explanation(shop, one)[0].values["version"] for one in charging.usage(shop, line)].count(1) == 1


def test_it_is_empty_when_nothing_changed(shop: Context) -> None:
    anna, bent = open_line(shop, ANNA), open_line(shop, BENT, PaymentMode.PREPAID)
    balances.top_up(shop, bent, Money(1_000_000, "DKK"), Reason.TOP_UP, uuid7())
    load(shop, receive(shop, call(1), call(2, caller=BENT), call(3, caller=BENT, start="2026-10-04T09:00:00Z")))
    balances.top_up(shop, bent, Money(5_000_000, "DKK"), Reason.TOP_UP, uuid7())
    load(shop, receive(shop, call(4, caller=BENT, start="2026-10-03T09:00:00Z"), name="later.csv"))

    run = rerated(shop)
    assert rerating.totals(shop, run.id).changed == 0
    assert rerating.changes(shop, run.id) == []
    dearer(shop)
    booked = rerated(shop)
    billing.book_rerating(shop, booked.id)
    run_jobs(shop)
    assert rerating.totals(shop, rerated(shop).id).changed == 0
    assert effective(shop, anna) == [NEW]
    assert effective(shop, bent) == [NEW] * 3


def test_prepaid_money_moves_by_the_difference_and_stays_the_sum_of_its_ledger(shop: Context) -> None:
    line = open_line(shop, ANNA, PaymentMode.PREPAID)
    balances.top_up(shop, line, Money(2_000_000, "DKK"), Reason.TOP_UP, uuid7())
    load(shop, receive(shop, call(1), call(2, start="2026-10-06T10:00:00Z")))
    dearer(shop)
    run = rerated(shop)
    billing.book_rerating(shop, run.id)
    run_jobs(shop)
    assert balances.money(shop, line) == 2_000_000 - 2 * NEW
    (bucket,) = balances.buckets(shop, line)
    assert {total.reason: total.delta for total in balances.why(shop, bucket.id).totals} == {
        Reason.TOP_UP: 2_000_000,
        Reason.USAGE: -2 * OLD,
        Reason.RERATING: -2 * (NEW - OLD),
    }
    (entry, *_) = balances.ledger(shop, bucket.id)
    changed = charging.usage_of_rerating(shop, bucket.id, run.id)
    assert (entry.reason_id, [record.amount_micros for record in changed]) == (run.id, [NEW, NEW])
    assert charging.usage_of_rerating(shop, bucket.id, uuid7()) == []


def test_a_scope_narrows_what_is_priced_anew(shop: Context) -> None:
    anna, bent = open_line(shop, ANNA), open_line(shop, BENT)
    load(shop, receive(shop, call(1), call(2, caller=BENT), call(3, start="2026-10-12T10:00:00Z")))
    dearer(shop)
    for scope, changed in (
        (Scope(OCTOBER, subscription_id=anna), 2),
        (Scope(OCTOBER, until=utc("2026-10-10 00:00")), 2),
        (Scope(utc("2026-10-10 00:00")), 1),
        (Scope(OCTOBER, plan=f"plan-{bent.hex}"), 1),
    ):
        assert rerating.totals(shop, rerated(shop, scope).id).changed == changed
    assert rerating.totals(shop, rerated(shop, price_list="standard").id).changed == 3


def test_what_moved_in_between_is_left_out_and_named(shop: Context) -> None:
    anna, bent = open_line(shop, ANNA), open_line(shop, BENT)
    load(shop, receive(shop, call(1), call(2, caller=BENT)))
    dearer(shop)
    run = rerated(shop)
    load(shop, receive(shop, call(3, start="2026-10-07T10:00:00Z"), name="more.csv"))
    cheaper = (RateDraft("dk", "voice_out", 240_000, 60, 1, 1, connection_fee_micros=100_000), *RATES[1:])
    catalogue.import_price_list(shop, PriceListDraft("standard", "DKK", utc("2026-10-04 00:00"), ZONES, cheaper))
    billing.book_rerating(shop, run.id)
    run_jobs(shop)
    assert {change.state for change in rerating.changes(shop, run.id)} == {rerating.ChangeState.STALE}
    assert effective(shop, bent) == [OLD]
    assert effective(shop, anna)[0] == OLD


def test_invoiced_periods_are_frozen_and_the_difference_goes_to_the_next_bill(shop: Context) -> None:
    line = open_line(shop, ANNA)
    load(shop, receive(shop, call(1)))
    shop.db.execute(text("UPDATE billing_account SET billed_until = DATE '2026-11-01'"))
    dearer(shop)
    run = rerated(shop)
    billing.book_rerating(shop, run.id)
    run_jobs(shop)
    rows = shop.db.execute(text("SELECT bill_period, accrued_delta_micros FROM rerated_event")).all()
    assert [(str(row.bill_period), row.accrued_delta_micros) for row in rows] == [("2026-11-01", NEW - OLD)]
    assert effective(shop, line) == [NEW]


def test_a_late_record_takes_the_allowance_that_later_calls_had(shop: Context) -> None:
    line = open_line(shop, ANNA)
    grant = Grant("minutes", Unit.SECOND, 61, valid_from=OCTOBER, valid_to=OCTOBER + timedelta(days=31))
    balances.grant_allowance(shop, line, grant, Reason.GRANT, uuid7())
    load(shop, receive(shop, call(1, 61, start="2026-10-05T10:00:00Z")))
    assert effective(shop, line) == [0]
    load(shop, receive(shop, call(2, 31, start="2026-10-04T10:00:00Z"), name="late.csv"))
    run_jobs(shop)
    # The earlier call is covered now, and the later one by what it left: 31 seconds cost 0.10 + 31 × 0.005.
    assert effective(shop, line) == [0, 255_000]
    (bucket,) = balances.buckets(shop, line)
    assert bucket.amount == 0
    assert shop.db.scalar(text("SELECT sum(value) FROM counter WHERE code = 'spend'")) == 255_000


def test_units_that_come_back_to_an_allowance_that_has_ended_expire(shop: Context) -> None:
    line = open_line(shop, ANNA)
    grant = Grant("minutes", Unit.SECOND, 61, valid_from=OCTOBER, valid_to=utc("2026-10-10 00:00"))
    bucket = balances.grant_allowance(shop, line, grant, Reason.GRANT, uuid7())
    load(shop, receive(shop, call(1, 61, start="2026-10-05T10:00:00Z")))
    balances.expire(shop, None, shop.now)
    free = (RateDraft("dk", "voice_out", 0, 60, 30, 30), *RATES[1:])
    catalogue.import_price_list(shop, PriceListDraft("standard", "DKK", OCTOBER, ZONES, free))
    run = rerated(shop)
    billing.book_rerating(shop, run.id)
    run_jobs(shop)
    assert balances.bucket(shop, bucket.id).amount == 0


def test_refusals_change_nothing(shop: Context) -> None:
    with pytest.raises(BadRerating):
        rerating.start_rerating(shop, Scope(OCTOBER, until=OCTOBER), price_list=None, reason="x")
    with pytest.raises(BadRerating):
        rerating.start_rerating(shop, Scope(OCTOBER), price_list=None, reason=" ")
    wholesale = PriceListDraft("host", "DKK", OCTOBER, ZONES, RATES, purpose=Purpose.WHOLESALE)
    catalogue.import_price_list(shop, wholesale)
    with pytest.raises(BadRerating, match="'host' says what the host operator charges"):
        rerating.start_rerating(shop, Scope(OCTOBER), price_list="host", reason="x")
    with pytest.raises(BadRerating, match="never sold a plan 'no-such-plan'"):
        rerating.start_rerating(shop, Scope(OCTOBER, plan="no-such-plan"), price_list=None, reason="x")
    run = rerated(shop)
    rerating.discard_rerating(shop, run.id)
    with pytest.raises(NotComputed):
        billing.book_rerating(shop, run.id)
    assert shop.db.scalar(text("SELECT count(*) FROM rerated_event")) == 0


def test_asking_and_booking_need_their_permissions(shop: Context) -> None:
    run = rerated(shop)
    stranger = replace(shop, actor=Actor(ActorKind.STAFF, "nobody"))
    with pytest.raises(PermissionMissing):
        rerating.start_rerating(stranger, Scope(OCTOBER), price_list=None, reason="x")
    with pytest.raises(PermissionMissing):
        billing.book_rerating(stranger, run.id)
    with pytest.raises(PermissionMissing):
        rerating.rerating(stranger, run.id)
