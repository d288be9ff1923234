"""Reads of tax rates, for other domains."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from mvne_platform.runtime import Context
from mvne_platform.tax.errors import NoTaxRate
from mvne_platform.tax.models import TaxRate
from mvne_platform.tax.rules import Rate


def rates_on(ctx: Context, day: date) -> dict[str, Rate]:
    """Every class's rate in the brand's country on `day`, by class."""
    held = (
        select(TaxRate.tax_class, TaxRate.rate_millionths, TaxRate.label)
        .where(TaxRate.country == ctx.brand.country, TaxRate.valid_from <= day)
        .ext(distinct_on(TaxRate.tax_class))
        .order_by(TaxRate.tax_class, TaxRate.valid_from.desc())
    )
    return {tax_class: Rate(millionths, label) for tax_class, millionths, label in ctx.db.execute(held)}


def rate_on(ctx: Context, tax_class: str, day: date) -> Rate:
    """The rate of `tax_class` in the brand's country on `day`; raises NoTaxRate."""
    rate = rates_on(ctx, day).get(tax_class)
    if rate is None:
        raise NoTaxRate(
            f"No tax rate of class '{tax_class}' is in force in {ctx.brand.country} on {day:%Y-%m-%d}; "
            "add one with a date not after it to the brand's tax rates."
        )
    return rate
