"""Staff correct balances: with a reason that stays, under a key, and first on trial."""

from typing import Any
from uuid import UUID

import pytest

from mvne_graphql.relay import global_id
from mvne_platform import balances
from mvne_platform.balances import Grant, Reason
from mvne_platform.catalogue import PaymentMode
from mvne_platform.kernel import Unit, uuid7
from mvne_platform.runtime import brand_work
from tests.gateway.wire import CONSOLE, Wire, staff, staff_token
from tests.graphql.console.desk import do
from tests.graphql.console.traces import stored
from tests.graphql.people import prepaid_line
from tests.platform.lines import make_line

BUCKET = """bucket { money { amount } quantity { value }
  ledger { nodes { reason note actor money { amount } quantity { value } } } } userErrors { code field }"""
MONEY = f"mutation ($input: AdjustBalanceInput!) {{ adjustBalance(input: $input) {{ {BUCKET} }} }}"
UNITS = f"mutation ($input: AdjustAllowanceInput!) {{ adjustAllowance(input: $input) {{ {BUCKET} }} }}"


def of(line: str, amount: str = "-5.00", **changes: Any) -> dict[str, Any]:
    """A correction of a balance."""
    money = {"amount": amount, "currencyCode": "DKK"}
    return {"subscriptionId": line, "amount": money, "reason": "charged twice", **changes}


@pytest.fixture
def minutes() -> UUID:
    """A bucket of ten minutes."""
    with brand_work("testbrand") as ctx:
        grant = Grant("talk", Unit.SECOND, 600, ("voice_out",))
        return balances.grant_allowance(ctx, make_line(ctx), grant, Reason.GRANT, uuid7()).id


def test_a_correction_is_booked_once_with_who_and_why(wire: Wire) -> None:
    line, eva = prepaid_line(micros=20_000_000), staff("finance")
    answers = [do(wire, MONEY, eva.token, of(line.id), key="correct") for _ in range(2)]
    assert answers[0] == answers[1]
    assert line.money() == 15_000_000
    newest, _ = answers[0]["bucket"]["ledger"]["nodes"]
    assert newest == {
        "reason": "ADJUSTMENT",
        "note": "charged twice",
        "actor": f"staff:{eva.id}",
        "money": {"amount": "-5.00"},
        "quantity": None,
    }


def test_who_cares_for_customers_sees_why_and_cannot_correct(wire: Wire) -> None:
    line = prepaid_line(micros=20_000_000)
    do(wire, MONEY, staff_token("finance"), of(line.id), key=uuid7().hex)
    text = "query ($id: ID!) { subscription(id: $id) { buckets { ledger { nodes { note } } } } }"
    csr = staff_token("csr")
    seen = wire.data(text, {"id": line.id}, at=CONSOLE, token=csr, brand="testbrand")
    assert seen["subscription"]["buckets"][0]["ledger"]["nodes"] == [{"note": "charged twice"}, {"note": None}]
    before = stored()
    given = {"input": of(line.id)}
    assert wire.codes(MONEY, given, at=CONSOLE, token=csr, brand="testbrand", key="csr") == ["FORBIDDEN"]
    assert stored() == before


def test_a_trial_shows_what_would_be_and_keeps_nothing(wire: Wire) -> None:
    line, finance = prepaid_line(micros=20_000_000), staff_token("finance")
    before = stored()
    answer = do(wire, MONEY, finance, of(line.id, "-25.00", dryRun=True))
    assert answer["bucket"]["money"] == {"amount": "-5.00"}
    assert stored() == before


def test_an_allowance_is_corrected_in_its_unit(wire: Wire, minutes: UUID) -> None:
    given = {"bucketId": global_id("Bucket", minutes), "quantity": "60", "reason": "a minute lost"}
    answer = do(wire, UNITS, staff_token("brand_admin"), given, key=uuid7().hex)
    assert (answer["userErrors"], answer["bucket"]["quantity"]) == ([], {"value": "660"})


def test_what_cannot_be_corrected_is_refused_by_its_field(wire: Wire, minutes: UUID) -> None:
    line, finance = prepaid_line().id, staff_token("finance")
    with brand_work("testbrand") as ctx:
        postpaid = global_id("Subscription", make_line(ctx, mode=PaymentMode.POSTPAID))
    bucket = global_id("Bucket", minutes)
    before = stored()
    refused: list[tuple[str, dict[str, Any], str, str]] = [
        (MONEY, of(line, "0"), "BAD_AMOUNT", "amount"),
        (MONEY, of(line, reason=" "), "BAD_NOTE", "reason"),
        (MONEY, {**of(line), "amount": {"amount": "1", "currencyCode": "EUR"}}, "WRONG_CURRENCY", "amount"),
        (MONEY, of(postpaid), "NOT_PREPAID", "subscriptionId"),
        (UNITS, {"bucketId": bucket, "quantity": "-601", "reason": "why"}, "BAD_AMOUNT", "quantity"),
        (UNITS, {"bucketId": line, "quantity": "1", "reason": "why"}, "UNREADABLE_ID", "bucketId"),
    ]
    for text, given, code, field in refused:
        answer = do(wire, text, finance, given, key=uuid7().hex)
        assert answer == {"bucket": None, "userErrors": [{"code": code, "field": ["input", field]}]}
    assert stored() == before


def test_another_brands_line_and_bucket_are_unknown(wire: Wire) -> None:
    theirs, finance = prepaid_line("otherbrand"), staff_token("finance")
    with brand_work("otherbrand") as ctx:
        bucket = balances.open_money(ctx, theirs.key).id
    before = stored()
    for text, given, nobodys in (
        (MONEY, of(theirs.id), of(global_id("Subscription", uuid7()))),
        (UNITS, _units(bucket), _units(uuid7())),
    ):
        answer = do(wire, text, finance, given, key=uuid7().hex)
        assert answer["userErrors"]
        assert answer == do(wire, text, finance, nobodys, key=uuid7().hex)
    assert stored() == before


def _units(bucket: UUID) -> dict[str, Any]:
    return {"bucketId": global_id("Bucket", bucket), "quantity": "1", "reason": "why"}
