"""A brand's billing rules, as its profile states them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mvne_platform.kernel import start_of_day
from mvne_platform.runtime import Brand

# Usage has no price of its own to carry a tax class; telephony is taxed at the standard rate in all markets served.
USAGE_TAX_CLASS = "standard"


@dataclass(frozen=True, slots=True)
class Terms:
    """Who bills, under which numbers, when, and how often an unpaid renewal is tried again (days after it was due)."""

    legal_entity: str
    invoice_prefix: str
    due_days: int
    run_after: timedelta
    retry_days: tuple[int, ...]
    prices_include_tax: bool
    time_zone: str

    def runs_at(self, period_end: date) -> datetime:
        """When the month that ends before `period_end` is closed: late enough for its last usage records."""
        return start_of_day(period_end, self.time_zone) + self.run_after


def terms_of(brand: Brand) -> Terms:
    """Read the profile, which was validated when the brand was applied; KeyError names what is missing."""
    billing = brand.profile["billing"]
    return Terms(
        legal_entity=billing["legal_entity"],
        invoice_prefix=billing["invoice_prefix"],
        due_days=billing["due_days"],
        run_after=timedelta(hours=billing["run_after_hours"]),
        retry_days=tuple(brand.profile["prepaid"]["retry_days"]),
        prices_include_tax=brand.profile["prices_include_tax"],
        time_zone=brand.time_zone,
    )
