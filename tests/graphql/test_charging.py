"""Charging through the API, by a client with the scope `charging`."""

from uuid import UUID

import pytest
from sqlalchemy import text

from mvne_platform.catalogue import PaymentMode
from mvne_platform.kernel import uuid7
from mvne_platform.runtime import brand_work
from tests.gateway.wire import OTHER_SHOP, Wire, client_token
from tests.platform.charging.shop import FRIEND, open_line, open_shop
from tests.platform.charging_online.desk import give_money

ANSWER = """answer { result reason units amount { amount currencyCode } sessionId usedUnits ended
  grant { units finalAction } }"""
REST = "repeated userErrors { code field }"
CHARGE = f"mutation ($input: ChargeUsageInput!) {{ chargeUsage(input: $input) {{ {ANSWER} {REST} }} }}"
START = f"mutation ($input: StartChargingSessionInput!) {{ startChargingSession(input: $input) {{ {ANSWER} {REST} }} }}"
UPDATE = (
    f"mutation ($input: UpdateChargingSessionInput!) {{ updateChargingSession(input: $input) {{ {ANSWER} {REST} }} }}"
)
RELEASE = (
    f"mutation ($input: ReleaseChargingSessionInput!) {{ releaseChargingSession(input: $input) {{ {ANSWER} {REST} }} }}"
)
PRICE = 'query ($usage: UsageInput!) { usagePrice(usage: $usage, quantity: "2") { result amount { amount } } }'


@pytest.fixture(scope="module")
def token(wire: Wire) -> str:
    with brand_work("testbrand") as ctx:
        open_shop(ctx)
    return client_token(("charging",))


def line(msisdn: str, micros: int) -> UUID:
    with brand_work("testbrand") as ctx:
        made = open_line(ctx, msisdn, PaymentMode.PREPAID)
        give_money(ctx, made, micros)
        return made


def money(subscription: UUID) -> tuple[int, int]:
    with brand_work("testbrand") as ctx:
        row = ctx.db.execute(
            text("SELECT amount, reserved FROM bucket WHERE subscription_id = :id"), {"id": subscription}
        ).one()
        return row.amount, row.reserved


def sms(msisdn: str) -> dict[str, str]:
    return {"subscriber": msisdn, "service": "SMS_OUT", "otherParty": FRIEND}


def test_a_charge_is_priced_granted_and_repeated_safely(wire: Wire, token: str) -> None:
    anna = line("+4520770001", 500_000)
    given = {"input": {"id": str(uuid7()), "usage": sms("+4520770001"), "quantity": "1"}}

    price = wire.data(PRICE, {"usage": sms("+4520770001")}, token=token)["usagePrice"]
    first = wire.data(CHARGE, given, token=token)["chargeUsage"]
    again = wire.data(CHARGE, given, token=token)["chargeUsage"]

    assert price == {"result": "GRANTED", "amount": {"amount": "0.40"}}
    assert first["answer"]["result"] == "GRANTED"
    assert first["answer"]["amount"] == {"amount": "0.20", "currencyCode": "DKK"}
    assert again == first | {"repeated": True}
    assert money(anna) == (500_000, 200_000)


def test_what_cannot_be_paid_is_an_answer_and_moves_nothing(wire: Wire, token: str) -> None:
    anna = line("+4520770002", 100_000)

    given = {"input": {"id": str(uuid7()), "usage": sms("+4520770002"), "quantity": "1"}}
    refused = wire.data(CHARGE, given, token=token)["chargeUsage"]

    assert (refused["answer"]["result"], refused["answer"]["reason"]) == ("REFUSED", "balance_too_low")
    assert refused["userErrors"] == []
    assert money(anna) == (100_000, 0)


def test_a_dry_run_moves_nothing(wire: Wire, token: str) -> None:
    anna = line("+4520770003", 500_000)

    given = {"input": {"id": str(uuid7()), "usage": sms("+4520770003"), "quantity": "1", "dryRun": True}}
    answer = wire.data(CHARGE, given, token=token)["chargeUsage"]["answer"]

    assert answer["result"] == "GRANTED"
    assert money(anna) == (500_000, 0)


def test_a_session_from_start_to_release(wire: Wire, token: str) -> None:
    anna = line("+4520770004", 500_000)
    session = str(uuid7())
    call = {"subscriber": "+4520770004", "service": "VOICE_OUT", "otherParty": FRIEND}

    started = wire.data(START, {"input": {"id": session, "usage": call, "requested": "60"}}, token=token)
    more = {"sessionId": session, "sequence": 1, "used": "60", "requested": "60"}
    updated = wire.data(UPDATE, {"input": more}, token=token)
    end = {"sessionId": session, "sequence": 2, "used": "5"}
    released = wire.data(RELEASE, {"input": end}, token=token)

    assert started["startChargingSession"]["answer"]["grant"] == {"units": "60", "finalAction": None}
    assert updated["updateChargingSession"]["answer"]["grant"] == {"units": "20", "finalAction": "TERMINATE"}
    answer = released["releaseChargingSession"]["answer"]
    assert (answer["usedUnits"], answer["ended"], answer["amount"]["amount"]) == ("65", True, "0.425")
    assert money(anna) == (500_000, 425_000)


def test_another_brands_subscriber_and_session_are_unknown_ones(wire: Wire, token: str) -> None:
    line("+4520770005", 500_000)
    session = str(uuid7())
    call = {"subscriber": "+4520770005", "service": "VOICE_OUT", "otherParty": FRIEND}
    wire.data(START, {"input": {"id": session, "usage": call, "requested": "60"}}, token=token)
    foreign = client_token(("charging",), brand="otherbrand")

    asked = {"input": {"id": str(uuid7()), "usage": sms("+4520770005"), "quantity": "1"}}
    charged = wire.data(CHARGE, asked, token=foreign, at=OTHER_SHOP)["chargeUsage"]
    end = {"input": {"sessionId": session, "sequence": 1, "used": "5"}}
    released = wire.data(RELEASE, end, token=foreign, at=OTHER_SHOP)["releaseChargingSession"]
    others = wire.data(RELEASE, end, token=client_token(("charging",)))["releaseChargingSession"]

    assert charged["userErrors"][0]["code"] == "UNKNOWN_SUBSCRIBER"
    assert released["userErrors"][0]["code"] == "UNKNOWN_SESSION"
    assert others["userErrors"][0]["code"] == "UNKNOWN_SESSION"


@pytest.mark.parametrize("given", ["1", "01890a5dac96774bbcceb302099a8057", "{01890a5d-ac96-774b-bcce-b302099a8057}"])
def test_an_id_that_is_no_uuid_is_refused(wire: Wire, token: str, given: str) -> None:
    asked = {"input": {"id": given, "usage": sms("+4520770001"), "quantity": "1"}}
    assert wire.codes(CHARGE, asked, token=token) == ["BAD_USER_INPUT"]
