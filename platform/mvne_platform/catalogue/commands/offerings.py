"""Defining what is sold. A change makes a new version; what customers have stays on the version they bought."""

from sqlalchemy import func, select

from mvne_platform.catalogue import permissions
from mvne_platform.catalogue.drafts import (
    AllowanceDraft,
    Characteristic,
    DiscountDraft,
    OfferingDraft,
    OfflineDebit,
    PriceDraft,
)
from mvne_platform.catalogue.errors import OfferingInvalid
from mvne_platform.catalogue.events import OfferingDefined, OfferingRetired
from mvne_platform.catalogue.models import Offering, OfferingAllowance, OfferingDiscount, OfferingPrice
from mvne_platform.catalogue.online import online_policy, stored_policy
from mvne_platform.catalogue.queries import OfferingView, current_offering, offering_view
from mvne_platform.catalogue.rules.offerings import Surroundings, offering_problems, same_offer
from mvne_platform.catalogue.tariffs import price_list_zones
from mvne_platform.kernel import Change, uuid7
from mvne_platform.runtime import Context


def define_offering(ctx: Context, draft: OfferingDraft) -> Change:
    """Sell `draft` from now on; the version sold until now, if it differs, is closed.

    Raises OfferingInvalid with every problem: names in all the brand's languages, prices in its currency, a known
    price list and zones.
    """
    ctx.require(permissions.MANAGE)
    ctx.lock(f"offering/{draft.code}")
    zones = price_list_zones(ctx, draft.price_list)
    around = Surroundings(ctx.brand.currency, ctx.brand.languages, zones)
    problems = offering_problems(draft, around)
    if problems:
        raise OfferingInvalid(draft.code, problems)
    sold = ctx.db.scalar(select(Offering).where(Offering.code == draft.code, Offering.valid_to.is_(None)))
    if sold is not None:
        if same_offer(_draft_of(offering_view(ctx, sold.id)), draft):
            return Change.UNCHANGED
        sold.valid_to = ctx.now
        ctx.db.flush()
    version = 1 + (ctx.db.scalar(select(func.max(Offering.version)).where(Offering.code == draft.code)) or 0)
    _add(ctx, draft, version)
    return Change.CHANGED if sold is not None else Change.CREATED


def retire_offering(ctx: Context, code: str) -> Offering:
    """Stop selling an offering; subscriptions that have it keep it. Raises UnknownOffering."""
    ctx.require(permissions.MANAGE)
    ctx.lock(f"offering/{code}")
    sold = current_offering(ctx, code)
    sold.valid_to = ctx.now
    ctx.db.flush()
    ctx.emit(OfferingRetired(sold.id, code))
    return sold


def _add(ctx: Context, draft: OfferingDraft, version: int) -> None:
    row = Offering(
        id=uuid7(),
        code=draft.code,
        version=version,
        kind=draft.kind,
        payment_mode=draft.payment_mode,
        name=dict(draft.name),
        description=dict(draft.description),
        characteristics=[
            {"code": item.code, "name": dict(item.name), "value": dict(item.value)} for item in draft.characteristics
        ],
        price_list=draft.price_list,
        spend_limit_micros=draft.spend_limit_micros,
        offline_debit=draft.offline_debit.value,
        position=draft.position,
        hidden=draft.hidden,
        shared_version=draft.shared_version,
        online=stored_policy(draft.online),
        valid_from=ctx.now,
    )
    ctx.db.add(row)
    ctx.db.flush()
    ctx.db.add_all(_price_row(row, price) for price in draft.prices)
    ctx.db.add_all(_allowance_row(row, allowance) for allowance in draft.allowances)
    ctx.db.add_all(_discount_row(row, discount) for discount in draft.discounts)
    ctx.db.flush()
    ctx.emit(OfferingDefined(row.id, row.code, row.version))


def _price_row(row: Offering, price: PriceDraft) -> OfferingPrice:
    return OfferingPrice(
        id=uuid7(),
        offering_id=row.id,
        kind=price.kind,
        amount_micros=price.amount_micros,
        currency=price.currency,
        tax_class=price.tax_class,
        period_days=price.period_days,
    )


def _allowance_row(row: Offering, allowance: AllowanceDraft) -> OfferingAllowance:
    return OfferingAllowance(
        id=uuid7(),
        offering_id=row.id,
        code=allowance.code,
        unit=allowance.unit,
        quantity=allowance.quantity,
        services=list(allowance.services),
        zones=list(allowance.zones),
        priority=allowance.priority,
        rollover_periods=allowance.rollover_periods,
        rollover_limit=allowance.rollover_limit,
        shared=allowance.shared,
    )


def _discount_row(row: Offering, discount: DiscountDraft) -> OfferingDiscount:
    return OfferingDiscount(
        id=uuid7(),
        offering_id=row.id,
        code=discount.code,
        basis_points=discount.basis_points,
        services=list(discount.services),
        zones=list(discount.zones),
    )


def _draft_of(view: OfferingView) -> OfferingDraft:
    """The draft that would make the stored version."""
    row = view.offering
    return OfferingDraft(
        code=row.code,
        kind=row.kind,
        payment_mode=row.payment_mode,
        name=row.name,
        description=row.description,
        characteristics=tuple(
            Characteristic(item["code"], item["name"], item["value"]) for item in row.characteristics
        ),
        price_list=row.price_list,
        spend_limit_micros=row.spend_limit_micros,
        offline_debit=OfflineDebit(row.offline_debit),
        position=row.position,
        hidden=row.hidden,
        prices=tuple(
            PriceDraft(price.kind, price.amount_micros, price.currency, price.tax_class, price.period_days)
            for price in view.prices
        ),
        allowances=tuple(_allowance_draft(item) for item in view.allowances),
        discounts=tuple(
            DiscountDraft(item.code, item.basis_points, tuple(item.services), tuple(item.zones))
            for item in view.discounts
        ),
        online=online_policy(row.online) if row.online is not None else None,
        shared_version=row.shared_version,
    )


def _allowance_draft(item: OfferingAllowance) -> AllowanceDraft:
    return AllowanceDraft(
        item.code,
        item.unit,
        item.quantity,
        tuple(item.services),
        tuple(item.zones),
        item.priority,
        item.rollover_periods,
        item.rollover_limit,
        item.shared,
    )
