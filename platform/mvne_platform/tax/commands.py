"""What changes tax rates."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select

from mvne_platform.kernel import MICROS, Change, InvalidInput, local_date
from mvne_platform.runtime import Context
from mvne_platform.tax import permissions
from mvne_platform.tax.errors import TaxRateInForce
from mvne_platform.tax.models import TaxRate
from mvne_platform.tax.rules import RateDraft


def set_rates(ctx: Context, drafts: Iterable[RateDraft]) -> Change:
    """Make the dated rates exist as drafted; rates that are not mentioned stay.

    A rate whose day has not come may be corrected; raises TaxRateInForce for one whose day has, InvalidInput for
    a rate outside 0 to 100 %. Labels may always change.
    """
    ctx.require(permissions.MANAGE)
    ctx.lock("tax_rate")
    known = {(row.country, row.tax_class, row.valid_from): row for row in ctx.db.scalars(select(TaxRate))}
    today = local_date(ctx.now, ctx.brand.time_zone)
    changes = {_set_rate(ctx, known, draft, today) for draft in drafts}
    ctx.db.flush()
    return next((change for change in (Change.CHANGED, Change.CREATED) if change in changes), Change.UNCHANGED)


def _set_rate(ctx: Context, known: dict[tuple[str, str, date], TaxRate], draft: RateDraft, today: date) -> Change:
    if not 0 <= draft.rate_millionths <= MICROS:
        raise InvalidInput(
            f"The tax rate of class '{draft.tax_class}' is {draft.rate_millionths} millionths; "
            "a rate lies between 0 and 1,000,000 (100 %).",
            field=(draft.tax_class, "rate"),
        )
    key = (draft.country, draft.tax_class, draft.valid_from)
    row = known.get(key)
    if row is None:
        known[key] = TaxRate(
            country=draft.country,
            tax_class=draft.tax_class,
            valid_from=draft.valid_from,
            rate_millionths=draft.rate_millionths,
            label=draft.label,
        )
        ctx.db.add(known[key])
        return Change.CREATED
    if row.rate_millionths != draft.rate_millionths and draft.valid_from <= today:
        raise TaxRateInForce(
            f"The rate of class '{draft.tax_class}' from {draft.valid_from:%Y-%m-%d} is in force and may stand on "
            "invoices; state the new rate with a date of its own.",
            field=(draft.tax_class, "rate"),
        )
    if (row.rate_millionths, row.label) == (draft.rate_millionths, draft.label):
        return Change.UNCHANGED
    row.rate_millionths, row.label = draft.rate_millionths, draft.label
    return Change.CHANGED
