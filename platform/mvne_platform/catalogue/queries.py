"""Reads of offerings and price lists."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from mvne_platform.catalogue import permissions
from mvne_platform.catalogue.errors import UnknownOffering
from mvne_platform.catalogue.models import (
    Offering,
    OfferingAllowance,
    OfferingPrice,
    PriceKind,
    PriceList,
    PriceListVersion,
    Rate,
    Zone,
)
from mvne_platform.runtime import Context


@dataclass(frozen=True, slots=True)
class OfferingView:
    """A version of an offering with everything that belongs to it: recurring prices first, allowances as used."""

    offering: Offering
    prices: tuple[OfferingPrice, ...]
    allowances: tuple[OfferingAllowance, ...]

    @property
    def recurring(self) -> OfferingPrice | None:
        """The price charged in each period, if there is one."""
        return next((price for price in self.prices if price.kind is PriceKind.RECURRING), None)


@dataclass(frozen=True, slots=True)
class PriceListVersionView:
    """A version of a price list, and how much is in it."""

    id: UUID
    number: int
    valid_from: datetime
    exchange: dict[str, Any] | None
    zones: int
    rates: int


@dataclass(frozen=True, slots=True)
class PriceListView:
    """A price list with its versions, oldest first."""

    code: str
    currency: str
    versions: tuple[PriceListVersionView, ...]


def offering(ctx: Context, offering_id: UUID) -> Offering:
    """Any version of an offering, sold or not; raises UnknownOffering."""
    found = ctx.db.get(Offering, offering_id)
    if found is None:
        raise UnknownOffering("There is no such offering. `offerings` lists what is sold.")
    return found


def current_offering(ctx: Context, code: str) -> Offering:
    """The version of `code` that is sold now (hidden ones included); raises UnknownOffering."""
    found = _current(ctx, code)
    if found is None:
        raise UnknownOffering(f"The brand sells no offering '{code}'. `offerings` lists what is sold.", field=("code",))
    return found


def _current(ctx: Context, code: str) -> Offering | None:
    return ctx.db.scalar(select(Offering).where(Offering.code == code, Offering.valid_to.is_(None)))


def offering_views(ctx: Context, offering_ids: Collection[UUID]) -> dict[UUID, OfferingView]:
    """Versions of offerings with prices and allowances, by id; unknown ids are left out."""
    found = ctx.db.scalars(select(Offering).where(Offering.id.in_(offering_ids))).all()
    return {view.offering.id: view for view in _views(ctx, found)}


def offering_view(ctx: Context, offering_id: UUID) -> OfferingView:
    """One version of an offering with prices and allowances; raises UnknownOffering."""
    return _views(ctx, [offering(ctx, offering_id)])[0]


def sellable(ctx: Context) -> list[OfferingView]:
    """What the brand offers now, in the order it is shown."""
    ctx.require(permissions.READ)
    shown = select(Offering).where(Offering.valid_to.is_(None), Offering.hidden.is_(False))
    return _views(ctx, ctx.db.scalars(shown.order_by(Offering.position, Offering.code)).all())


def _views(ctx: Context, offerings: Sequence[Offering]) -> list[OfferingView]:
    ids = [row.id for row in offerings]
    if not ids:
        return []
    prices: dict[UUID, list[OfferingPrice]] = {}
    allowances: dict[UUID, list[OfferingAllowance]] = {}
    priced = select(OfferingPrice).where(OfferingPrice.offering_id.in_(ids))
    for price in ctx.db.scalars(priced.order_by(OfferingPrice.kind.desc(), OfferingPrice.amount_micros)):
        prices.setdefault(price.offering_id, []).append(price)
    included = select(OfferingAllowance).where(OfferingAllowance.offering_id.in_(ids))
    for allowance in ctx.db.scalars(included.order_by(OfferingAllowance.priority, OfferingAllowance.code)):
        allowances.setdefault(allowance.offering_id, []).append(allowance)
    return [OfferingView(row, tuple(prices.get(row.id, ())), tuple(allowances.get(row.id, ()))) for row in offerings]


def zone_names(ctx: Context) -> dict[tuple[str, str], str]:
    """What zones are called, by codes of price list and zone, in the versions that hold now."""
    ctx.require(permissions.READ)
    named = (
        select(PriceList.code, Zone.code, Zone.name)
        .join(PriceListVersion, PriceListVersion.price_list_id == PriceList.id)
        .join(Zone, Zone.version_id == PriceListVersion.id)
        .where(PriceListVersion.valid_from <= ctx.now)
        .order_by(PriceListVersion.valid_from)  # a newer version's name replaces the older one
    )
    return {(price_list, zone): name for price_list, zone, name in ctx.db.execute(named)}


def price_lists(ctx: Context) -> list[PriceListView]:
    """The brand's price lists with their versions, by code."""
    ctx.require(permissions.READ)
    zones = select(Zone.version_id, func.count().label("n")).group_by(Zone.version_id).subquery()
    rates = select(Rate.version_id, func.count().label("n")).group_by(Rate.version_id).subquery()
    found = ctx.db.execute(
        select(
            PriceList.code,
            PriceList.currency,
            PriceListVersion.id,
            PriceListVersion.version,
            PriceListVersion.valid_from,
            PriceListVersion.exchange,
            func.coalesce(zones.c.n, 0),
            func.coalesce(rates.c.n, 0),
        )
        .join(PriceListVersion, PriceListVersion.price_list_id == PriceList.id)
        .outerjoin(zones, zones.c.version_id == PriceListVersion.id)
        .outerjoin(rates, rates.c.version_id == PriceListVersion.id)
        .order_by(PriceList.code, PriceListVersion.valid_from)
    )
    lists: dict[tuple[str, str], list[PriceListVersionView]] = {}
    for code, currency, *version in found:
        lists.setdefault((code, currency), []).append(PriceListVersionView(*version))
    return [PriceListView(code, currency, tuple(versions)) for (code, currency), versions in lists.items()]
