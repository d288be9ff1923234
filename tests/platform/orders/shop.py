"""A brand that sells two plans and an add-on, with stock, and what an order there leaves behind."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import func, select

from mvne_platform import orders, tax
from mvne_platform.catalogue import Offering, OfferingKind, PaymentMode, PriceKind
from mvne_platform.catalogue.models import OfferingPrice
from mvne_platform.inventory import Number, Sim
from mvne_platform.kernel import DomainError
from mvne_platform.orders import NewOrder, ProductOrder
from mvne_platform.party import Document, NewCustomer
from mvne_platform.runtime import Context
from mvne_platform.runtime.models import BrandBase
from mvne_platform.tax import RateDraft
from tests.platform.inventory.stock import fill
from tests.platform.subscriptions.lines import offering

ANNA = NewCustomer(given_name="Anna", family_name="Sørensen", email="anna@example.com", birth_date=date(1990, 2, 28))
PASSPORT = Document(number="A123456", country="DK")


@dataclass(frozen=True, slots=True)
class Shop:
    """What the brand sells."""

    smart: Offering
    prepaid: Offering
    extra: Offering


def opened(ctx: Context, sims: int = 3, numbers: int = 3) -> Shop:
    """Sell Smart (99 kr. a month, 49 kr. once), Prepaid (79 kr. for 30 days) and Extra (19 kr. a month), with stock."""
    tax.set_rates(ctx, [RateDraft("DK", "standard", date(2020, 1, 1), 250_000, "moms 25 %")])
    smart = offering(ctx, "smart")
    prepaid = offering(ctx, "prepaid", payment_mode=PaymentMode.PREPAID)
    extra = offering(ctx, "extra", kind=OfferingKind.ADD_ON)
    for sold, kind, kroner, days in (
        (smart, PriceKind.RECURRING, 99, None),
        (smart, PriceKind.ONE_TIME, 49, None),
        (prepaid, PriceKind.RECURRING, 79, 30),
        (extra, PriceKind.RECURRING, 19, None),
    ):
        ctx.db.add(
            OfferingPrice(
                offering_id=sold.id, kind=kind, amount_micros=kroner * 1_000_000, currency="DKK",
                tax_class="standard", period_days=days,
            )
        )  # fmt: skip
        ctx.db.flush()
    fill(ctx, sims, numbers)
    return Shop(smart, prepaid, extra)


def verifying(ctx: Context) -> None:
    """Let the brand verify who its customers are."""
    ctx.brand = replace(ctx.brand, profile={**ctx.brand.profile, "identity_verification": True})


def order(ctx: Context, shop: Shop, **changes: Any) -> ProductOrder:
    """An order of Smart by Anna."""
    values: dict[str, Any] = {"offering_id": shop.smart.id, "customer": ANNA}
    return orders.place_order(ctx, NewOrder(**{**values, **changes}))


def refusal(ctx: Context, new: NewOrder) -> DomainError:
    """The refusal of an order, rolled back as the edge does it."""
    refused: list[DomainError] = []
    with suppress(DomainError), ctx.db.begin_nested():
        try:
            orders.place_order(ctx, new)
        except DomainError as error:
            refused.append(error)
            raise
    [error] = refused
    return error


def footprint(ctx: Context) -> dict[str, Any]:
    """How many rows there are in every table of the brand, and the state of the stock."""
    ctx.db.flush()
    rows: dict[str, Any] = {
        table.name: ctx.db.scalar(select(func.count()).select_from(table)) for table in BrandBase.metadata.sorted_tables
    }
    rows["sims"] = [tuple(row) for row in ctx.db.execute(select(Sim.iccid, Sim.state).order_by(Sim.iccid))]
    numbers = select(Number.msisdn, Number.state, Number.reserved_for).order_by(Number.msisdn)
    rows["numbers"] = [tuple(row) for row in ctx.db.execute(numbers)]
    return rows
