"""Opening an event down to the rules that priced it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mvne_platform import balances, billing, catalogue, charging
from mvne_platform.balances import Grant, Reason
from mvne_platform.catalogue import PriceListDraft, RateDraft, ZoneDraft
from mvne_platform.charging import permissions, rerating
from mvne_platform.charging.past import Scope
from mvne_platform.kernel import Unit, uuid7
from mvne_platform.runtime import Context
from mvne_platform.runtime.context import Actor, ActorKind
from tests.platform.charging.jobs import run_jobs
from tests.platform.charging.shop import ANNA, FRIEND, RATES, ZONES, call, load, open_line, open_shop, receive, utc

OCTOBER = utc("2026-10-01 00:00")


@pytest.fixture
def shop(ctx: Context) -> Context:
    ctx.now = utc("2026-10-20 12:00")
    open_shop(ctx)
    return ctx


def kinds(ctx: Context, record: charging.UsageRecord) -> list[str]:
    return [step.kind.value for step in charging.explanation(ctx, record)]


def test_a_call_that_an_allowance_covers_in_part(shop: Context) -> None:
    line = open_line(shop, ANNA)
    grant = Grant("minutes", Unit.SECOND, 31, valid_from=OCTOBER, valid_to=OCTOBER + timedelta(days=31))
    bucket = balances.grant_allowance(shop, line, grant, Reason.GRANT, uuid7())
    load(shop, receive(shop, call(1)))
    (record,) = charging.usage(shop, line)
    steps = {step.kind.value: step for step in charging.explanation(shop, record)}
    assert list(steps) == ["price_list", "zone", "band", "units", "allowance", "usage", "fee", "amount", "accrued"]
    assert steps["allowance"].bucket_id == bucket.id
    assert steps["allowance"].values["taken"] == 31
    assert steps["price_list"].version_id == record.price_list_version_id
    assert steps["usage"].rule_id == record.rate_id


def test_after_a_re_rating_the_newer_result_is_explained(shop: Context) -> None:
    line = open_line(shop, ANNA)
    load(shop, receive(shop, call(1)))
    rates = (RateDraft("dk", "voice_out", 360_000, 60, 1, 1, connection_fee_micros=100_000), *RATES[1:])
    catalogue.import_price_list(shop, PriceListDraft("standard", "DKK", OCTOBER, ZONES, rates))
    run = rerating.start_rerating(shop, Scope(OCTOBER), price_list=None, reason="Prices came late.")
    run_jobs(shop)
    billing.book_rerating(shop, run.id)
    run_jobs(shop)
    (record,) = charging.usage(shop, line)
    first = charging.explanation(shop, record)[0]
    assert (record.amount_micros, first.values["version"]) == (466_000, 2)


def test_a_call_that_nobody_answered_is_explained_too(shop: Context) -> None:
    line = open_line(shop, ANNA)
    load(shop, receive(shop, call(1).replace("true", "false")))
    (record,) = charging.usage(shop, line)
    assert kinds(shop, record) == ["end"]


def test_a_prefix_that_is_a_whole_number_shows_no_more_of_it_than_the_list(shop: Context) -> None:
    zones = (*ZONES, ZoneDraft("friend", "One number", prefixes=(FRIEND[1:],)))
    rates = (*RATES, RateDraft("friend", "voice_out", 0, 60, 1, 1))
    catalogue.import_price_list(shop, PriceListDraft("standard", "DKK", OCTOBER, zones, rates))
    line = open_line(shop, ANNA)
    load(shop, receive(shop, call(1)))
    agent = replace(shop, actor=Actor(ActorKind.STAFF, "csr", frozenset({permissions.READ})))
    (record,) = charging.usage(agent, line)
    told = repr(charging.explanation(agent, record))
    assert "4530000xxx" in told
    assert FRIEND[1:] not in told
    assert FRIEND[1:] in repr(charging.explanation(shop, record))
