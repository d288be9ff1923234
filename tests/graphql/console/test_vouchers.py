"""Vouchers: their codes are shown in one answer, to who issued them, and are readable nowhere else."""

import json
from typing import Any

import pytest
from sqlalchemy import func, select

from mvne_platform import promotions
from mvne_platform.promotions.models import Voucher, VoucherBatch
from mvne_platform.runtime import brand_work
from mvne_platform.runtime.models import IdempotencyRow
from tests.gateway.wire import CONSOLE, Wire, staff_token
from tests.graphql.console.desk import NEW_YEAR, do
from tests.graphql.console.traces import stored
from tests.graphql.people import prepaid_line

ISSUE = """mutation ($input: IssueVouchersInput!) {
  issueVouchers(input: $input) { codes userErrors { code field } }
}"""


def batch(code: str, **changes: Any) -> dict[str, Any]:
    """Three vouchers of 50 kroner."""
    amount = {"amount": "50.00", "currencyCode": "DKK"}
    return {"batchCode": code, "count": 3, "amount": amount, "validTo": NEW_YEAR.isoformat(), **changes}


def issued() -> tuple[int, int]:
    """Batches and vouchers."""
    with brand_work("testbrand") as ctx:
        batches, vouchers = (select(func.count()).select_from(table) for table in (VoucherBatch, Voucher))
        return ctx.db.scalar(batches) or 0, ctx.db.scalar(vouchers) or 0


def test_a_batch_is_issued_once_per_key_and_a_lost_answer_can_be_had_again(wire: Wire) -> None:
    marketing, known = staff_token("marketing"), issued()
    first = do(wire, ISSUE, marketing, batch("summer"), key="summer")
    assert first["userErrors"] == []
    assert len(set(first["codes"])) == 3
    assert do(wire, ISSUE, marketing, batch("summer"), key="summer") == first
    assert issued() == (known[0] + 1, known[1] + 3)
    line = prepaid_line()
    with brand_work("testbrand") as ctx:
        assert promotions.redeem_voucher(ctx, first["codes"][0], line.key).micros == 50_000_000
    assert line.money() == 50_000_000


def test_the_codes_are_nowhere_in_the_clear(wire: Wire) -> None:
    codes = do(wire, ISSUE, staff_token("marketing"), batch("sealed"), key="sealed")["codes"]
    with brand_work("testbrand") as ctx:
        kept = [row.result for row in ctx.db.scalars(select(IdempotencyRow))]
    assert kept
    for code in codes:
        assert code not in json.dumps(kept)
        assert code.replace("-", "") not in json.dumps(kept)


def test_a_dry_run_shows_no_codes_for_they_would_be_worth_nothing(wire: Wire) -> None:
    marketing, before = staff_token("marketing"), stored()
    assert do(wire, ISSUE, marketing, batch("rehearsal", dryRun=True)) == {"codes": [], "userErrors": []}
    assert stored() == before


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"count": 0}, "count"),
        ({"amount": {"amount": "50.00", "currencyCode": "EUR"}}, "amount"),
        ({"amount": {"amount": "-1.00", "currencyCode": "DKK"}}, "amount"),
        ({"validTo": "2020-01-01T00:00:00Z"}, "validTo"),
    ],
)
def test_a_batch_that_cannot_be_is_refused_by_its_field(wire: Wire, changes: dict[str, Any], field: str) -> None:
    marketing, before = staff_token("marketing"), stored()
    payload = do(wire, ISSUE, marketing, batch("wrong", **changes), key="wrong")
    assert payload == {"codes": None, "userErrors": [{"code": "VOUCHER_BATCH_INVALID", "field": ["input", field]}]}
    assert stored() == before


def test_a_batch_exists_once_whatever_the_key(wire: Wire) -> None:
    marketing = staff_token("marketing")
    do(wire, ISSUE, marketing, batch("unique"), key="first")
    before = stored()
    payload = do(wire, ISSUE, marketing, batch("unique"), key="second")
    assert payload["userErrors"] == [{"code": "VOUCHER_BATCH_EXISTS", "field": ["input", "batchCode"]}]
    assert stored() == before


def test_money_is_made_under_a_key_only(wire: Wire) -> None:
    marketing, before = staff_token("marketing"), stored()
    given = {"input": batch("keyless")}
    assert wire.codes(ISSUE, given, at=CONSOLE, token=marketing, brand="testbrand") == ["BAD_USER_INPUT"]
    assert stored() == before
