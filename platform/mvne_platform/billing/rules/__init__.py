"""The arithmetic of billing: pure, no database; time, rates and prices are arguments."""

from mvne_platform.billing.rules.amounts import (
    InvoiceAmounts,
    PricedLine,
    Tax,
    TaxPart,
    gross_priced,
    invoice_amounts,
    net_priced,
)
from mvne_platform.billing.rules.calendar import Days, add_months, month_days, month_from, renewal_period, retry_at
from mvne_platform.billing.rules.proration import prorate
from mvne_platform.billing.rules.tax_point import tax_point

__all__ = [
    "Days",
    "InvoiceAmounts",
    "PricedLine",
    "Tax",
    "TaxPart",
    "add_months",
    "gross_priced",
    "invoice_amounts",
    "month_days",
    "month_from",
    "net_priced",
    "prorate",
    "renewal_period",
    "retry_at",
    "tax_point",
]
