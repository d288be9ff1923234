"""Trying prices out on usage of the past: nothing moves, and the list in force gives what was charged."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from mvne_platform import balances, catalogue
from mvne_platform.balances import Grant, Reason
from mvne_platform.catalogue import PaymentMode, PriceListDraft, Purpose, UnknownPriceList
from mvne_platform.catalogue.editing import PriceListFilesFaulty
from mvne_platform.charging import replay
from mvne_platform.charging.replay.errors import BadReplay
from mvne_platform.kernel import Money, Unit, uuid7
from mvne_platform.runtime import Context
from mvne_platform.runtime.context import Actor, ActorKind, PermissionMissing
from tests.platform.charging.jobs import run_jobs
from tests.platform.charging.shop import ANNA, BENT, call, load, open_line, open_shop, receive, state_hash, utc
from tests.platform.charging.shop import RATES as WHOLE_RATES
from tests.platform.charging.shop import ZONES as WHOLE_ZONES

OCTOBER, NOVEMBER = utc("2026-10-01 00:00"), utc("2026-11-01 00:00")
# A call of 61 seconds: 0.10 + 61 × 0.30 ÷ 60.
CALL = 405_000
ZONES = """zone,name,treatment,prefixes,short_codes,networks
dk,Denmark,,45,,home
world,The world,,1 2 3 49,,
"""
RATES = """zone,service,band,fee,first,next,price,per,min,max
dk,voice_out,,0,60,60,0.60,60,,
world,voice_out,,0,60,60,1.20,60,,
"""


@pytest.fixture
def shop(ctx: Context) -> Context:
    ctx.now = utc("2026-10-20 12:00")
    open_shop(ctx)
    anna, bent = open_line(ctx, ANNA), open_line(ctx, BENT, PaymentMode.PREPAID)
    grant = Grant("minutes", Unit.SECOND, 100, valid_from=OCTOBER, valid_to=OCTOBER + timedelta(days=31))
    balances.grant_allowance(ctx, anna, grant, Reason.GRANT, uuid7())
    balances.top_up(ctx, bent, Money(500_000, "DKK"), Reason.TOP_UP, uuid7())
    load(ctx, receive(ctx, call(1), call(2, start="2026-10-06T10:00:00Z"), call(3, caller=BENT), call(4, 10, BENT)))
    balances.top_up(ctx, bent, Money(9_000_000, "DKK"), Reason.TOP_UP, uuid7())
    load(ctx, receive(ctx, call(5, caller=BENT, start="2026-10-03T10:00:00Z"), name="late.csv"))
    return ctx


def replayed(ctx: Context, draft: dict[str, str] | None) -> replay.ReplayRun:
    run = replay.start_replay(
        ctx, name="Whole minutes", price_list="standard", draft=draft, since=OCTOBER, until=NOVEMBER
    )
    run_jobs(ctx)
    assert run.state is replay.ReplayState.DONE
    return run


def test_the_list_in_force_reproduces_what_was_charged_to_the_micro(shop: Context) -> None:
    charged = shop.db.scalar(text("SELECT CAST(sum(accrued_micros + debited_micros) AS bigint) FROM rated_event"))
    totals = replay.totals(shop, replayed(shop, None).id)
    assert totals.charged_micros == totals.replayed_micros == charged
    assert (totals.subscriptions, totals.events, totals.failed, totals.winners, totals.losers) == (2, 5, 0, 0, 0)


def test_a_draft_shows_revenue_winners_and_shocks_and_moves_nothing(shop: Context) -> None:
    before = state_hash(shop)
    run = replayed(shop, {"zones.csv": ZONES, "rates.csv": RATES})
    totals = replay.totals(shop, run.id)
    # Anna: 2 × 120 s less 100 covered, at 0.01; Bent: two calls of two minutes and one of one.
    assert totals.replayed_micros == 1_400_000 + 2 * 1_200_000 + 600_000
    assert totals.losers == 2
    assert [(shock.line.charged_micros, shock.line.replayed_micros) for shock in replay.shocks(shop, run.id)] == [
        (2 * CALL + 150_000, 3_000_000),
        (100_000 + 110_000, 1_400_000),
    ]
    assert [(one.above_percent, one.to_percent, one.subscriptions) for one in replay.distribution(shop, run.id)] == [
        (100, None, 2)
    ]
    assert state_hash(shop) == before


def test_what_a_draft_does_not_price_fails_and_is_counted(shop: Context) -> None:
    zones = ZONES.replace("dk,Denmark,,45,,home", "dk,Denmark,,4521,,home")
    totals = replay.totals(shop, replayed(shop, {"zones.csv": zones, "rates.csv": RATES}).id)
    assert (totals.events, totals.failed, totals.replayed_micros) == (5, 5, 0)


def test_refusals(shop: Context) -> None:
    terms = {"name": "x", "price_list": "standard", "draft": None, "since": OCTOBER, "until": NOVEMBER}
    for wrong in ({"name": ""}, {"until": OCTOBER}, {"since": NOVEMBER, "until": NOVEMBER + timedelta(days=1)}):
        with pytest.raises(BadReplay):
            replay.start_replay(shop, **(terms | wrong))
    catalogue.import_price_list(
        shop, PriceListDraft("host", "DKK", OCTOBER, WHOLE_ZONES, WHOLE_RATES, purpose=Purpose.WHOLESALE)
    )
    with pytest.raises(BadReplay, match="'host' says what the host operator charges"):
        replay.start_replay(shop, **(terms | {"price_list": "host"}))
    with pytest.raises(UnknownPriceList):
        replay.start_replay(shop, **(terms | {"price_list": "none"}))
    with pytest.raises(PriceListFilesFaulty):
        replay.start_replay(shop, **(terms | {"draft": {"zones.csv": "nonsense"}}))
    with pytest.raises(PermissionMissing):
        replay.start_replay(replace(shop, actor=Actor(ActorKind.STAFF, "nobody")), **terms)
    assert replay.replays(shop) == []
    assert catalogue.tariff(shop, "standard").versions[-1].number == 1
