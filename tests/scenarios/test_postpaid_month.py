"""A postpaid customer of Fjord (DKK, VAT included): order, calls, bill, points."""

from mvne_platform.billing import BillRunCompleted, InvoiceIssued, InvoiceRendered
from mvne_platform.charging import UsageChunkRated, UsageFileLoaded
from mvne_platform.loyalty import MemberEnrolled, PointsEarned, RewardRedeemed
from mvne_platform.orders import OrderCompleted, OrderPlaced, OrderReleased
from mvne_platform.party import CustomerCreated
from mvne_platform.provisioning import NetworkRequestDone
from mvne_platform.subscriptions import SubscriptionActivated
from tests.plugins.world import World

SIGN_UP = (
    CustomerCreated,
    OrderPlaced,
    OrderReleased,
    NetworkRequestDone,
    SubscriptionActivated,
    OrderCompleted,
    MemberEnrolled,
)
BILL = """
query ($id: ID!) {
  subscription(id: $id) {
    account { invoices { nodes {
      number periodStart periodEnd dueOn
      total { net { amount } tax { amount } gross { amount } }
      lines { kind service zone events exact { amount } net { amount } periodStart periodEnd }
      taxes { label rateMillionths base { amount } tax { amount } }
    } } }
  }
}
"""


def test_an_order_becomes_a_line_in_service(world: World) -> None:
    anna = world.subscriber("fjord-5")

    assert anna.status == "ACTIVE"
    world.expect(*SIGN_UP)
    assert world.network.get("/v1/stats").json()["subscribers"] == {"active": 1, "suspended": 0, "terminated": 0}


def test_calls_are_rated_taken_from_allowances_and_billed(world: World) -> None:
    anna = world.subscriber("fjord-5")
    world.expect(*SIGN_UP)
    world.go_to("2026-10-16T12:00")

    ended = world.load(
        f"r1,voice_out,{anna.msisdn},,+4532345678,2026-10-10T08:00:00Z,600,,,,true,",  # in the ten hours
        f"r2,voice_out,{anna.msisdn},,+4915112345678,2026-10-10T09:00:00Z,61,,,,true,",  # EU: 61 s at 1.75 a minute
        f"r3,voice_out,{anna.msisdn},,+8613800138000,2026-10-11T09:00:00Z,61,,,,true,",  # world: 0.50 + 2 min at 8.00
        f"r4,voice_out,{anna.msisdn},,112,2026-10-11T10:00:00Z,30,,,,true,",
        f"r5,voice_out,{anna.msisdn},,+4532345678,2026-10-11T11:00:00Z,0,,,,false,busy",
        f"r3,voice_out,{anna.msisdn},,+8613800138000,2026-10-11T09:00:00Z,61,,,,true,",
        "r6,voice_out,+4599999999,,+4532345678,2026-10-11T12:00:00Z,10,,,,true,",
    )

    assert ended == {"rated": 3, "not_chargeable": 2, "duplicate": 1, "failed": 1}
    world.expect(UsageChunkRated, UsageFileLoaded)
    left = {
        bucket["code"]: bucket["quantity"] for bucket in anna.ask("buckets { code quantity { value unit } }")["buckets"]
    }
    assert left["talk"] == {"value": "35400", "unit": "SECOND"}  # 36,000 - 600

    world.go_to("2026-11-01T12:00")

    world.expect(BillRunCompleted, InvoiceIssued, InvoiceRendered, times={PointsEarned: 2})
    (invoice,) = world.shop(BILL, {"id": anna.subscription_id})["subscription"]["account"]["invoices"]["nodes"]
    assert (invoice["periodStart"], invoice["periodEnd"]) == ("2026-10-01", "2026-11-01")
    usage = [line for line in invoice["lines"] if line["kind"] == "USAGE"]
    exact = {line["zone"]: line["exact"]["amount"] for line in usage}
    # 61 s × 1.75 / 60 = 1.779166…; 0.50 + 120 s × 8.00 / 60 = 16.50; both with VAT.
    assert exact == {"eu": "1.779167", "world": "16.50"}
    # 49 sign-up + 89 October + 89 November + 1.78 + 16.50, VAT of 25 % included.
    assert invoice["total"]["gross"]["amount"] == "245.28"
    assert invoice["total"]["tax"]["amount"] == "49.06"


def test_points_buy_an_allowance(world: World) -> None:
    anna = world.subscriber("fjord-5")
    world.go_to("2026-11-02")
    account = world.shop(LOYALTY, {"id": anna.customer_id})["loyaltyAccount"]
    # A month of service: 50; a bill of 227.00: 22 times ten kroner.
    assert account["points"] == 72
    world.facts()

    chosen = {"loyaltyAccountId": account["id"], "rewardCode": "data-2", "subscriptionId": anna.subscription_id}
    redeem = {"input": chosen}
    assert world.shop(REDEEM, redeem)["redeemReward"]["userErrors"] == []

    world.expect(RewardRedeemed)
    assert world.shop(REDEEM, redeem)["redeemReward"]["userErrors"][0]["code"] == "POINTS_TOO_FEW"
    world.expect()
    assert world.shop(LOYALTY, {"id": anna.customer_id})["loyaltyAccount"]["points"] == 32


LOYALTY = "query ($id: ID!) { loyaltyAccount(customerId: $id) { id points } rewards(first: 10) { nodes { code } } }"
REDEEM = "mutation ($input: RedeemRewardInput!) { redeemReward(input: $input) { userErrors { code message } } }"
