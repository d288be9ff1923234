"""Re-rating and tariff replay at the console: the difference first, the books on approval, prices tried on the past."""

from dataclasses import replace
from typing import Any

import pytest

from mvne_graphql.console.replays import TariffReplayTotals
from mvne_graphql.money import Money
from mvne_graphql.relay import global_id
from mvne_platform import catalogue
from mvne_platform.catalogue import PriceListDraft
from mvne_platform.charging import replay
from mvne_platform.kernel import uuid7
from mvne_platform.runtime import BrandRow, brand_work, platform_work
from tests.gateway.wire import CONSOLE, Wire, staff_token
from tests.graphql.console.desk import ask, do
from tests.platform.charging.jobs import run_jobs
from tests.platform.charging.shop import ANNA, BENT, RATES, ZONES, call, load, open_line, open_shop, receive, utc

OCTOBER = {"startsFrom": "2026-10-01T00:00:00Z", "startsBefore": "2026-11-01T00:00:00Z"}
RUN = """id state cause reason progressPercent totals { subscriptions events changed failed stale
  before { amount } after { amount } toBeBilled { amount currencyCode } fromBalance { amount } }
  changes { nodes { state changed before { amount } after { amount } toBeBilled { amount } subscription { id } } }"""
REPLAY = """id name state progressPercent isDraft priceList totals { subscriptions events failed winners losers
  charged { amount } replayed { amount } revenueDifference { amount } wholesale { amount } marginAfter { amount } }
  distribution { abovePercent toPercent subscriptions difference { amount } }
  shocks(atLeast: "0.1") { nodes { number charged { amount } difference { amount } } }"""
# Calls in Denmark by the started minute, at 0.60; the rest as it was.
FILES = [
    {"name": "zones.csv", "content": "zone,name,treatment,prefixes,short_codes,networks\ndk,Denmark,,45,,home\n"},
    {"name": "rates.csv", "content": "zone,service,fee,first,next,price,per\ndk,voice_out,0,60,60,0.60,60\n"},
]


@pytest.fixture(scope="module")
def finance(wire: Wire) -> str:
    return staff_token("finance")


@pytest.fixture(scope="module")
def anna(wire: Wire) -> str:
    """Anna's line with two calls of 61 seconds, each 0.405, and Bent's with one; it is the 20th of October."""
    with platform_work() as db:
        db.get_one(BrandRow, "testbrand").clock_at = utc("2026-10-20 12:00")
    with brand_work("testbrand") as ctx:
        open_shop(ctx)
        line = open_line(ctx, ANNA)
        open_line(ctx, BENT)
        load(ctx, receive(ctx, call(1), call(2, start="2026-10-06T10:00:00Z"), call(3, caller=BENT)))
    return global_id("Subscription", line)


def jobs_run() -> None:
    with brand_work("testbrand") as ctx:
        run_jobs(ctx)


def mutate(wire: Wire, name: str, shown: str, token: str, given: dict[str, Any]) -> dict[str, Any]:
    kind = f"{name[0].upper()}{name[1:]}Input"
    text = f"mutation ($input: {kind}!) {{ {name}(input: $input) {{ {shown} userErrors {{ code field }} }} }}"
    return do(wire, text, token, given, key=f"{name}-{uuid7()}")


def shown(wire: Wire, token: str, run_id: str) -> dict[str, Any]:
    found: dict[str, Any] = ask(wire, f"query ($id: ID!) {{ it: rerating(id: $id) {{ {RUN} }} }}", token, id=run_id)[
        "it"
    ]
    return found


def test_the_difference_is_shown_and_booked_by_who_may(wire: Wire, finance: str, anna: str) -> None:
    office = staff_token("back_office")
    with brand_work("testbrand") as ctx:
        dearer = (replace(RATES[0], price_micros=360_000), *RATES[1:])
        catalogue.import_price_list(ctx, PriceListDraft("standard", "DKK", utc("2026-10-06 00:00"), ZONES, dearer))
    given = {**OCTOBER, "subscriptionId": anna, "priceList": "standard", "reason": " The prices came late. "}
    started = mutate(wire, "startRerating", "rerating { id state progressPercent reason }", office, given)["rerating"]
    run_id = started.pop("id")
    assert started == {"state": "COMPUTING", "progressPercent": 0, "reason": "The prices came late."}
    jobs_run()

    run = shown(wire, office, run_id)
    assert (run["state"], run["cause"], run["progressPercent"]) == ("COMPUTED", "REQUESTED", 100)
    # The call of the 6th: 0.10 + 61 × 0.36 ÷ 60 = 0.466 instead of 0.405.
    assert run["totals"] == {
        "subscriptions": 1, "events": "2", "changed": "1", "failed": "0", "stale": 0,
        "before": {"amount": "0.81"}, "after": {"amount": "0.871"},
        "toBeBilled": {"amount": "0.061", "currencyCode": "DKK"}, "fromBalance": {"amount": "0.00"},
    }  # fmt: skip
    (change,) = run["changes"]["nodes"]
    assert change == {
        "state": "COMPUTED", "changed": "1", "before": {"amount": "0.81"}, "after": {"amount": "0.871"},
        "toBeBilled": {"amount": "0.061"}, "subscription": {"id": anna},
    }  # fmt: skip

    text = "mutation ($input: BookReratingInput!) { bookRerating(input: $input) { rerating { state } } }"
    refused = wire.codes(text, {"input": {"reratingId": run_id}}, at=CONSOLE, token=office, brand="testbrand", key="no")
    assert refused == ["FORBIDDEN"]
    rehearsed = mutate(wire, "bookRerating", "rerating { state }", finance, {"reratingId": run_id, "dryRun": True})
    assert rehearsed == {"rerating": {"state": "BOOKING"}, "userErrors": []}
    assert shown(wire, finance, run_id)["state"] == "COMPUTED"
    for state in ("BOOKING", "BOOKED"):
        booked = mutate(wire, "bookRerating", "rerating { state }", finance, {"reratingId": run_id})
        assert booked == {"rerating": {"state": state}, "userErrors": []}
        jobs_run()
    assert shown(wire, finance, run_id)["changes"]["nodes"] == [{**change, "state": "BOOKED"}]
    late = mutate(wire, "discardRerating", "rerating { state }", finance, {"reratingId": run_id})
    assert (late["rerating"], late["userErrors"][0]["code"]) == (None, "RERATING_NOT_COMPUTED")

    listed = "reratings(cause: %s) { nodes { id state subscription { id } } }"
    found = ask(wire, f"{{ asked: {listed % 'REQUESTED'} late: {listed % 'LATE_USAGE'} }}", finance)
    assert found["asked"]["nodes"][0] == {"id": run_id, "state": "BOOKED", "subscription": {"id": anna}}
    assert found["late"]["nodes"] == []
    event = ask(
        wire,
        "query ($id: ID!) { subscription(id: $id) { usage(first: 1) { nodes { cost { amount } explanation { kind values"
        " { name value } } } } } }",
        finance,
        id=anna,
    )["subscription"]["usage"]["nodes"][0]
    assert event["cost"] == {"amount": "0.466"}
    assert {"name": "version", "value": "2"} in event["explanation"][0]["values"]


def test_a_difference_may_be_let_go(wire: Wire, finance: str, anna: str) -> None:
    given = {**OCTOBER, "reason": "To see."}
    run_id = mutate(wire, "startRerating", "rerating { id }", finance, given)["rerating"]["id"]
    jobs_run()
    gone = mutate(wire, "discardRerating", "rerating { state }", finance, {"reratingId": run_id})
    assert gone == {"rerating": {"state": "DISCARDED"}, "userErrors": []}
    refused = mutate(wire, "bookRerating", "rerating { state }", finance, {"reratingId": run_id})
    assert refused["userErrors"][0]["code"] == "RERATING_NOT_COMPUTED"


@pytest.mark.parametrize(
    ("name", "given", "code"),
    [
        ("startRerating", {**OCTOBER, "reason": " "}, "BAD_RERATING"),
        ("startRerating", {**OCTOBER, "startsBefore": OCTOBER["startsFrom"], "reason": "x"}, "BAD_RERATING"),
        ("startRerating", {**OCTOBER, "priceList": "none", "reason": "x"}, "UNKNOWN_PRICE_LIST"),
        ("startRerating", {**OCTOBER, "plan": "none", "reason": "x"}, "BAD_RERATING"),
        ("replayTariff", {**OCTOBER, "name": " ", "priceList": "standard"}, "BAD_REPLAY"),
        ("replayTariff", {**OCTOBER, "name": "x", "priceList": "none"}, "UNKNOWN_PRICE_LIST"),
    ],
)
def test_what_makes_no_sense_is_refused(wire: Wire, anna: str, name: str, given: dict[str, Any], code: str) -> None:
    payload = mutate(wire, name, "", staff_token("brand_admin"), given)
    assert [error["code"] for error in payload["userErrors"]] == [code]


def test_a_product_manager_tries_a_draft_on_the_past(wire: Wire, anna: str) -> None:
    manager = staff_token("product_manager")
    given = {**OCTOBER, "name": "Whole minutes", "priceList": "standard", "files": FILES}
    payload = mutate(wire, "replayTariff", "tariffReplay { id state }", manager, given)
    assert (payload["tariffReplay"]["state"], payload["userErrors"]) == ("RUNNING", [])
    jobs_run()
    asked = f"query ($id: ID!) {{ it: tariffReplay(id: $id) {{ {REPLAY} }} }}"
    run = ask(wire, asked, manager, id=payload["tariffReplay"]["id"])["it"]
    numbers = [shock.pop("number") for shock in run["shocks"]["nodes"]]
    assert len(set(numbers)) == 2
    charged = run["totals"]["charged"]["amount"]
    assert charged in ("1.215", "1.276")  # before and after the re-rating above
    # Three calls of two started minutes each.
    assert run["totals"]["replayed"] == {"amount": "3.60"}
    assert (run["totals"]["subscriptions"], run["totals"]["losers"], run["totals"]["winners"]) == (2, 2, 0)
    assert run["totals"]["wholesale"] is None
    assert run["distribution"][0]["abovePercent"] == 100
    assert (run["state"], run["isDraft"], run["progressPercent"]) == ("DONE", True, 100)
    listed = ask(wire, "{ tariffReplays { nodes { name } } }", manager)["tariffReplays"]["nodes"]
    assert {"name": "Whole minutes"} in listed


def test_the_list_in_force_gives_what_was_charged(wire: Wire, anna: str) -> None:
    manager = staff_token("product_manager")
    given = {**OCTOBER, "name": "As it is", "priceList": "standard"}
    run_id = mutate(wire, "replayTariff", "tariffReplay { id }", manager, given)["tariffReplay"]["id"]
    jobs_run()
    run = ask(wire, f"query ($id: ID!) {{ it: tariffReplay(id: $id) {{ {REPLAY} }} }}", manager, id=run_id)["it"]
    assert run["totals"]["charged"] == run["totals"]["replayed"]
    assert (run["totals"]["winners"], run["totals"]["losers"], run["shocks"]["nodes"]) == (0, 0, [])


def test_a_margin_needs_the_host_operators_contract_in_the_brands_currency() -> None:
    totals = replay.Totals(1, 1, 0, 3_000_000, 4_000_000, 1_000_000, 0, 1)
    for currency, margin in (("DKK", "2.00"), ("EUR", None), (None, None)):
        told = TariffReplayTotals.of(totals, "DKK", currency)
        assert told.margin_before == (Money.of(2_000_000, "DKK") if margin else None)
        assert told.margin_after == (Money.of(3_000_000, "DKK") if margin else None)
        assert told.wholesale == (Money.of(1_000_000, currency) if currency else None)


def test_a_draft_with_faults_is_refused_with_its_findings(wire: Wire, anna: str) -> None:
    files = [{"name": "zones.csv", "content": "nonsense"}]
    given = {**OCTOBER, "name": "x", "priceList": "standard", "files": files}
    findings = "tariffReplay { id } findings { file line }"
    payload = mutate(wire, "replayTariff", findings, staff_token("product_manager"), given)
    assert payload["tariffReplay"] is None
    assert [error["code"] for error in payload["userErrors"]] == ["PRICE_LIST_FILES_FAULTY"]
    assert {"file": "zones.csv", "line": 1} in payload["findings"]
