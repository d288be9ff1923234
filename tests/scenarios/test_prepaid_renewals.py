"""A prepaid customer of Pixel (EUR, 28 days a period): identity, top-up, renewal, a lapse, and the way back."""

import pytest

from mvne_platform.balances import BalanceToppedUp
from mvne_platform.billing import BillRunCompleted, PlanLapsed, PlanRenewed, RenewalFailed
from mvne_platform.loyalty import MemberEnrolled, PointsEarned
from mvne_platform.orders import OrderCompleted, OrderPlaced, OrderRejected, OrderReleased
from mvne_platform.party import CustomerCreated, IdentityDeclined, IdentityVerified
from mvne_platform.provisioning import NetworkRequestDone
from mvne_platform.receivables import PaymentCaptured, PaymentDeclined
from mvne_platform.subscriptions import SubscriptionActivated, SubscriptionLapsed, SubscriptionRestored
from tests.plugins.world import Line, World

pytestmark = pytest.mark.brand("pixel")

DOCUMENT = {"document": {"number": "L01X00T47", "country": "DE"}}
SIGN_UP = (
    CustomerCreated,
    OrderPlaced,
    IdentityVerified,
    OrderReleased,
    NetworkRequestDone,
    SubscriptionActivated,
    OrderCompleted,
    MemberEnrolled,
)
TOP_UP = """
mutation ($input: TopUpInput!) { topUp(input: $input) { payment { id state } userErrors { code message field } } }
"""


def top_up(world: World, line: Line, amount: str, card: str = "tok_visa_ok") -> None:
    """Ask for money by card and let the provider answer."""
    money = {"amount": amount, "currencyCode": "EUR"}
    asked = {"subscriptionId": line.subscription_id, "amount": money, "cardToken": card}
    assert world.shop(TOP_UP, {"input": asked})["topUp"]["userErrors"] == []
    world.drain()


def balance(line: Line) -> str:
    """What is in the money bucket."""
    buckets = line.ask("buckets { code money { amount } }")["buckets"]
    amount: str = next(bucket["money"]["amount"] for bucket in buckets if bucket["code"] == "main")
    return amount


def allowances(line: Line) -> dict[str, str]:
    """What is left of each allowance."""
    buckets = line.ask("buckets { code quantity { value } }")["buckets"]
    return {bucket["code"]: bucket["quantity"]["value"] for bucket in buckets if bucket["quantity"]}


def test_the_plan_starts_with_the_first_top_up(world: World) -> None:
    lina = world.subscriber("bundle-s", **DOCUMENT)
    world.expect(*SIGN_UP)
    assert (lina.status, balance(lina), allowances(lina)) == ("ACTIVE", "0.00", {})

    top_up(world, lina, "15.00")

    world.expect(PaymentCaptured, BalanceToppedUp, PlanRenewed, PointsEarned)
    assert balance(lina) == "9.01"  # 15.00 - 5.99
    assert allowances(lina) == {"data": "4000000000", "talk": "12000"}


def test_a_declined_card_moves_nothing(world: World) -> None:
    lina = world.subscriber("bundle-s", **DOCUMENT)
    world.expect(*SIGN_UP)

    top_up(world, lina, "15.00", card="tok_declined")

    world.expect(PaymentDeclined)
    assert balance(lina) == "0.00"


def test_a_renewal_that_cannot_be_paid_is_tried_three_times_then_lapses(world: World) -> None:
    lina = world.subscriber("bundle-s", **DOCUMENT)
    top_up(world, lina, "10.00")
    world.facts()

    world.go_to("2026-10-29T12:00")  # 28 days after 1 October: 4.01 is not enough for 5.99
    world.expect(RenewalFailed)
    world.go_to("2026-11-02T12:00")  # a day, two days, three days later; the tenure of a month is reached on the way
    world.expect(PlanLapsed, SubscriptionLapsed, PointsEarned, BillRunCompleted, times={RenewalFailed: 3})
    assert (lina.status, balance(lina), allowances(lina)) == ("LAPSED", "4.01", {})

    top_up(world, lina, "10.00")

    world.expect(PaymentCaptured, BalanceToppedUp, PointsEarned, SubscriptionRestored, PlanRenewed)
    assert (lina.status, balance(lina)) == ("ACTIVE", "8.02")  # 4.01 + 10.00 - 5.99


def test_a_declined_identity_rejects_the_order_and_frees_its_number(world: World) -> None:
    before = world.shop("{ freeNumbers(first: 1) }")["freeNumbers"]
    order = world.order("bundle-s", document={"number": "L01X00000", "country": "DE"})
    assert order["state"] == "HELD"

    world.drain()

    world.expect(CustomerCreated, OrderPlaced, IdentityDeclined, OrderRejected)
    assert world.shop("{ freeNumbers(first: 1) }")["freeNumbers"] == before
    assert world.network.get("/v1/stats").json()["requests"]["received"] == 0
