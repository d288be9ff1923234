"""Dated rates: which one holds on a day, and when one may still be corrected."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from mvne_platform import tax
from mvne_platform.kernel import Change, InvalidInput
from mvne_platform.runtime import Actor, ActorKind, Context
from mvne_platform.runtime.context import PermissionMissing
from mvne_platform.tax import NoTaxRate, Rate, RateDraft, TaxRate, TaxRateInForce

STANDARD = RateDraft("DK", "standard", date(1992, 1, 1), 250_000, "Moms 25 %")
BOOKS = RateDraft("DK", "books", date(2026, 1, 1), 250_000, "Moms 25 %")
NO_BOOKS = RateDraft("DK", "books", date(2026, 11, 1), 0, "Bøger uden moms")
GERMAN = RateDraft("DE", "standard", date(2021, 1, 1), 190_000, "USt. 19 %")
ALL = [STANDARD, BOOKS, NO_BOOKS, GERMAN]


def stored(ctx: Context) -> set[tuple[str, str, date, int, str]]:
    rows = ctx.db.scalars(select(TaxRate))
    return {(row.country, row.tax_class, row.valid_from, row.rate_millionths, row.label) for row in rows}


def test_the_latest_rate_not_after_the_day_holds_in_the_brands_country(ctx: Context) -> None:
    assert tax.set_rates(ctx, ALL) is Change.CREATED
    assert tax.rate_on(ctx, "standard", date(2026, 10, 1)) == Rate(250_000, "Moms 25 %")
    assert tax.rate_on(ctx, "books", date(2026, 10, 31)) == Rate(250_000, "Moms 25 %")
    assert tax.rate_on(ctx, "books", date(2026, 11, 1)) == Rate(0, "Bøger uden moms")
    assert tax.rates_on(ctx, date(2027, 1, 1)) == {
        "books": Rate(0, "Bøger uden moms"),
        "standard": Rate(250_000, "Moms 25 %"),
    }


@pytest.mark.parametrize(("tax_class", "day"), [("books", date(2025, 12, 31)), ("reduced", date(2026, 10, 1))])
def test_a_day_without_a_rate_is_refused_by_name(ctx: Context, tax_class: str, day: date) -> None:
    tax.set_rates(ctx, ALL)
    with pytest.raises(NoTaxRate, match=f"class '{tax_class}' is in force in DK on {day}"):
        tax.rate_on(ctx, tax_class, day)


def test_the_same_again_changes_nothing(ctx: Context) -> None:
    tax.set_rates(ctx, ALL)
    before = stored(ctx)
    assert tax.set_rates(ctx, ALL[::-1]) is Change.UNCHANGED
    assert stored(ctx) == before


def test_a_rate_to_come_may_be_corrected_and_a_label_always(ctx: Context) -> None:
    tax.set_rates(ctx, ALL)
    assert tax.set_rates(ctx, [replace(NO_BOOKS, rate_millionths=50_000)]) is Change.CHANGED
    assert tax.set_rates(ctx, [replace(STANDARD, label="Moms")]) is Change.CHANGED
    assert tax.rate_on(ctx, "books", date(2026, 11, 1)).rate_millionths == 50_000
    assert tax.rate_on(ctx, "standard", date(2026, 11, 1)) == Rate(250_000, "Moms")


def test_a_rate_in_force_cannot_become_another(ctx: Context) -> None:
    tax.set_rates(ctx, ALL)
    before = stored(ctx)
    today = RateDraft("DK", "today", date(2026, 10, 1), 250_000, "Moms")  # the clock stands at midnight of this day
    tax.set_rates(ctx, [today])
    for draft in (replace(STANDARD, rate_millionths=240_000), replace(today, rate_millionths=1)):
        with pytest.raises(TaxRateInForce, match="in force") as refused:
            tax.set_rates(ctx, [draft])
        assert refused.value.field == (draft.tax_class, "rate")
    assert stored(ctx) == before | {("DK", "today", date(2026, 10, 1), 250_000, "Moms")}


@pytest.mark.parametrize("millionths", [-1, 1_000_001])
def test_a_rate_outside_0_to_100_percent_is_refused(ctx: Context, millionths: int) -> None:
    with pytest.raises(InvalidInput, match="a rate lies between"):
        tax.set_rates(ctx, [replace(STANDARD, rate_millionths=millionths)])
    assert stored(ctx) == set()


def test_setting_rates_needs_the_permission(ctx: Context) -> None:
    ctx.actor = Actor(ActorKind.STAFF, "anna", frozenset({"catalogue.read"}))
    with pytest.raises(PermissionMissing):
        tax.set_rates(ctx, ALL)
    assert stored(ctx) == set()
