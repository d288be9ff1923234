import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from mvne_platform import orders, tax
from mvne_platform.kernel import DomainError, Money, uuid7
from mvne_platform.orders import NewOrder, PriceLine, price_lines
from mvne_platform.runtime import Actor, ActorKind, Context
from mvne_platform.runtime.context import PermissionMissing
from mvne_platform.tax.models import TaxRate
from tests.platform.orders.shop import ANNA, Shop, footprint, order, refusal


def kroner(amount: str) -> Money:
    return Money.of(amount, "DKK")


def shown(line: PriceLine) -> tuple[str, str, Money, Money, Money, Money]:
    return (line.offering_code, line.kind.value, line.amount, line.net, line.tax, line.gross)


def test_a_quote_promises_every_price_with_its_tax_for_a_day(ctx: Context, shop: Shop) -> None:
    promised = orders.quote(ctx, offering_id=shop.smart.id, add_on_ids=[shop.extra.id])
    assert (promised.created_at, promised.expires_at) == (ctx.now, ctx.now + timedelta(hours=24))
    assert (promised.currency, promised.add_on_ids) == ("DKK", [str(shop.extra.id)])
    lines = price_lines(promised.lines)
    assert [shown(line) for line in lines] == [
        ("smart", "recurring", kroner("99"), kroner("79.2"), kroner("19.8"), kroner("99")),
        ("smart", "one_time", kroner("49"), kroner("39.2"), kroner("9.8"), kroner("49")),
        ("extra", "recurring", kroner("19"), kroner("15.2"), kroner("3.8"), kroner("19")),
    ]
    first = lines[0]
    assert (first.includes_tax, first.tax_class, first.tax_label) == (True, "standard", "moms 25 %")
    assert (first.tax_rate_millionths, first.period_days, first.offering_id) == (250_000, None, shop.smart.id)
    assert first.name == {"da": "smart", "en": "smart"}


def test_prices_without_tax_and_prepaid_periods(ctx: Context, shop: Shop) -> None:
    ctx.brand.profile["prices_include_tax"] = False
    [line] = price_lines(orders.quote(ctx, offering_id=shop.prepaid.id).lines)
    assert shown(line) == ("prepaid", "recurring", kroner("79"), kroner("79"), kroner("19.75"), kroner("98.75"))
    assert (line.includes_tax, line.period_days) == (False, 30)


def test_lines_survive_being_stored(ctx: Context, shop: Shop) -> None:
    promised = orders.quote(ctx, offering_id=shop.smart.id)
    lines = price_lines(promised.lines)
    assert price_lines(json.loads(json.dumps([line.to_json() for line in lines]))) == lines


def quote_refusal(ctx: Context, offering_id: UUID, *add_on_ids: UUID) -> tuple[str, tuple[str, ...]]:
    with pytest.raises(DomainError) as refused:
        orders.quote(ctx, offering_id=offering_id, add_on_ids=add_on_ids)
    return refused.value.code, refused.value.field


def test_what_is_not_sold_is_not_quoted(ctx: Context, shop: Shop) -> None:
    before = footprint(ctx)
    assert quote_refusal(ctx, uuid7()) == ("UNKNOWN_OFFERING", ("offering_id",))
    assert quote_refusal(ctx, shop.extra.id) == ("INVALID_ORDER", ("offering_id",))
    assert quote_refusal(ctx, shop.smart.id, shop.extra.id, shop.extra.id) == ("INVALID_ORDER", ("add_on_ids",))
    assert quote_refusal(ctx, shop.smart.id, shop.extra.id, shop.prepaid.id) == ("INVALID_ORDER", ("add_on_ids", "1"))
    assert quote_refusal(ctx, shop.smart.id, uuid7()) == ("UNKNOWN_OFFERING", ("add_on_ids", "0"))
    assert footprint(ctx) == before
    shop.smart.hidden = True
    assert quote_refusal(ctx, shop.smart.id) == ("OFFERING_NOT_SOLD", ("offering_id",))
    shop.extra.valid_to = ctx.now
    assert quote_refusal(ctx, shop.prepaid.id, shop.extra.id) == ("OFFERING_NOT_SOLD", ("add_on_ids", "0"))


def test_without_a_tax_rate_nothing_is_promised(ctx: Context, shop: Shop) -> None:
    ctx.now = ctx.now.replace(year=2019)
    with pytest.raises(tax.NoTaxRate):
        orders.quote(ctx, offering_id=shop.smart.id)


def test_quoting_needs_the_permission(ctx: Context, shop: Shop) -> None:
    ctx.actor = Actor(ActorKind.PUBLIC, permissions=frozenset({"catalogue.read"}))
    with pytest.raises(PermissionMissing, match=r"order\.place"):
        orders.quote(ctx, offering_id=shop.smart.id)


def test_an_order_with_the_quote_has_its_lines_and_its_version(ctx: Context, shop: Shop) -> None:
    promised = orders.quote(ctx, offering_id=shop.smart.id, add_on_ids=[shop.extra.id])
    # A dearer version has come since; the promise is kept.
    shop.smart.valid_to = ctx.now
    ctx.now += timedelta(hours=23, minutes=59, seconds=59)
    placed = orders.place_order(ctx, NewOrder(quote_id=promised.id, customer=ANNA))
    [item] = orders.items(ctx, placed.id)
    assert (placed.quote_id, item.offering_id, item.add_on_ids) == (
        promised.id, shop.smart.id, [str(shop.extra.id)],
    )  # fmt: skip
    assert item.lines == promised.lines


def test_the_offering_may_be_repeated_beside_the_quote(ctx: Context, shop: Shop) -> None:
    promised = orders.quote(ctx, offering_id=shop.smart.id, add_on_ids=[shop.extra.id])
    placed = order(ctx, shop, quote_id=promised.id, add_on_ids=(shop.extra.id,))
    assert placed.quote_id == promised.id


def refused_quote(ctx: Context, quote_id: UUID, **more: Any) -> tuple[str, tuple[str, ...]]:
    before = footprint(ctx)
    error = refusal(ctx, NewOrder(quote_id=quote_id, customer=ANNA, **more))
    assert footprint(ctx) == before
    return error.code, error.field


def test_a_quote_is_good_for_one_order_of_what_it_says_on_its_day(ctx: Context, shop: Shop, other_ctx: Context) -> None:
    promised = orders.quote(ctx, offering_id=shop.smart.id, add_on_ids=[shop.extra.id])
    assert refused_quote(ctx, uuid7()) == ("UNKNOWN_QUOTE", ("quote_id",))
    assert refused_quote(ctx, promised.id, offering_id=shop.prepaid.id) == ("QUOTE_MISMATCH", ("offering_id",))
    assert refused_quote(ctx, promised.id, add_on_ids=(shop.prepaid.id,)) == ("QUOTE_MISMATCH", ("add_on_ids",))
    foreign = refusal(other_ctx, NewOrder(quote_id=promised.id, customer=ANNA))
    assert (foreign.code, foreign.field) == ("UNKNOWN_QUOTE", ("quote_id",))

    orders.place_order(ctx, NewOrder(quote_id=promised.id, customer=ANNA))
    assert refused_quote(ctx, promised.id) == ("QUOTE_USED", ("quote_id",))

    late = orders.quote(ctx, offering_id=shop.smart.id)
    ctx.now += timedelta(hours=24)
    assert refused_quote(ctx, late.id) == ("QUOTE_STALE", ("quote_id",))


def test_a_tax_that_has_changed_since_makes_the_quote_stale(ctx: Context, shop: Shop) -> None:
    promised = orders.quote(ctx, offering_id=shop.smart.id)
    rate = ctx.db.query(TaxRate).one()
    rate.rate_millionths = 260_000
    ctx.db.flush()
    assert refused_quote(ctx, promised.id) == ("QUOTE_STALE", ("quote_id",))
