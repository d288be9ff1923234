"""A mutation with a key is done once; the first answer is given again, at the same moment too."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from mvne_graphql import idempotency
from mvne_graphql.errors import BadInput
from mvne_platform.promotions.models import VoucherAttempt
from mvne_platform.runtime import brand_work
from mvne_platform.runtime.models import FactRow, IdempotencyRow
from tests.gateway.wire import Wire, client_token
from tests.graphql.people import prepaid_line, vouchers

REDEEM = """
mutation Redeem($input: RedeemVoucherInput!) {
  redeemVoucher(input: $input) {
    credited { amount currencyCode }
    subscription { buckets { code money { amount } } }
    userErrors { code field message }
  }
}
"""
FIFTY = {"credited": {"amount": "50.00", "currencyCode": "DKK"}, "userErrors": []}


def _kept(*keys: str) -> int:
    """How many answers are kept under these keys, whoever sent them."""
    with brand_work("testbrand") as ctx:
        return ctx.db.scalar(select(func.count()).where(IdempotencyRow.key.in_(keys))) or 0


def test_the_same_request_twice_is_done_once_and_answered_alike(wire: Wire) -> None:
    line, (code,), token = prepaid_line(), vouchers(), client_token()
    sent = {"input": {"subscriptionId": line.id, "code": code}}
    first = wire.data(REDEEM, sent, token=token, key="one")
    again = wire.data(REDEEM, sent, token=token, key="one")
    assert first == again
    assert first["redeemVoucher"]["credited"] == {"amount": "50.00", "currencyCode": "DKK"}
    assert first["redeemVoucher"]["subscription"]["buckets"] == [{"code": "main", "money": {"amount": "50.00"}}]
    assert line.money() == 50_000_000


def test_the_first_answer_is_given_also_after_the_world_has_moved_on(wire: Wire) -> None:
    line, codes, token = prepaid_line(), vouchers(2), client_token()
    sent = [{"input": {"subscriptionId": line.id, "code": code}} for code in codes]
    first = wire.data(REDEEM, sent[0], token=token, key="one")
    wire.data(REDEEM, sent[1], token=token, key="two")
    assert wire.data(REDEEM, sent[0], token=token, key="one") == first
    assert line.money() == 100_000_000


def test_the_same_key_for_another_request_is_refused_by_name(wire: Wire) -> None:
    line, codes, token = prepaid_line(), vouchers(2), client_token()
    wire.data(REDEEM, {"input": {"subscriptionId": line.id, "code": codes[0]}}, token=token, key="one")
    answer = wire.ask(REDEEM, {"input": {"subscriptionId": line.id, "code": codes[1]}}, token=token, key="one")
    error = answer.json()["errors"][0]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "'one' was used before for another request" in error["message"]
    assert line.money() == 50_000_000


def test_many_at_the_same_moment_are_done_once_and_all_answered_alike(wire: Wire) -> None:
    line, (code,), token = prepaid_line(), vouchers(), client_token()
    sent = {"input": {"subscriptionId": line.id, "code": code}}
    together = threading.Barrier(6)

    def redeem(_: int) -> object:
        together.wait()
        return wire.data(REDEEM, sent, token=token, key="one")

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(redeem, range(6)))
    assert all(answer == answers[0] for answer in answers)
    assert line.money() == 50_000_000


def test_keys_belong_to_a_client(wire: Wire) -> None:
    line, codes = prepaid_line(), vouchers(2)
    for code in codes:
        token = client_token()
        sent = {"input": {"subscriptionId": line.id, "code": code}}
        assert wire.data(REDEEM, sent, token=token, key="mine")["redeemVoucher"]["userErrors"] == []
    assert line.money() == 100_000_000


def test_a_refusal_is_not_kept_so_the_key_can_be_used_for_the_corrected_request(wire: Wire) -> None:
    line, (code,), token = prepaid_line(), vouchers(), client_token()
    key = "corrected"
    wrong = {"input": {"subscriptionId": line.id, "code": "0000-0000"}}
    refused = wire.data(REDEEM, wrong, token=token, key=key)["redeemVoucher"]
    assert (refused["credited"], refused["userErrors"][0]["field"]) == (None, ["input", "code"])
    assert (_kept(key), line.money()) == (0, 0)
    right = {"input": {"subscriptionId": line.id, "code": code}}
    assert wire.data(REDEEM, right, token=token, key=key)["redeemVoucher"]["userErrors"] == []
    assert line.money() == 50_000_000


def test_a_refusal_that_leaves_a_trace_leaves_it_and_gives_the_key_back(wire: Wire) -> None:
    line, token = prepaid_line(), client_token()
    wrong = {"input": {"subscriptionId": line.id, "code": "0000-0000"}}
    for number in range(3):
        wire.data(REDEEM, wrong, token=token, key=f"guess-{number}")
    with brand_work("testbrand") as ctx:
        tried = select(func.count()).where(VoucherAttempt.subscription_id == line.key)
        assert ctx.db.scalar(tried) == 3
    assert _kept("guess-0", "guess-1", "guess-2") == 0


def test_money_moves_under_a_key_only(wire: Wire) -> None:
    line, (code,), token = prepaid_line(), vouchers(), client_token()
    answer = wire.ask(REDEEM, {"input": {"subscriptionId": line.id, "code": code}}, token=token)
    error = answer.json()["errors"][0]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "send the header Idempotency-Key or @idempotent(key:)" in error["message"]
    assert line.money() == 0


def test_the_directive_is_a_key_per_field(wire: Wire) -> None:
    line, codes, token = prepaid_line(), vouchers(2), client_token()
    text = """
    mutation ($a: RedeemVoucherInput!, $b: RedeemVoucherInput!, $key: String!) {
      a: redeemVoucher(input: $a) @idempotent(key: "first") { credited { amount } }
      b: redeemVoucher(input: $b) @idempotent(key: $key) { credited { amount } }
    }
    """
    sent = {name: {"subscriptionId": line.id, "code": code} for name, code in zip("ab", codes, strict=True)}
    first = wire.data(text, {**sent, "key": "second"}, token=token)
    assert wire.data(text, {**sent, "key": "second"}, token=token) == first
    assert (_kept("first", "second"), line.money()) == (2, 100_000_000)


def test_one_header_cannot_be_the_key_of_two_fields(wire: Wire) -> None:
    line, (code,), token = prepaid_line(), vouchers(), client_token()
    text = """mutation ($input: RedeemVoucherInput!) {
      a: redeemVoucher(input: $input) { credited { amount } } b: redeemVoucher(input: $input) { credited { amount } }
    }"""
    sent = {"input": {"subscriptionId": line.id, "code": code}}
    assert wire.codes(text, sent, token=token, key="for-both") == ["BAD_USER_INPUT"]
    assert (_kept("for-both"), line.money()) == (0, 0)


def test_a_dry_run_answers_the_same_and_keeps_nothing(wire: Wire) -> None:
    line, (code,), token = prepaid_line(), vouchers(), client_token()
    dry = {"input": {"subscriptionId": line.id, "code": code, "dryRun": True}}
    told = wire.data(REDEEM, dry, token=token)["redeemVoucher"]
    with brand_work("testbrand") as ctx:
        assert (
            ctx.db.scalar(select(func.count()).where(FactRow.payload["subscription_id"].astext == str(line.key))) == 0
        )
    assert line.money() == 0
    real = {"input": {"subscriptionId": line.id, "code": code}}
    done = wire.data(REDEEM, real, token=token, key="one")["redeemVoucher"]
    assert told == done
    assert line.money() == 50_000_000


def test_a_key_is_ignored_in_a_dry_run(wire: Wire) -> None:
    line, codes, token = prepaid_line(), vouchers(2), client_token()
    wire.data(REDEEM, {"input": {"subscriptionId": line.id, "code": codes[0]}}, token=token, key="real")
    dry = {"input": {"subscriptionId": line.id, "code": codes[1], "dryRun": True}}
    assert wire.data(REDEEM, dry, token=token, key="real")["redeemVoucher"]["userErrors"] == []
    assert (_kept("real"), line.money()) == (1, 50_000_000)


@pytest.mark.parametrize(("given", "key"), [("abc", "abc"), ('"abc"', "abc"), ('"', '"'), ("k" * 255, "k" * 255)])
def test_keys_may_be_quoted(given: str, key: str) -> None:
    assert idempotency.read_key(given) == key


@pytest.mark.parametrize("given", ["", " ", "a b", "k" * 256, "å", '""', "a\n"])
def test_strange_keys_are_refused(given: str) -> None:
    with pytest.raises(BadInput, match="visible ASCII"):
        idempotency.read_key(given)
