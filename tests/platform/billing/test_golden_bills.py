"""Bills worked out by hand, in tests/golden/billing."""

import tomllib
from datetime import UTC
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mvne_platform import billing
from mvne_platform.runtime import Context
from tests.platform.billing.shop import Shop

GOLDEN = Path(__file__).parents[2] / "golden" / "billing"
FILES = sorted(GOLDEN.glob("*.toml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_invoice_is_the_one_worked_out_by_hand(ctx: Context, path: Path) -> None:
    golden = tomllib.loads(path.read_text("utf-8"))
    shop = Shop(ctx)
    shop.price_with_tax(included=golden["prices_include_tax"])
    shop.tax(25)
    shop.tax(0, tax_class="exempt")
    account = shop.account()
    for line in sorted(golden["line"], key=lambda line: line["starts"]):
        start_and_use(shop, account, line)

    (invoice,) = shop.bill()

    expected = golden["invoice"]
    assert (invoice.net_micros, invoice.tax_micros, invoice.gross_micros) == (
        micros(expected["net"]),
        micros(expected["tax"]),
        micros(expected["gross"]),
    )
    assert [as_expected(line) for line in billing.lines(ctx, [invoice.id])[invoice.id]] == [
        {"number": number, "events": 0, "quantity": 1, **line} for number, line in enumerate(expected["line"], start=1)
    ]
    assert [
        (tax.tax_class, tax.base_micros, tax.tax_micros) for tax in billing.taxes(ctx, [invoice.id])[invoice.id]
    ] == [(tax["class"], micros(tax["base"]), micros(tax["tax"])) for tax in expected["taxes"]]


def start_and_use(shop: Shop, account: Any, line: dict[str, Any]) -> None:
    shop.ctx.now = line["starts"].replace(tzinfo=ZoneInfo("Europe/Copenhagen")).astimezone(UTC)
    add_ons = [offering(shop, line["add_on"], add_on=True)] if "add_on" in line else []
    started = shop.line(offering(shop, line["plan"]), account, add_ons=add_ons)
    for usage in line.get("usage", []):
        for event in usage["events"]:
            shop.used(started, micros(event), service=usage["service"], zone=usage["zone"], charged=usage["charged"])


def offering(shop: Shop, draft: dict[str, Any], *, add_on: bool = False) -> Any:
    prices = {key: float(draft.get(key, 0)) for key in ("monthly", "once")}
    return shop.plan(draft["code"], **prices, add_on=add_on, tax_class=draft.get("tax_class", "standard"))


def as_expected(line: billing.InvoiceLine) -> dict[str, Any]:
    return {
        "number": line.line_number,
        "description": line.description,
        "kind": line.kind.value,
        "from": line.period_start,
        "to": line.period_end,
        "exact": f"{Decimal(line.exact_micros) / 1_000_000:.6f}",
        "net": f"{Decimal(line.net_micros) / 1_000_000:.2f}",
        "events": line.events,
        "quantity": line.quantity,
    }


def micros(amount: str) -> int:
    return int(Decimal(amount) * 1_000_000)
