"""Tax: dated rates per country and class of goods, and the arithmetic of net and gross prices."""

from mvne_platform.tax.commands import set_rates
from mvne_platform.tax.errors import NoTaxRate, TaxRateInForce
from mvne_platform.tax.models import TaxRate
from mvne_platform.tax.queries import rate_on, rates_on
from mvne_platform.tax.rules import Rate, RateDraft, Taxed, net_of, tax_of, taxed

__all__ = [
    "NoTaxRate",
    "Rate",
    "RateDraft",
    "TaxRate",
    "TaxRateInForce",
    "Taxed",
    "net_of",
    "rate_on",
    "rates_on",
    "set_rates",
    "tax_of",
    "taxed",
]
