"""With which prices the past is rated again: lists that inherit, lists that were exchanged, and the host operator's."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from mvne_platform import billing, catalogue, charging
from mvne_platform.catalogue import PriceListDraft, Purpose, RateDraft, editing
from mvne_platform.catalogue.editing import PricedBy
from mvne_platform.catalogue.price_list_models import HostContract, PriceList
from mvne_platform.charging import replay, rerating
from mvne_platform.charging.past import Scope
from mvne_platform.kernel import uuid7
from mvne_platform.runtime import Context
from mvne_platform.subscriptions.models import Subscription
from tests.platform.charging.jobs import run_jobs
from tests.platform.charging.shop import ANNA, BENT, RATES, ZONES, call, load, open_line, open_shop, receive, utc
from tests.platform.lines import LONG_AGO

OCTOBER = utc("2026-10-01 00:00")
# A call of 61 seconds: 0.10 + 61 × 0.30 ÷ 60; at 0.36 a minute 0.466.
OLD, NEW = 405_000, 466_000
DEARER = (RateDraft("dk", "voice_out", 360_000, 60, 1, 1, connection_fee_micros=100_000), *RATES[1:])
# Business customers pay less for messages, and for calls what everybody pays.
MESSAGES = (RateDraft("dk", "sms_out", 100_000, 1, 1, 1),)


@pytest.fixture
def shop(ctx: Context) -> Context:
    ctx.now = utc("2026-10-20 12:00")
    open_shop(ctx)
    return ctx


def business(ctx: Context, since: datetime = LONG_AGO, sms_micros: int = 100_000) -> None:
    rates = (replace(MESSAGES[0], price_micros=sms_micros),)
    catalogue.import_price_list(ctx, PriceListDraft("business", "DKK", since, (), rates, parent="standard"))


def dearer(ctx: Context) -> None:
    """Calls cost more since the first of October, as is found out on the 20th."""
    catalogue.import_price_list(ctx, PriceListDraft("standard", "DKK", OCTOBER, ZONES, DEARER))


def rerated(ctx: Context, scope: Scope, price_list: str | None = None) -> rerating.Totals:
    run = rerating.start_rerating(ctx, scope, price_list=price_list, reason="Because.")
    run_jobs(ctx)
    totals = rerating.totals(ctx, run.id)
    billing.book_rerating(ctx, run.id)
    run_jobs(ctx)
    return totals


def test_usage_under_a_version_that_a_late_one_of_the_parent_took_the_place_of(shop: Context) -> None:
    business(shop)
    business(shop, OCTOBER + timedelta(days=2), sms_micros=90_000)
    line = open_line(shop, ANNA, price_list="business")
    load(shop, receive(shop, call(1)))
    dearer(shop)

    (record,) = charging.usage(shop, line)
    told = charging.explanation(shop, record)[0].title
    assert told == "Priced by version 2 of price list 'business' (over version 1 of price list 'standard')."
    totals = rerated(shop, Scope(OCTOBER), "business")
    assert (totals.changed, totals.failed, totals.before_micros, totals.after_micros) == (1, 0, OLD, NEW)
    assert rerated(shop, Scope(OCTOBER), "business").changed == 0


def test_a_draft_is_felt_by_the_lists_that_inherit_from_it(shop: Context) -> None:
    business(shop)
    open_line(shop, ANNA, price_list="business")
    open_line(shop, BENT)
    load(shop, receive(shop, call(1), call(2, caller=BENT)))
    files = {
        "zones.csv": "zone,name,prefixes\ndk,Denmark,45\n",
        "rates.csv": "zone,service,fee,first,next,price,per\ndk,voice_out,0.10,1,1,0.36,60\ndk,sms_out,0,1,1,0.20,1\n",
    }
    run = replay.start_replay(shop, name="x", price_list="standard", draft=files, since=OCTOBER, until=shop.now)
    run_jobs(shop)
    totals = replay.totals(shop, run.id)
    assert (totals.charged_micros, totals.replayed_micros, totals.failed) == (2 * OLD, 2 * NEW, 0)


def test_usage_is_found_by_the_list_that_a_re_rating_gave_it(shop: Context) -> None:
    business(shop)
    line = open_line(shop, ANNA)
    load(shop, receive(shop, call(1), "r2,sms_out,+4520000001,,+4530000002,2026-10-06T10:00:00Z,,,1,,,"))
    customer = PricedBy(customer_id=shop.db.get_one(Subscription, line).customer_id)
    editing.assign_price_list(shop, "business", customer, LONG_AGO)
    # The call costs the same by the other list; what it is priced by is another all the same.
    assert rerated(shop, Scope(OCTOBER, subscription_id=line)).changed == 2

    business(shop, OCTOBER, sms_micros=90_000)
    totals = rerated(shop, Scope(OCTOBER), "business")
    # The message: 0.09 instead of 0.10. The call costs the same by the newer version.
    assert (totals.changed, totals.after_micros - totals.before_micros) == (1, -10_000)


def test_the_host_operators_amount_changes_only_where_it_is_asked_for(shop: Context) -> None:
    anna = open_line(shop, ANNA)
    bent = open_line(shop, BENT, beside=anna)
    host(shop, LONG_AGO, 60_000)
    row = shop.db.query(PriceList).filter_by(code="host").one()
    shop.db.add(HostContract(id=uuid7(), code="host", operator="Host", price_list_id=row.id, valid_from=LONG_AGO))
    shop.db.flush()
    load(shop, receive(shop, call(1), call(2, caller=BENT), call(3, start="2026-10-12T10:00:00Z")))
    host(shop, OCTOBER, 120_000)

    assert rerated(shop, Scope(OCTOBER, until=utc("2026-10-10 00:00"), subscription_id=anna)).changed == 1
    assert (wholesale(shop, anna), wholesale(shop, bent)) == ([122_000, 61_000], [61_000])


def host(ctx: Context, since: datetime, minute_micros: int) -> None:
    rates = (RateDraft("dk", "voice_out", minute_micros, 60, 1, 1),)
    draft = PriceListDraft("host", "DKK", since, ZONES[:1], rates, purpose=Purpose.WHOLESALE)
    catalogue.import_price_list(ctx, draft)


def wholesale(ctx: Context, line: UUID) -> list[int | None]:
    return [record.wholesale_micros for record in reversed(charging.usage(ctx, line))]
