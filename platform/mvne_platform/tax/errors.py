"""Refusals of tax."""

from mvne_platform.kernel import Category, DomainError


class NoTaxRate(DomainError):
    """No rate of the class is in force on the day."""

    code = "NO_TAX_RATE"
    category = Category.NOT_FOUND


class TaxRateInForce(DomainError):
    """The rate has been in force already, so invoices may show it; it cannot become another."""

    code = "TAX_RATE_IN_FORCE"
