"""What a subscriber has: balances with their ledger, usage page by page, points, top-ups."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from mvne_graphql.relay import global_id
from mvne_platform import balances, loyalty, promotions
from mvne_platform.kernel import Money, uuid7
from mvne_platform.loyalty import AccrualTrigger
from mvne_platform.runtime import brand_work
from mvne_platform.runtime.models import JobRow
from mvne_platform.subscriptions.models import Subscription
from tests.gateway.wire import CONSOLE, Wire, client_token, staff_token
from tests.graphql.people import prepaid_line, vouchers
from tests.platform.charging.shop import ANNA, call, load, open_line, open_shop, receive, utc
from tests.platform.lines import make_line
from tests.platform.loyalty.programme import PROGRAMME

TOP_UP = """mutation ($input: TopUpInput!) {
  topUp(input: $input) { payment { id state amount { amount currencyCode } } userErrors { code field } }
}"""
REDEEM = """mutation ($input: RedeemRewardInput!) {
  redeemReward(input: $input) {
    loyaltyAccount { points } bucket { quantity { value unit } services validTo } userErrors { code field }
  }
}"""


@pytest.fixture(scope="module")
def token(wire: Wire) -> str:
    return client_token()


@pytest.fixture(scope="module")
def caller(wire: Wire) -> str:
    """Anna's line, with five calls of a minute and a second each on the 5th of October."""
    with brand_work("testbrand") as ctx:
        ctx.now = utc("2026-10-06 00:00")
        open_shop(ctx)
        key = open_line(ctx, ANNA)
        load(ctx, receive(ctx, *(call(n, start=f"2026-10-05T10:0{n}:00Z") for n in range(5))))
    return global_id("Subscription", key)


def _pages(wire: Wire, token: str, text: str, path: tuple[str, ...], **variables: Any) -> Iterator[list[Any]]:
    after = None
    while True:
        page: Any = wire.data(text, {**variables, "after": after}, token=token)
        for step in path:
            page = page[step]
        yield page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]


def test_usage_is_read_page_by_page_each_event_once(wire: Wire, token: str, caller: str) -> None:
    text = """query ($id: ID!, $after: String) { subscription(id: $id) { usage(first: 2, after: $after) {
      nodes { start service zone quantity { value unit } charged { value } cost { amount currencyCode } status }
      pageInfo { hasNextPage endCursor }
    } } }"""
    pages = list(_pages(wire, token, text, ("subscription", "usage"), id=caller))
    assert [len(page) for page in pages] == [2, 2, 1]
    events = [event for page in pages for event in page]
    assert [event["start"] for event in events] == [f"2026-10-05T10:0{n}:00Z" for n in (4, 3, 2, 1, 0)]
    # Denmark: 0.10 and 0.30 a minute by the second.
    assert events[0] == {
        "start": "2026-10-05T10:04:00Z",
        "service": "VOICE_OUT",
        "zone": "dk",
        "quantity": {"value": "61", "unit": "SECOND"},
        "charged": {"value": "61"},
        "cost": {"amount": "0.405", "currencyCode": "DKK"},
        "status": "RATED",
    }


def test_usage_is_narrowed_and_totalled(wire: Wire, token: str, caller: str) -> None:
    text = """query ($id: ID!, $filter: UsageFilterInput) { subscription(id: $id) {
      usage(filter: $filter) { nodes { start } }
      usageTotals { day service events quantity { value } cost { amount } toBeBilled { amount } }
    } }"""
    wanted = {"startsFrom": "2026-10-05T10:01:00Z", "startsBefore": "2026-10-05T12:03:00+02:00", "service": "VOICE_OUT"}
    line = wire.data(text, {"id": caller, "filter": wanted}, token=token)["subscription"]
    assert [event["start"] for event in line["usage"]["nodes"]] == ["2026-10-05T10:02:00Z", "2026-10-05T10:01:00Z"]
    assert line["usageTotals"] == [
        {
            "day": "2026-10-05",
            "service": "VOICE_OUT",
            "events": "5",
            "quantity": {"value": "305"},
            "cost": {"amount": "2.025"},
            "toBeBilled": {"amount": "2.025"},
        }
    ]
    none = wire.data(text, {"id": caller, "filter": {"service": "DATA"}}, token=token)["subscription"]
    assert none["usage"]["nodes"] == []


def test_called_numbers_lack_their_end_unless_the_reader_may_see_them(wire: Wire, caller: str) -> None:
    text = "query ($id: ID!) { subscription(id: $id) { usage(first: 1) { nodes { otherParty } } } }"

    def seen(**how: Any) -> str:
        (event,) = wire.data(text, {"id": caller}, **how)["subscription"]["usage"]["nodes"]
        number: str = event["otherParty"]
        return number

    masked = seen(token=client_token(("care",)))
    assert masked != "+4530000002"
    assert masked.startswith("+45300")
    assert seen(token=client_token(("care", "numbers"))) == "+4530000002"
    assert seen(token=staff_token("csr"), at=CONSOLE, brand="testbrand") == masked
    assert seen(token=staff_token("brand_admin"), at=CONSOLE, brand="testbrand") == "+4530000002"


def test_a_balance_is_the_sum_of_its_ledger(wire: Wire, token: str) -> None:
    line = prepaid_line(micros=20_000_000)
    for code in vouchers(2, amount="15"):
        with brand_work("testbrand") as ctx:
            promotions.redeem_voucher(ctx, code, line.key)
    text = """query ($id: ID!, $after: String) { subscription(id: $id) { buckets { code money { amount }
      ledger(first: 2, after: $after) {
        nodes { reason money { amount } moneyAfter { amount } } pageInfo { hasNextPage endCursor } } } } }"""
    bucket = wire.data(text, {"id": line.id}, token=token)["subscription"]["buckets"][0]
    assert bucket["money"]["amount"] == "50.00"
    pages = list(_pages(wire, token, text, ("subscription", "buckets", 0, "ledger"), id=line.id))  # type: ignore[arg-type]  # an index
    entries = [entry for page in pages for entry in page]
    assert [(entry["reason"], entry["money"]["amount"], entry["moneyAfter"]["amount"]) for entry in entries] == [
        ("VOUCHER", "15.00", "50.00"),
        ("VOUCHER", "15.00", "35.00"),
        ("ADJUSTMENT", "20.00", "20.00"),
    ]


def test_balances_answer_for_a_past_instant(wire: Wire, token: str) -> None:
    with brand_work("testbrand") as ctx:
        now = ctx.now
        ctx.now = now - timedelta(hours=3)
        key = make_line(ctx)
        balances.open_money(ctx, key)
        for hours, micros in ((2, 20_000_000), (0, 5_000_000)):
            ctx.now = now - timedelta(hours=hours)
            balances.top_up(ctx, key, Money(micros, "DKK"), balances.Reason.ADJUSTMENT, uuid7())
    text = "query ($id: ID!, $at: DateTime) { subscription(id: $id) { buckets(asOf: $at) { money { amount } } } }"

    def held(at: datetime | None) -> str:
        asked = {"id": global_id("Subscription", key), "at": at and at.isoformat()}
        (bucket,) = wire.data(text, asked, token=token)["subscription"]["buckets"]
        amount: str = bucket["money"]["amount"]
        return amount

    assert [held(None), held(now), held(now - timedelta(hours=1))] == ["25.00", "25.00", "20.00"]


def test_a_top_up_asks_for_a_payment_once(wire: Wire, token: str) -> None:
    line = prepaid_line()
    amount = {"amount": "100.50", "currencyCode": "DKK"}
    given = {"input": {"subscriptionId": line.id, "amount": amount, "cardToken": "tok_visa"}}
    first = wire.data(TOP_UP, given, token=token, key="top-up")["topUp"]
    assert first["userErrors"] == []
    assert (first["payment"]["state"], first["payment"]["amount"]) == ("PENDING", amount)
    assert wire.data(TOP_UP, given, token=token, key="top-up")["topUp"] == first
    with brand_work("testbrand") as ctx:
        jobs = ctx.db.query(JobRow).filter(JobRow.name == "receivables.take_payment").all()
        assert len(jobs) == 1
    asked = "query ($id: ID!) { payment(id: $id) { state subscription { id } declineReason } }"
    assert wire.data(asked, {"id": first["payment"]["id"]}, token=token) == {
        "payment": {"state": "PENDING", "subscription": {"id": line.id}, "declineReason": None}
    }


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        ("0", "DKK", "BAD_TOP_UP"),
        ("-5", "DKK", "BAD_TOP_UP"),
        ("5", "EUR", "BAD_TOP_UP"),
        ("5.001", "DKK", "BAD_TOP_UP"),
        ("5.0000001", "DKK", "INVALID"),
        ("99999999", "DKK", "BAD_TOP_UP"),
    ],
)
def test_a_top_up_that_cannot_be_taken_is_refused_and_asks_for_nothing(
    wire: Wire, token: str, amount: str, currency: str, code: str
) -> None:
    line = prepaid_line()
    given = {"subscriptionId": line.id, "amount": {"amount": amount, "currencyCode": currency}, "cardToken": "t"}
    answer = wire.data(TOP_UP, {"input": given}, token=token, key=uuid7().hex)["topUp"]
    assert (answer["payment"], answer["userErrors"][0]["code"]) == (None, code)
    with brand_work("testbrand") as ctx:
        assert ctx.db.query(JobRow).filter(JobRow.arguments["subscription_id"].astext == str(line.key)).count() == 0


@pytest.mark.parametrize("amount", [5, 5.5, "five", "1e3000", "NaN", "Infinity", None])
def test_money_is_a_string_with_a_number_in_it(wire: Wire, token: str, amount: object) -> None:
    given = {"subscriptionId": prepaid_line().id, "amount": {"amount": amount, "currencyCode": "DKK"}, "cardToken": "t"}
    answer = wire.ask(TOP_UP, {"input": given}, token=token, key=uuid7().hex)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_points_buy_a_reward_once_and_never_more_than_there_are(wire: Wire, token: str) -> None:
    line = prepaid_line()
    with brand_work("testbrand") as ctx:
        loyalty.set_programme(ctx, PROGRAMME)
        customer = ctx.db.get_one(Subscription, line.key).customer_id
        loyalty.accrue(
            ctx, customer_id=customer, trigger=AccrualTrigger.TOP_UP, cause_id=uuid7(), amount_micros=350_000_000
        )
    asked = """query ($id: ID!) {
      rewards { nodes { code points validDays quantity { value unit } } totalCount }
      loyaltyAccount(customerId: $id) { id points entries { nodes { points totalAfter reason code } } }
    }"""
    shown = wire.data(asked, {"id": global_id("Customer", customer)}, token=token)
    account = shown["loyaltyAccount"]
    assert shown["rewards"]["totalCount"] == 2
    assert shown["rewards"]["nodes"][0] == {
        "code": "gigabyte", "points": 60, "validDays": 7, "quantity": {"value": "1000000000", "unit": "BYTE"}
    }  # fmt: skip
    assert (account["points"], account["entries"]["nodes"]) == (
        70, [{"points": 70, "totalAfter": 70, "reason": "ACCRUAL", "code": "top_ups"}],
    )  # fmt: skip
    given = {"loyaltyAccountId": account["id"], "rewardCode": "gigabyte", "subscriptionId": line.id}
    told = wire.data(REDEEM, {"input": {**given, "dryRun": True}}, token=token)["redeemReward"]
    done = wire.data(REDEEM, {"input": given}, token=token, key="reward")["redeemReward"]
    assert told == done
    assert (done["loyaltyAccount"], done["bucket"]["quantity"]) == (
        {"points": 10}, {"value": "1000000000", "unit": "BYTE"},
    )  # fmt: skip
    again = wire.data(REDEEM, {"input": given}, token=token, key="another")["redeemReward"]
    assert (again["bucket"], again["userErrors"][0]["code"]) == (None, "POINTS_TOO_FEW")
    unknown = {**given, "rewardCode": "castle"}
    refused = wire.data(REDEEM, {"input": unknown}, token=token, key="castle")["redeemReward"]
    assert refused["userErrors"][0]["code"] == "REWARD_NOT_FOUND"
    left = wire.data(asked, {"id": global_id("Customer", customer)}, token=token)["loyaltyAccount"]
    assert (left["points"], len(left["entries"]["nodes"])) == (10, 2)
