"""The month begins: its allowances."""

from datetime import date

from mvne_platform.billing import queries
from mvne_platform.billing.allowances import grant_period
from mvne_platform.billing.rules import add_months, month_days
from mvne_platform.kernel import start_of_day
from mvne_platform.runtime import Context, Job

CHUNK = 2_000


def start_period(ctx: Context, first_day: date) -> int:
    """Grant the month's allowances to active postpaid and hybrid lines; answers to how many products.

    At most CHUNK products in this transaction; when more are left, a job goes on with them. Products that have them
    already (a line activated on the first) are passed over.
    """
    month = month_days(first_day).instants(ctx.brand.time_zone)
    products = queries.products_to_start(ctx, month.start, CHUNK)
    grant_period(ctx, products, month)
    if len(products) == CHUNK:
        ctx.later(START_PERIOD, first_day=first_day.isoformat())
    return len(products)


def promise_next_period(ctx: Context, first_day: date) -> None:
    """Set the timer of the month that begins with `first_day`."""
    ctx.at(start_of_day(first_day, ctx.brand.time_zone), START_PERIOD, first_day=first_day.isoformat(), go_on=True)


def _run(ctx: Context, first_day: str, *, go_on: bool = False) -> None:
    day = date.fromisoformat(first_day)
    if go_on:
        promise_next_period(ctx, add_months(day, 1))
    start_period(ctx, day)


START_PERIOD = Job("billing.start_period", "billing", _run)
