"""Calls at the prices of the real rate deck, worked out by hand (tests/golden/rating/deck.toml)."""

import tomllib
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from mvne_platform.catalogue import DeckTerms, Exchange, PriceListHead, Tariff, compile_drafts, read_price_list_csv
from mvne_platform.rating import Purse, ScalarRater
from tests.platform.rating.house import COPENHAGEN, GOLDEN, a_subscriber, an_event

EVENTS = tomllib.loads((GOLDEN / "deck.toml").read_text("utf-8"))["events"]


@cache
def deck_tariff() -> Tariff:
    deck = (GOLDEN.parents[1] / "data" / "retail_voice_rates.csv").read_text("utf-8")
    terms = DeckTerms(Exchange("USD", Decimal("6.91"), date(2026, 9, 30)))
    head = PriceListHead("world", "DKK", datetime(2026, 1, 1, tzinfo=UTC), terms)
    files = {
        "zones.csv": "zone,name,prefixes\nnanp,North America,1\n",
        "rates.csv": "zone,service,first,next,price,per\nnanp,voice_out,1,1,0.60,1min\n",
        "deck.csv": deck,
    }
    reading = read_price_list_csv(head, files)
    assert reading.notes == ("deck.csv:824: prefix 1 is taken from zone 'nanp' of zones.csv",)
    assert reading.draft is not None
    return compile_drafts([reading.draft], COPENHAGEN, {})


@pytest.mark.parametrize("fields", [pytest.param(fields, id=fields["to"]) for fields in EVENTS])
def test_a_call_costs_what_the_deck_says(fields: dict[str, Any]) -> None:
    event = an_event(other_party=fields["to"], duration_s=fields["seconds"])
    rated = ScalarRater().rate(event, a_subscriber(), deck_tariff(), Purse())
    expect = fields["expect"]
    assert rated.outcome == expect.get("outcome", "rated")
    assert rated.reason == expect.get("reason")
    assert rated.zone == expect.get("zone")
    assert (rated.charged, rated.amount_micros) == (expect.get("charged", 0), expect.get("amount", 0))
    assert rated.accrued_micros == rated.amount_micros
    assert expect.get("detail", "") in rated.detail
