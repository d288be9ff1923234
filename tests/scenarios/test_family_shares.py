"""A family of Fjord shares 10 GB: whoever uses it, all are told in time, and what is left goes on to the next month."""

from typing import Any

from mvne_platform.balances import AllowanceThresholdReached
from mvne_platform.balances.events import LimitAction, SharingBegan, UsageLimitReached
from mvne_platform.charging import UsageChunkRated, UsageFileLoaded
from mvne_platform.letters.models import Letter
from mvne_platform.runtime import brand_work
from mvne_platform.runtime.models import FactRow
from tests.plugins.world import Line, World

GIGA = 1_000_000_000
OPEN = """mutation ($input: OpenSharingGroupInput!) {
  openSharingGroup(input: $input) { sharingGroup { id } userErrors { code message } }
}"""
ADD = """mutation ($input: AddSharingMemberInput!) {
  addSharingMember(input: $input) { sharingGroup { members { since } } userErrors { code message } }
}"""
LEDGER = """buckets { code isShared quantity { value } ledger { nodes {
  reason quantity { value } quantityAfter { value } usage { service quantity { value } } } } }"""
LOADED = (UsageChunkRated, UsageFileLoaded)


def family(world: World) -> tuple[Line, Line]:
    """A mother with the shared gigabytes and her son on the family's second line."""
    mother = world.subscriber("fjord-family")
    customer = {"customerId": mother.customer_id}
    offering = next(one["id"] for one in world.plans() if one["code"] == "fjord-family-line")
    world.shop(PLACE, {"input": {"offeringId": offering, **customer}})
    world.drain()
    asked = "query ($id: ID!) { customer(id: $id) { subscriptions { id identifiers { kind value } } } }"
    lines = world.shop(asked, {"id": mother.customer_id})["customer"]["subscriptions"]
    (second,) = (line for line in lines if line["id"] != mother.subscription_id)
    (number,) = (one["value"] for one in second["identifiers"] if one["kind"] == "MSISDN")
    return mother, Line(world, second["id"], mother.customer_id, number)


PLACE = "mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { userErrors { code message } } }"


def share(world: World, owner: Line, *others: Line) -> str:
    """Open a group and let the others in; answers its id."""
    opened = world.shop(OPEN, {"input": {"ownerId": owner.subscription_id, "name": "Holm"}})["openSharingGroup"]
    assert opened["userErrors"] == []
    group: str = opened["sharingGroup"]["id"]
    for line in others:
        answer = world.shop(ADD, {"input": {"groupId": group, "subscriptionId": line.subscription_id}})
        assert answer["addSharingMember"]["userErrors"] == []
    return group


class Diary:
    """Usage of the family, each session in a file of its own."""

    def __init__(self, world: World) -> None:
        self.world, self.sessions = world, 0

    def surf(self, line: Line, gigabytes: float, start: str) -> None:
        """A data session at home."""
        self.sessions += 1
        row = f"d{self.sessions},data,{line.msisdn},,,{start},60,{int(gigabytes * GIGA)},,,,"
        assert self.world.load(row) == {"rated": 1}


def shared(line: Line) -> list[tuple[str, float]]:
    """What the family has left, in gigabytes, in the order in which it is used."""
    found = line.ask("buckets { code isShared quantity { value } }")["buckets"]
    return [(one["code"], int(one["quantity"]["value"]) / GIGA) for one in found if one["isShared"]]


def letters(world: World, code: str) -> list[tuple[str, str]]:
    """By which channel was written, and the first words of it that name a quantity."""
    with brand_work(world.slug) as ctx:
        rows = ctx.db.query(Letter).filter(Letter.code == code).order_by(Letter.id).all()
        return [(row.channel.value, row.subject or row.body.replace("\xa0", " ")) for row in rows]


def limited(world: World) -> list[dict[str, Any]]:
    """The signals for the network so far."""
    with brand_work(world.slug) as ctx:
        rows = ctx.db.query(FactRow).filter(FactRow.kind == "UsageLimitReached").order_by(FactRow.id).all()
        return [row.payload for row in rows]


def test_a_family_shares_is_told_and_carries_over(world: World) -> None:
    mother, son = family(world)
    world.facts()
    share(world, mother, son)
    world.expect(times={SharingBegan: 2})
    assert shared(son) == shared(mother) == [("family-data", 10.0)]

    world.go_to("2026-10-20T12:00")
    diary = Diary(world)
    diary.surf(son, 4, "2026-10-05T10:00:00Z")
    world.expect(*LOADED)
    diary.surf(mother, 1, "2026-10-06T10:00:00Z")
    world.expect(*LOADED, AllowanceThresholdReached)
    diary.surf(son, 1, "2026-10-07T10:00:00Z")
    world.expect(*LOADED)
    assert shared(mother) == [("family-data", 4.0)]

    # November: what is left goes on, and is used first.
    world.go_to("2026-11-01T12:00")
    world.facts()
    assert shared(son) == [("family-data", 4.0), ("family-data", 10.0)]
    world.go_to("2026-11-20T12:00")
    diary.surf(son, 6.9, "2026-11-05T10:00:00Z")
    world.expect(*LOADED)
    diary.surf(son, 0.1, "2026-11-06T10:00:00Z")
    world.expect(*LOADED, AllowanceThresholdReached)
    assert shared(mother) == [("family-data", 0.0), ("family-data", 7.0)]
    diary.surf(mother, 4.2, "2026-11-07T10:00:00Z")
    world.expect(*LOADED, AllowanceThresholdReached)
    diary.surf(son, 2.8, "2026-11-08T10:00:00Z")
    world.expect(*LOADED, AllowanceThresholdReached, times={UsageLimitReached: 2})
    assert shared(son) == [("family-data", 0.0), ("family-data", 0.0)]

    # 50 % of October; 50, 80 and 100 % of November's fourteen gigabytes: each by e-mail and by SMS, once.
    told = letters(world, "allowance_threshold")
    assert [channel for channel, _ in told].count("sms") == len(told) / 2 == 4
    assert [text for channel, text in told if channel == "email"] == [
        f"{percent} % brugt: Data" for percent in (50, 50, 80, 100)
    ]
    assert "7,00 GB tilbage af 14,00 GB til og med 30. november 2026" in told[2][1] + told[3][1]
    assert [signal["action"] for signal in limited(world)] == [LimitAction.THROTTLE] * 2


def test_a_limit_bounds_what_goes_on_and_every_movement_is_explained(world: World) -> None:
    mother, son = family(world)
    share(world, mother, son)
    world.go_to("2026-11-01T03:00")
    assert shared(mother) == [("family-data", 5.0), ("family-data", 10.0)]
    (first, second) = (one for one in mother.ask(LEDGER)["buckets"] if one["isShared"])
    assert [entry["reason"] for entry in first["ledger"]["nodes"]] == ["ROLLOVER"]
    assert [entry["reason"] for entry in second["ledger"]["nodes"]] == ["GRANT"]

    world.go_to("2026-11-05T12:00")
    diary = Diary(world)
    diary.surf(son, 6, "2026-11-02T10:00:00Z")
    (first, second) = (one for one in mother.ask(LEDGER)["buckets"] if one["isShared"])
    for bucket, taken, left in ((first, 5, 0), (second, 1, 9)):
        entry = bucket["ledger"]["nodes"][0]
        assert entry["reason"] == "USAGE"
        assert entry["quantity"] == {"value": str(-taken * GIGA)}
        assert entry["quantityAfter"] == {"value": str(left * GIGA)} == bucket["quantity"]
        assert entry["usage"] == [{"service": "DATA", "quantity": {"value": str(6 * GIGA)}}]
