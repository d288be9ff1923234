"""The examples of the guides about usage, re-rating and replays work as they stand there, one after the other."""

import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from mvne_graphql.relay import global_id
from mvne_graphql.types.usage import event_id
from mvne_platform import catalogue, charging
from mvne_platform.catalogue import PriceListDraft, RateDraft
from mvne_platform.runtime import BrandRow, brand_work, platform_work
from tests.gateway.wire import CONSOLE, Wire, client_token, staff_token
from tests.platform.charging.jobs import run_jobs
from tests.platform.charging.shop import ANNA, RATES, ZONES, call, load, open_line, open_shop, receive, utc

GUIDES = Path(__file__).resolve().parents[3] / "docs" / "guides"
# Whole minutes at 0.60, and nothing for the call.
FILES = [
    {"name": "zones.csv", "content": "zone,name,prefixes\ndk,Denmark,45\n"},
    {"name": "rates.csv", "content": "zone,service,first,next,price,per\ndk,voice_out,1min,1min,0.60,1min\n"},
]


def examples(guide: str) -> list[str]:
    """The GraphQL of a guide, in order."""
    return re.findall(r"```graphql\n(.*?)```", (GUIDES / f"{guide}.md").read_text("utf-8"), re.DOTALL)


@pytest.fixture(scope="module")
def line(wire: Wire) -> str:
    """Anna's line with two calls of 61 seconds in October, each 0.405; it is the 20th."""
    with platform_work() as db:
        db.get_one(BrandRow, "testbrand").clock_at = utc("2026-10-20 12:00")
    with brand_work("testbrand") as ctx:
        open_shop(ctx)
        line = open_line(ctx, ANNA)
        load(ctx, receive(ctx, call(1), call(2, start="2026-10-06T10:00:00Z")))
    return str(global_id("Subscription", line))


def asked(wire: Wire, document: str, **variables: Any) -> dict[str, Any]:
    """What an example answers to a brand's administrator; of a mutation its payload, which must be no refusal."""
    data: dict[str, Any] = wire.data(
        document, variables, at=CONSOLE, token=staff_token("brand_admin"), brand="testbrand"
    )
    (answer,) = data.values()
    assert answer is not None
    assert answer.get("userErrors", []) == []
    return dict(answer)


def jobs_run() -> None:
    with brand_work("testbrand") as ctx:
        run_jobs(ctx)


def test_what_was_used_and_why_it_cost_that(wire: Wire, line: str) -> None:
    lists, event = examples("usage-and-its-cost")
    assert asked(wire, lists, id=line)["usageTotals"][0]["cost"] == {"amount": "0.405"}
    with brand_work("testbrand") as ctx:
        (latest, _) = charging.usage(ctx, ctx.db.scalars(_only_line()).one())
        given = str(event_id(latest.subscription_id, latest.key))
    for how in ({"token": client_token(("care",))}, {"token": staff_token("csr"), "at": CONSOLE, "brand": "testbrand"}):
        found = wire.data(event, {"id": given}, **how)["ratedEvent"]
        assert found["cost"] == {"amount": "0.405"}
        assert [step["kind"] for step in found["explanation"]][-2:] == ["amount", "accrued"]


def _only_line() -> Any:
    return text("SELECT id FROM subscription")


def test_a_replay(wire: Wire, line: str) -> None:
    start, look = examples("tariff-replay")
    run = asked(wire, start, files=FILES)["tariffReplay"]
    jobs_run()
    found = asked(wire, look, id=run["id"])
    # Two calls of two started minutes each.
    assert (found["totals"]["charged"], found["totals"]["replayed"]) == ({"amount": "0.81"}, {"amount": "2.40"})


def test_a_re_rating(wire: Wire, line: str) -> None:
    with brand_work("testbrand") as ctx:
        dearer = RateDraft("dk", "voice_out", 360_000, 60, 1, 1, connection_fee_micros=100_000)
        since = utc("2026-10-06 00:00")
        catalogue.import_price_list(ctx, PriceListDraft("standard", "DKK", since, ZONES, (dearer, *RATES[1:])))
    start, look, book = examples("re-rating")
    run = asked(wire, start)["rerating"]
    jobs_run()
    found = asked(wire, look, id=run["id"])
    assert (found["state"], found["totals"]["changed"]) == ("COMPUTED", "1")
    assert (found["totals"]["before"], found["totals"]["after"]) == ({"amount": "0.81"}, {"amount": "0.871"})
    asked(wire, book, id=run["id"])
    jobs_run()
    assert asked(wire, look, id=run["id"])["state"] == "BOOKED"
