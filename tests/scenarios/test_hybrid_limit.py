"""A hybrid customer of Most (BAM): usage is billed up to the spend limit, and paid from prepaid credit above it."""

import pytest

from tests.plugins.world import World
from tests.scenarios.test_postpaid_month import BILL

pytestmark = pytest.mark.brand("most")

TOP_UP = """
mutation ($input: TopUpInput!) { topUp(input: $input) { payment { id } userErrors { code message field } } }
"""


def test_what_lies_above_the_limit_is_paid_from_credit(world: World) -> None:
    emir = world.subscriber("most-start")
    money = {"amount": "20.00", "currencyCode": "BAM"}
    asked = {"subscriptionId": emir.subscription_id, "amount": money, "cardToken": "tok_visa_ok"}
    assert world.shop(TOP_UP, {"input": asked})["topUp"]["userErrors"] == []
    world.drain()
    world.go_to("2026-10-20T12:00")

    # North America: 0.10 to connect, then 0.39 a minute: 20 minutes are 7.90 each, of which the limit of 10.00 lets
    # 7.90 and 2.10 be billed; 5.80 is taken from the credit.
    ended = world.load(
        f"h1,voice_out,{emir.msisdn},,+17154139112,2026-10-10T08:00:00Z,1200,,,,true,",
        f"h2,voice_out,{emir.msisdn},,+17154139112,2026-10-11T08:00:00Z,1200,,,,true,",
    )

    assert ended == {"rated": 2}
    usage = emir.ask("usage { nodes { cost { amount } toBeBilled { amount } fromBalance { amount } } }")["usage"]
    assert [{name: part["amount"] for name, part in event.items()} for event in usage["nodes"]] == [
        {"cost": "7.90", "toBeBilled": "2.10", "fromBalance": "5.80"},
        {"cost": "7.90", "toBeBilled": "7.90", "fromBalance": "0.00"},
    ]
    buckets = {bucket["code"]: bucket["money"] for bucket in emir.ask("buckets { code money { amount } }")["buckets"]}
    assert buckets["main"] == {"amount": "14.20"}

    world.go_to("2026-11-02")
    (invoice,) = world.shop(BILL, {"id": emir.subscription_id})["subscription"]["account"]["invoices"]["nodes"]
    usage_lines = [line["exact"]["amount"] for line in invoice["lines"] if line["kind"] == "USAGE"]
    assert usage_lines == ["10.00"]
