"""A postpaid customer's first weeks, from the shop to the first bill."""

from mvne_platform.loyalty import MemberEnrolled
from mvne_platform.orders import OrderCompleted, OrderPlaced, OrderReleased
from mvne_platform.party import CustomerCreated
from mvne_platform.provisioning import NetworkRequestDone
from mvne_platform.subscriptions import SubscriptionActivated
from tests.plugins.world import World


def test_an_order_becomes_a_line_in_service(world: World) -> None:
    anna = world.subscriber(world.plans()[0]["code"])

    assert anna.status == "ACTIVE"
    world.expect(
        CustomerCreated,
        OrderPlaced,
        OrderReleased,
        NetworkRequestDone,
        SubscriptionActivated,
        OrderCompleted,
        MemberEnrolled,
    )
    assert world.network.get("/v1/stats").json()["subscribers"] == {"active": 1, "suspended": 0, "terminated": 0}
