"""Usage through the API: one event, its explanation down to the rule, totals by day, service and zone."""

from typing import Any
from uuid import UUID

import pytest

from mvne_graphql.relay import global_id
from mvne_graphql.types.usage import event_id, event_key
from mvne_platform import catalogue, charging
from mvne_platform.catalogue import PriceListDraft, Purpose, RateDraft, ZoneDraft
from mvne_platform.catalogue.price_list_models import HostContract, PriceList
from mvne_platform.charging.models import RatedEvent
from mvne_platform.kernel import uuid7
from mvne_platform.runtime import Context, brand_work
from tests.gateway.wire import CONSOLE, OTHER_SHOP, SHOP, Wire, client_token, staff_token
from tests.platform.charging.shop import ANNA, FRIEND, RATES, ZONES, call, load, open_line, receive, utc
from tests.platform.lines import LONG_AGO

# The number of Anna's friend is a zone of its own: its prefix is the whole number.
FRIENDS = ZoneDraft("friend", "One number", prefixes=(FRIEND[1:],))
EVENT = (
    "query ($id: ID!) { it: ratedEvent(id: $id) { start zone cost { amount } otherParty wholesaleCost { amount } } }"
)
EXPLAINED = """query ($id: ID!) { it: ratedEvent(id: $id) { explanation {
  kind title arithmetic ruleId versionId bucketId values { name value } } } }"""
TOTALS = """query ($id: ID!, $by: [UsageTotalsBy!]) { subscription(id: $id) {
  usageTotals(startsFrom: "2026-09-30T22:00:00Z", startsBefore: "2026-10-31T23:00:00Z", by: $by) {
    day zone service events cost { amount } } } }"""


def contract(ctx: Context) -> None:
    """The host operator charges half of what the brand does, without a fee."""
    rates = (RateDraft("dk", "voice_out", 150_000, 60, 1, 1),)
    catalogue.import_price_list(
        ctx, PriceListDraft("host", "DKK", LONG_AGO, ZONES[:1], rates, purpose=Purpose.WHOLESALE)
    )
    host = ctx.db.query(PriceList).filter_by(code="host").one()
    ctx.db.add(HostContract(id=uuid7(), code="host", operator="Host", price_list_id=host.id, valid_from=LONG_AGO))
    ctx.db.flush()


@pytest.fixture(scope="module")
def line(wire: Wire) -> UUID:
    """Calls to a friend and to America, and one that no list may show."""
    with brand_work("testbrand") as ctx:
        ctx.now = utc("2026-10-20 12:00")
        rates = (*RATES, RateDraft("friend", "voice_out", 60_000, 60, 1, 1))
        catalogue.import_price_list(ctx, PriceListDraft("standard", "DKK", LONG_AGO, (*ZONES, FRIENDS), rates))
        contract(ctx)
        line = open_line(ctx, ANNA)
        load(
            ctx,
            receive(
                ctx,
                call(1, 61),
                call(2, 60, called="+12125550100", start="2026-10-05T22:00:00Z"),
                call(3, 60, called="112", start="2026-10-06T10:00:00Z"),
            ),
        )
        return line


@pytest.fixture(scope="module")
def friends(line: UUID) -> str:
    """The id of the call to the friend."""
    with brand_work("testbrand") as ctx:
        return str(event_id(line, charging.usage(ctx, line)[-1].key))


def seen(wire: Wire, text: str, given: str, **how: Any) -> Any:
    return wire.data(text, {"id": given}, **how)["it"]


def as_staff(role: str) -> dict[str, str]:
    return {"token": staff_token(role), "at": CONSOLE, "brand": "testbrand"}


def test_one_event_is_found_by_its_id_on_both_sides(wire: Wire, friends: str) -> None:
    # 61 s at 0.06 a minute; the host operator charges 0.15 a minute.
    shown = {"start": "2026-10-05T10:00:00Z", "zone": "friend", "cost": {"amount": "0.061"}}
    masked, whole, wholesale = {"otherParty": "+4530000xxx"}, {"otherParty": FRIEND}, {"amount": "0.1525"}
    none = {"wholesaleCost": None}
    assert seen(wire, EVENT, friends, token=client_token(("care",))) == {**shown, **masked, **none}
    assert seen(wire, EVENT, friends, token=client_token(("care", "numbers"))) == {**shown, **whole, **none}
    assert seen(wire, EVENT, friends, **as_staff("csr")) == {**shown, **masked, **none}
    assert seen(wire, EVENT, friends, **as_staff("finance")) == {**shown, **masked, "wholesaleCost": wholesale}


def test_an_event_of_another_brand_or_never_shown_is_absent(wire: Wire, line: UUID, friends: str) -> None:
    with brand_work("testbrand") as ctx:
        emergency = ctx.db.query(RatedEvent).filter_by(other_party="112").one()
    hidden = event_id(line, emergency.key)
    never = event_id(line, uuid7())
    for given in (hidden, never, "nonsense", "", "UmF0ZWRFdmVudDp4Onk=", friends[:-4]):
        assert seen(wire, EVENT, given, token=client_token()) is None, given
    stranger = client_token(brand="otherbrand")
    assert seen(wire, EVENT, friends, at=OTHER_SHOP, token=stranger) is None
    assert wire.ask(EVENT, {"id": friends}, at=SHOP, token=stranger).status_code == 401


def test_an_explanation_names_rule_version_and_arithmetic(wire: Wire, line: UUID, friends: str) -> None:
    with brand_work("testbrand") as ctx:
        record = charging.usage_event(ctx, *event_key(friends))
    assert record is not None
    steps = seen(wire, EXPLAINED, friends, token=client_token(("care", "numbers")))["explanation"]
    assert [step["kind"] for step in steps] == ["price_list", "zone", "band", "units", "usage", "amount", "accrued"]
    by_kind = {step["kind"]: step for step in steps}
    assert by_kind["price_list"]["versionId"] == str(record.price_list_version_id)
    assert by_kind["usage"]["ruleId"] == str(record.rate_id)
    assert {"name": "charged", "value": "61"} in by_kind["units"]["values"]


def test_an_explanation_shows_no_more_of_a_number_than_the_list_does(wire: Wire, friends: str) -> None:
    for how in ({"token": client_token(("care",))}, as_staff("csr")):
        told = repr(seen(wire, EXPLAINED, friends, **how))
        assert FRIEND[1:] not in told
        assert FRIEND[1:9] not in told
        assert "xxx" in told
    assert FRIEND[1:] in repr(seen(wire, EXPLAINED, friends, **as_staff("back_office")))


@pytest.mark.parametrize("asked", ["usage(filter: {%s}) { nodes { id } }", "usageTotals(%s) { events }"])
def test_a_time_that_ends_before_it_begins_is_refused(wire: Wire, line: UUID, asked: str) -> None:
    field = asked % 'startsFrom: "2026-10-07T00:00:00Z", startsBefore: "2026-10-06T00:00:00Z"'
    given = {"id": global_id("Subscription", line)}
    text = f"query ($id: ID!) {{ subscription(id: $id) {{ {field} }} }}"
    assert wire.codes(text, given, token=client_token()) == ["BAD_USER_INPUT"]


@pytest.mark.parametrize(
    ("by", "totals"),
    [
        (None, [("2026-10-06", None, "1", "1.20"), ("2026-10-05", None, "1", "0.061")]),
        ([], [(None, None, "2", "1.261")]),
        (["ZONE"], [(None, "friend", "1", "0.061"), (None, "us", "1", "1.20")]),
        (["DAY", "ZONE"], [("2026-10-06", "us", "1", "1.20"), ("2026-10-05", "friend", "1", "0.061")]),
    ],
)
def test_totals_are_split_as_asked(
    wire: Wire, friends: str, line: UUID, by: list[str] | None, totals: list[tuple[str | None, ...]]
) -> None:
    given = {"id": global_id("Subscription", line), "by": by}
    found = wire.data(TOTALS, given, token=client_token())["subscription"]["usageTotals"]
    assert {one["service"] for one in found} == {"VOICE_OUT"}
    assert [(one["day"], one["zone"], one["events"], one["cost"]["amount"]) for one in found] == totals
