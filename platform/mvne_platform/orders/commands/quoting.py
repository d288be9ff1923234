"""Quotes: what an order would cost, promised for a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from mvne_platform import catalogue, tax
from mvne_platform.catalogue import OfferingKind, OfferingView
from mvne_platform.kernel import local_date
from mvne_platform.orders import permissions, queries
from mvne_platform.orders.errors import InvalidOrder, OfferingNotSold, QuoteStale, QuoteUsed
from mvne_platform.orders.models import Quote
from mvne_platform.orders.prices import PROMISED_FOR, PriceLine, from_json, price_lines
from mvne_platform.runtime import Context


@dataclass(frozen=True, slots=True)
class Selection:
    """A plan with add-ons, and the prices of all of it as of now."""

    plan: OfferingView
    add_ons: tuple[OfferingView, ...]
    lines: tuple[PriceLine, ...]


def quote(ctx: Context, *, offering_id: UUID, add_on_ids: Sequence[UUID] = ()) -> Quote:
    """Promise the prices of a plan with add-ons for 24 hours of the brand's clock.

    Raises UnknownOffering, OfferingNotSold, InvalidOrder, NoTaxRate.
    """
    ctx.require(permissions.PLACE)
    chosen = selection(ctx, offering_id, add_on_ids)

    promised = Quote(
        offering_id=chosen.plan.offering.id,
        add_on_ids=[str(view.offering.id) for view in chosen.add_ons],
        lines=[line.to_json() for line in chosen.lines],
        currency=ctx.brand.currency,
        created_at=ctx.now,
        expires_at=ctx.now + PROMISED_FOR,
    )
    ctx.db.add(promised)
    ctx.db.flush()
    return promised


def selection(ctx: Context, offering_id: UUID, add_on_ids: Sequence[UUID]) -> Selection:
    """What is sold under these ids now, with prices."""
    if len(set(add_on_ids)) != len(add_on_ids):
        raise InvalidOrder("An add-on is named twice; name each once.", field=("add_on_ids",))
    plan = _sold(ctx, offering_id, OfferingKind.PLAN, ("offering_id",))
    add_ons = tuple(
        _sold(ctx, add_on_id, OfferingKind.ADD_ON, ("add_on_ids", str(position)))
        for position, add_on_id in enumerate(add_on_ids)
    )
    return Selection(plan, add_ons, _priced(ctx, (plan, *add_ons)))


def redeem(ctx: Context, quote_id: UUID) -> Selection:
    """Lock a quote for the one order that may use it, and see that its promise can be kept.

    The quoted version is sold even if a newer one has come since. Raises UnknownQuote, QuoteUsed, QuoteStale.
    """
    promised = queries.quote_for_update(ctx, quote_id)
    if queries.is_used(ctx, quote_id):
        raise QuoteUsed("An order was placed with this quote already; ask for a new one.", field=("quote_id",))
    if ctx.now >= promised.expires_at:
        raise QuoteStale("The quote has expired; ask for a new one.", field=("quote_id",))

    plan = catalogue.offering_view(ctx, promised.offering_id)
    add_ons = tuple(catalogue.offering_view(ctx, UUID(add_on_id)) for add_on_id in promised.add_on_ids)
    lines = _priced(ctx, (plan, *add_ons))
    if lines != from_json(promised.lines):
        raise QuoteStale("Prices or taxes have changed since the quote; ask for a new one.", field=("quote_id",))
    return Selection(plan, add_ons, lines)


def _sold(ctx: Context, offering_id: UUID, kind: OfferingKind, field: tuple[str, ...]) -> OfferingView:
    try:
        view = catalogue.offering_view(ctx, offering_id)
    except catalogue.UnknownOffering as unknown:
        unknown.field = field
        raise
    offering = view.offering
    if offering.kind is not kind:
        raise InvalidOrder(f"'{offering.code}' is no {kind.value.replace('_', '-')}.", field=field)
    if offering.valid_to is not None or offering.hidden:
        raise OfferingNotSold(f"'{offering.code}' is not sold in this version; `offerings` lists what is.", field=field)
    return view


def _priced(ctx: Context, views: Sequence[OfferingView]) -> tuple[PriceLine, ...]:
    today = local_date(ctx.now, ctx.brand.time_zone)
    classes = {price.tax_class for view in views for price in view.prices}
    rates = {tax_class: tax.rate_on(ctx, tax_class, today) for tax_class in sorted(classes)}
    return tuple(price_lines(views, rates, includes_tax=ctx.brand.profile["prices_include_tax"]))
