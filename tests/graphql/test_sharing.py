"""A family shares: groups through the storefront, what each bucket holds, and why it holds that."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from mvne_graphql.relay import global_id
from mvne_platform import balances
from mvne_platform.balances import Grant
from mvne_platform.catalogue import PaymentMode
from mvne_platform.kernel import Money, Unit, uuid7
from mvne_platform.runtime import brand_work
from tests.gateway.wire import Wire, client_token
from tests.graphql.console.traces import stored
from tests.graphql.people import vouchers
from tests.platform.balances.stock import hold
from tests.platform.lines import make_line

DATA = Grant("data", Unit.BYTE, 10_000_000_000, ("data",), ("home",), rollover_periods=1, shared=True)

GROUP = """sharingGroup { id name closedAt owner { id } account { id } members { subscription { id } }
  buckets { code isShared quantity { value } } } userErrors { code field }"""
OPEN = f"mutation ($input: OpenSharingGroupInput!) {{ it: openSharingGroup(input: $input) {{ {GROUP} }} }}"
ADD = f"mutation ($input: AddSharingMemberInput!) {{ it: addSharingMember(input: $input) {{ {GROUP} }} }}"
REMOVE = f"mutation ($input: RemoveSharingMemberInput!) {{ it: removeSharingMember(input: $input) {{ {GROUP} }} }}"


@pytest.fixture(scope="module")
def token(wire: Wire) -> str:
    return client_token()


@pytest.fixture
def family() -> list[UUID]:
    """Three lines of one account; the second has 10 GB to share."""
    with brand_work("testbrand") as ctx:
        owner = make_line(ctx)
        lines = [owner, make_line(ctx, beside=owner), make_line(ctx, beside=owner)]
        grant = replace(DATA, valid_from=ctx.now, valid_to=ctx.now + timedelta(days=30))
        balances.grant_allowance(ctx, lines[1], grant, balances.Reason.GRANT, uuid7())
    return lines


def line_id(key: UUID) -> str:
    return global_id("Subscription", key)


def do(wire: Wire, token: str, text: str, **given: Any) -> dict[str, Any]:
    """The payload of a mutation, under a key of its own."""
    answer: dict[str, Any] = wire.data(text, {"input": given}, token=token, key=uuid7().hex)["it"]
    return answer


def test_a_family_opens_a_group_grows_and_shrinks(wire: Wire, token: str, family: list[UUID]) -> None:
    owner, son, _ = map(line_id, family)
    opened = do(wire, token, OPEN, ownerId=owner, name="Holm")
    group = opened["sharingGroup"]
    assert (opened["userErrors"], group["name"], group["owner"], group["buckets"]) == ([], "Holm", {"id": owner}, [])
    grown = do(wire, token, ADD, groupId=group["id"], subscriptionId=son)["sharingGroup"]
    assert [one["subscription"]["id"] for one in grown["members"]] == [owner, son]
    assert grown["buckets"] == [{"code": "data", "isShared": True, "quantity": {"value": "10000000000"}}]
    asked = "query ($id: ID!) { subscription(id: $id) { sharingGroup { id } buckets { code isShared } } }"
    for line in (owner, son):
        assert wire.data(asked, {"id": line}, token=token)["subscription"] == {
            "sharingGroup": {"id": group["id"]},
            "buckets": [{"code": "data", "isShared": True}],
        }
    do(wire, token, REMOVE, groupId=group["id"], subscriptionId=son)
    last = do(wire, token, REMOVE, groupId=group["id"], subscriptionId=owner)["sharingGroup"]
    assert last["members"] == []
    assert last["closedAt"]
    assert wire.data(asked, {"id": son}, token=token)["subscription"] == {"sharingGroup": None, "buckets": []}


def test_a_dry_run_shows_the_group_and_keeps_nothing(wire: Wire, token: str, family: list[UUID]) -> None:
    before = stored()
    answer = do(wire, token, OPEN, ownerId=line_id(family[1]), name="Holm", dryRun=True)
    assert answer["sharingGroup"]["buckets"][0]["quantity"] == {"value": "10000000000"}
    assert stored() == before


def test_the_same_key_opens_one_group(wire: Wire, token: str, family: list[UUID]) -> None:
    given, key = {"input": {"ownerId": line_id(family[0]), "name": "Holm"}}, uuid7().hex
    answers = [wire.data(OPEN, given, token=token, key=key)["it"] for _ in range(2)]
    assert answers[0] == answers[1]


def test_without_a_key_nothing_is_shared(wire: Wire, token: str, family: list[UUID]) -> None:
    before = stored()
    given = {"input": {"ownerId": line_id(family[0]), "name": "Holm"}}
    assert wire.codes(OPEN, given, token=token) == ["BAD_USER_INPUT"]
    assert stored() == before


def test_what_is_refused_names_the_field_and_changes_nothing(wire: Wire, token: str, family: list[UUID]) -> None:
    group = do(wire, token, OPEN, ownerId=line_id(family[0]), name="Holm")["sharingGroup"]["id"]
    with brand_work("testbrand") as ctx:
        stranger = make_line(ctx)
    before = stored()
    refused = [
        (OPEN, {"ownerId": line_id(family[0]), "name": "Again"}, "ALREADY_SHARING", "ownerId"),
        (OPEN, {"ownerId": line_id(family[2]), "name": " "}, "BAD_GROUP_NAME", "name"),
        (ADD, {"groupId": group, "subscriptionId": line_id(stranger)}, "OTHER_ACCOUNT", "subscriptionId"),
        (REMOVE, {"groupId": group, "subscriptionId": line_id(family[2])}, "NOT_SHARING", "subscriptionId"),
        (ADD, {"groupId": line_id(family[0]), "subscriptionId": line_id(family[2])}, "UNREADABLE_ID", "groupId"),
    ]
    for text, given, code, field in refused:
        answer = do(wire, token, text, **given)
        assert answer == {"sharingGroup": None, "userErrors": [{"code": code, "field": ["input", field]}]}
    assert stored() == before


def test_another_brands_group_and_lines_are_unknown(wire: Wire, token: str, family: list[UUID]) -> None:
    with brand_work("otherbrand") as ctx:
        foreign = make_line(ctx)
        foreign_group = balances.open_group(ctx, make_line(ctx, beside=foreign), "Theirs").id
    mine = do(wire, token, OPEN, ownerId=line_id(family[0]), name="Holm")["sharingGroup"]["id"]
    before = stored()
    pairs = [
        (OPEN, [{"ownerId": line_id(key), "name": "Holm"} for key in (foreign, uuid7())]),
        (ADD, [{"groupId": mine, "subscriptionId": line_id(key)} for key in (foreign, uuid7())]),
        (REMOVE, [{"groupId": mine, "subscriptionId": line_id(key)} for key in (foreign, uuid7())]),
        (ADD, [_joining(key, family[1]) for key in (foreign_group, balances.new_group_id())]),
        (REMOVE, [_joining(key, family[1]) for key in (foreign_group, balances.new_group_id())]),
    ]
    for text, (theirs, nobodys) in pairs:
        answer = do(wire, token, text, **theirs)
        assert answer["userErrors"]
        assert answer == do(wire, token, text, **nobodys)
    assert stored() == before


def _joining(group: UUID, line: UUID) -> dict[str, str]:
    return {"groupId": global_id("SharingGroup", group), "subscriptionId": line_id(line)}


BUCKET = """query ($id: ID!) { bucket(id: $id) { code
  money { amount } reservedMoney { amount } availableMoney { amount }
  quantity { value } reserved { value } available { value } granted { value unit } priority rolloversLeft
  rolloverLimit { value } totals { reason entries money { amount } quantity { value } }
  ledger { nodes { reason note actor usage { zone } } } } }"""


def test_a_bucket_says_what_is_held_of_it_and_why_it_is_what_it_is(wire: Wire, token: str) -> None:
    with brand_work("testbrand") as ctx:
        line = make_line(ctx)
        bucket = balances.open_money(ctx, line).id
        balances.top_up(ctx, line, Money.of(50, "DKK"), balances.Reason.VOUCHER, uuid7())
        balances.adjust(ctx, line, Money.of(-8, "DKK"), uuid7(), note="charged twice")
        hold(ctx, bucket, 12_000_000)
    found = wire.data(BUCKET, {"id": global_id("Bucket", bucket)}, token=token)["bucket"]
    assert [found[name]["amount"] for name in ("money", "reservedMoney", "availableMoney")] == [
        "42.00",
        "12.00",
        "30.00",
    ]
    assert found["totals"] == [
        {"reason": "ADJUSTMENT", "entries": 1, "money": {"amount": "-8.00"}, "quantity": None},
        {"reason": "VOUCHER", "entries": 1, "money": {"amount": "50.00"}, "quantity": None},
    ]
    # What staff wrote is for staff.
    assert found["ledger"]["nodes"] == [
        {"reason": "ADJUSTMENT", "note": None, "actor": None, "usage": []},
        {"reason": "VOUCHER", "note": None, "actor": None, "usage": []},
    ]


def test_an_allowance_says_how_much_goes_on(wire: Wire, token: str) -> None:
    with brand_work("testbrand") as ctx:
        grant = replace(DATA, rollover_limit=2_000_000_000)
        bucket = balances.grant_allowance(ctx, make_line(ctx), grant, balances.Reason.GRANT, uuid7()).id
        hold(ctx, bucket, 1_000)
    found = wire.data(BUCKET, {"id": global_id("Bucket", bucket)}, token=token)["bucket"]
    assert (found["money"], found["availableMoney"]) == (None, None)
    assert [found[name]["value"] for name in ("quantity", "reserved", "available", "granted", "rolloverLimit")] == [
        "10000000000",
        "1000",
        "9999999000",
        "10000000000",
        "2000000000",
    ]
    assert (found["rolloversLeft"], found["granted"]["unit"]) == (1, "BYTE")


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("topUp", {"amount": {"amount": "10", "currencyCode": "DKK"}, "cardToken": "tok_1"}),
        ("redeemVoucher", {"code": None}),
    ],
)
def test_a_line_that_pays_by_invoice_cannot_be_topped_up(
    wire: Wire, token: str, name: str, given: dict[str, Any]
) -> None:
    with brand_work("testbrand") as ctx:
        line = make_line(ctx, mode=PaymentMode.POSTPAID)
    filled = {key: vouchers()[0] if value is None else value for key, value in given.items()}
    before = stored()
    title = name[0].upper() + name[1:]
    text = f"mutation ($input: {title}Input!) {{ it: {name}(input: $input) {{ userErrors {{ code }} }} }}"
    answer = do(wire, token, text, subscriptionId=line_id(line), **filled)
    assert answer == {"userErrors": [{"code": "NOT_PREPAID"}]}
    assert stored() == before
