"""Reads of offerings."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from mvne_platform.catalogue import permissions
from mvne_platform.catalogue.errors import UnknownOffering
from mvne_platform.catalogue.kinds import PriceKind
from mvne_platform.catalogue.models import Offering, OfferingAllowance, OfferingDiscount, OfferingPrice
from mvne_platform.runtime import Context


@dataclass(frozen=True, slots=True)
class OfferingView:
    """A version of an offering with everything that belongs to it: recurring prices first, allowances as used."""

    offering: Offering
    prices: tuple[OfferingPrice, ...]
    allowances: tuple[OfferingAllowance, ...]
    discounts: tuple[OfferingDiscount, ...] = ()

    @property
    def recurring(self) -> OfferingPrice | None:
        """The price charged in each period, if there is one."""
        return next((price for price in self.prices if price.kind is PriceKind.RECURRING), None)


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
    discounts: dict[UUID, list[OfferingDiscount]] = {}
    reduced = select(OfferingDiscount).where(OfferingDiscount.offering_id.in_(ids))
    for discount in ctx.db.scalars(reduced.order_by(OfferingDiscount.code)):
        discounts.setdefault(discount.offering_id, []).append(discount)
    return [
        OfferingView(
            row,
            tuple(prices.get(row.id, ())),
            tuple(allowances.get(row.id, ())),
            tuple(discounts.get(row.id, ())),
        )
        for row in offerings
    ]
