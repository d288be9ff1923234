"""Defining, changing and retiring what is sold."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, func, select

from mvne_platform import catalogue
from mvne_platform.catalogue import (
    AllowanceDraft,
    Characteristic,
    OfferingInvalid,
    OfferingKind,
    PaymentMode,
    PriceDraft,
    PriceKind,
    UnknownOffering,
)
from mvne_platform.catalogue.events import OfferingDefined, OfferingRetired
from mvne_platform.catalogue.models import Offering, OfferingAllowance, OfferingPrice
from mvne_platform.kernel import Change, Unit
from mvne_platform.runtime import Actor, ActorKind, Context
from mvne_platform.runtime.context import PermissionMissing
from tests.platform.catalogue.samples import RETAIL, SMART


@pytest.fixture
def shop(ctx: Context) -> Context:
    """The brand with its price list."""
    catalogue.import_price_list(ctx, RETAIL)
    ctx.facts.clear()
    return ctx


def rows(ctx: Context) -> tuple[int, ...]:
    counted = (select(func.count()).select_from(model) for model in (Offering, OfferingPrice, OfferingAllowance))
    return tuple(ctx.db.scalar(query) or 0 for query in counted)


def test_a_new_offering_is_sold_with_everything_it_has(shop: Context) -> None:
    assert catalogue.define_offering(shop, SMART) is Change.CREATED
    (view,) = catalogue.sellable(shop)
    row = view.offering
    assert (row.code, row.version, row.kind, row.payment_mode) == ("smart-10", 1, "plan", "postpaid")
    assert (row.name, row.description) == (SMART.name, SMART.description)
    assert row.characteristics == [
        {"code": "data", "name": {"da": "Data", "en": "Data"}, "value": {"da": "10 GB", "en": "10 GB"}}
    ]
    assert (row.price_list, row.spend_limit_micros, row.offline_debit) == ("retail", None, "full")
    assert (row.valid_from, row.valid_to, row.shared_version) == (shop.now, None, None)
    assert [(price.kind, price.amount_micros, price.currency, price.period_days) for price in view.prices] == [
        (PriceKind.RECURRING, 149_000_000, "DKK", None),
        (PriceKind.ONE_TIME, 49_000_000, "DKK", None),
    ]
    assert view.recurring is view.prices[0]
    assert [(item.code, item.unit, item.quantity, item.services, item.zones) for item in view.allowances] == [
        ("data", Unit.BYTE, 10**10, ["data"], ["home"]),
        ("voice", Unit.SECOND, 36_000, ["voice_out"], ["dk"]),
    ]
    assert shop.facts == [OfferingDefined(row.id, "smart-10", 1)]


def test_the_same_again_changes_nothing(shop: Context) -> None:
    catalogue.define_offering(shop, SMART)
    before = rows(shop)
    turned = replace(SMART, prices=SMART.prices[::-1], allowances=SMART.allowances[::-1], shared_version=7)
    assert catalogue.define_offering(shop, SMART) is Change.UNCHANGED
    assert catalogue.define_offering(shop, turned) is Change.UNCHANGED
    assert rows(shop) == before
    assert len(shop.facts) == 1


@pytest.mark.parametrize(
    "changed",
    [
        replace(SMART, name={"da": "Smart 10", "en": "Smart Ten"}),
        replace(SMART, hidden=True),
        replace(SMART, prices=SMART.prices[:1]),
        replace(SMART, prices=(replace(SMART.prices[0], amount_micros=1), SMART.prices[1])),
        replace(SMART, allowances=(SMART.allowances[0], replace(SMART.allowances[1], quantity=1))),
        replace(SMART, characteristics=()),
    ],
)
def test_a_change_makes_a_version_and_closes_the_one_before(shop: Context, changed: catalogue.OfferingDraft) -> None:
    catalogue.define_offering(shop, SMART)
    first = catalogue.current_offering(shop, "smart-10")
    shop.now += timedelta(days=1)
    assert catalogue.define_offering(shop, changed) is Change.CHANGED
    second = catalogue.current_offering(shop, "smart-10")
    assert (second.version, second.valid_from, second.valid_to) == (2, shop.now, None)
    assert (first.version, first.valid_to) == (1, shop.now)
    # What customers bought is still there to be read.
    old = catalogue.offering_view(shop, first.id)
    assert [price.amount_micros for price in old.prices] == [149_000_000, 49_000_000]
    assert set(catalogue.offering_views(shop, [first.id, second.id, uuid4()])) == {first.id, second.id}


def test_a_retired_offering_is_sold_no_more_and_may_come_back(shop: Context) -> None:
    catalogue.define_offering(shop, SMART)
    shop.now += timedelta(days=1)
    retired = catalogue.retire_offering(shop, "smart-10")
    assert retired.valid_to == shop.now
    assert shop.facts[-1] == OfferingRetired(retired.id, "smart-10")
    assert catalogue.sellable(shop) == []
    with pytest.raises(UnknownOffering, match="sells no offering 'smart-10'"):
        catalogue.current_offering(shop, "smart-10")
    with pytest.raises(UnknownOffering):
        catalogue.retire_offering(shop, "smart-10")
    assert catalogue.offering(shop, retired.id) is retired
    assert catalogue.define_offering(shop, SMART) is Change.CREATED
    assert catalogue.current_offering(shop, "smart-10").version == 2


def test_hidden_offerings_are_not_shown_and_the_others_stand_in_their_order(shop: Context) -> None:
    for code, position, hidden in (("b", 2, False), ("a", 2, False), ("first", 1, False), ("old", 0, True)):
        catalogue.define_offering(shop, replace(SMART, code=code, position=position, hidden=hidden))
    assert [view.offering.code for view in catalogue.sellable(shop)] == ["first", "a", "b"]
    assert catalogue.current_offering(shop, "old").hidden is True


def test_what_is_sold_is_read_in_four_queries(shop: Context) -> None:
    for number in range(5):
        catalogue.define_offering(shop, replace(SMART, code=f"plan-{number}"))
    shop.db.flush()
    statements: list[str] = []
    engine = shop.db.get_bind().engine

    def note(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    event.listen(engine, "before_cursor_execute", note)
    try:
        assert len(catalogue.sellable(shop)) == 5
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len(statements) == 4


ADD_ON = replace(SMART, code="extra", kind=OfferingKind.ADD_ON, price_list=None)
PREPAID = replace(SMART, payment_mode=PaymentMode.PREPAID, prices=(replace(SMART.prices[0], period_days=30),))


@pytest.mark.parametrize(
    ("draft", "paths"),
    [
        (replace(SMART, code="Smart 10"), ["code"]),
        (replace(SMART, name={"da": "Smart"}), ["name/en"]),
        (replace(SMART, description={"da": "Smart"}), ["description/en"]),
        (replace(SMART, characteristics=(Characteristic("x", {"da": "X"}, {"da": "1", "en": "1"}),)),
         ["characteristics/0/name"]),
        (replace(SMART, price_list=None), ["price_list"]),
        (replace(SMART, price_list="wholesale", allowances=()), ["price_list"]),
        (replace(ADD_ON, price_list="retail"), ["price_list"]),
        (replace(SMART, spend_limit_micros=1), ["spend_limit"]),
        (replace(SMART, payment_mode=PaymentMode.HYBRID, spend_limit_micros=-1), ["spend_limit"]),
        (replace(SMART, prices=SMART.prices[:1] * 2), ["prices"]),
        (replace(SMART, prices=(PriceDraft(PriceKind.ONE_TIME, -1, "EUR", ""),)),
         ["prices/0/currency", "prices/0/amount", "prices/0/tax_class"]),
        (replace(SMART, prices=PREPAID.prices), ["prices/0/period_days"]),
        (replace(PREPAID, prices=SMART.prices), ["prices/0/period_days"]),
        (replace(PREPAID, prices=(replace(SMART.prices[0], period_days=0),)), ["prices/0/period_days"]),
        (replace(SMART, allowances=SMART.allowances[:1] * 2), ["allowances/1/code"]),
        (replace(SMART, allowances=(AllowanceDraft("x", Unit.MONEY, 1),)), ["allowances/0/unit"]),
        (replace(SMART, allowances=(AllowanceDraft("x", Unit.BYTE, 0, ("telex", "sms_out"), ("mars",)),)),
         ["allowances/0/quantity", "allowances/0/services", "allowances/0/services", "allowances/0/zones"]),
        (replace(ADD_ON, allowances=(AllowanceDraft("x", Unit.BYTE, 1, (), ("mars",)),)), ["allowances/0/zones"]),
    ],
)  # fmt: skip
def test_what_the_brand_cannot_sell_is_refused_whole(
    shop: Context, draft: catalogue.OfferingDraft, paths: list[str]
) -> None:
    with pytest.raises(OfferingInvalid) as refused:
        catalogue.define_offering(shop, draft)
    told = ["/".join(problem.subject) for problem in refused.value.problems]
    assert told == paths
    assert refused.value.code == "OFFERING_INVALID"
    assert refused.value.field == refused.value.problems[0].subject
    assert rows(shop) == (0, 0, 0)
    assert shop.facts == []


def test_sound_plans_of_every_mode(shop: Context) -> None:
    hybrid = replace(SMART, code="hybrid", payment_mode=PaymentMode.HYBRID, spend_limit_micros=200_000_000)
    for draft in (ADD_ON, replace(PREPAID, code="prepaid"), hybrid):
        assert catalogue.define_offering(shop, draft) is Change.CREATED
        assert catalogue.define_offering(shop, draft) is Change.UNCHANGED


def test_defining_needs_the_permission_to_manage_and_reading_the_one_to_read(shop: Context) -> None:
    shop.actor = Actor(ActorKind.STAFF, "anna", frozenset({"catalogue.read"}))
    for command in (
        lambda: catalogue.define_offering(shop, SMART),
        lambda: catalogue.retire_offering(shop, "smart-10"),
        lambda: catalogue.import_price_list(shop, RETAIL),
        lambda: catalogue.set_holidays(shop, []),
    ):
        with pytest.raises(PermissionMissing):
            command()
    assert catalogue.sellable(shop) == []
    shop.actor = Actor(ActorKind.CLIENT, "shop")
    for query in (lambda: catalogue.sellable(shop), lambda: catalogue.price_lists(shop)):
        with pytest.raises(PermissionMissing):
            query()


def test_another_brands_offering_is_absent(shop: Context, other_ctx: Context) -> None:
    catalogue.define_offering(shop, SMART)
    foreign: UUID = catalogue.current_offering(shop, "smart-10").id
    with pytest.raises(UnknownOffering):
        catalogue.offering(other_ctx, foreign)
