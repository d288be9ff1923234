"""Imported price lists as drafts again."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from mvne_platform.catalogue import permissions
from mvne_platform.catalogue.drafts import Exchange, PriceListDraft, Purpose
from mvne_platform.catalogue.errors import UnknownPriceList
from mvne_platform.catalogue.price_list_models import PriceList, PriceListVersion
from mvne_platform.catalogue.rules.inheritance import draft_of
from mvne_platform.catalogue.stored_parts import stored_parts
from mvne_platform.catalogue.tariffs import effective_parts, list_heads
from mvne_platform.catalogue.versions import EffectiveVersion, effective_versions
from mvne_platform.runtime import Context


def version_at(ctx: Context, code: str, instant: datetime) -> EffectiveVersion:
    """The version of a price list in force at an instant; raises UnknownPriceList, also when the list begins later."""
    lists = list_heads(ctx, code)
    versions = effective_versions(code, lists) if code in lists else []
    head = next((version for version in reversed(versions) if version.valid_from <= instant), None)
    if head is None:
        raise UnknownPriceList(
            f"The brand has no price list '{code}' at {instant.isoformat()}; list them, and name one with its instant.",
            field=("code",),
        )
    return head


def own_draft(ctx: Context, code: str, instant: datetime) -> PriceListDraft:
    """The version in force at an instant as it was imported, without what it inherits; raises UnknownPriceList.

    A wholesale list is for those who may see what the host operator charges.
    """
    ctx.require(permissions.READ)
    own_id = version_at(ctx, code, instant).own_id
    _shown(ctx, own_id)
    return stored_draft(ctx, own_id)


def whole_draft(ctx: Context, code: str, instant: datetime) -> PriceListDraft:
    """The version in force at an instant with all that it inherits, as a list without a parent.

    A wholesale list is for those who may see what the host operator charges. Raises UnknownPriceList.
    """
    ctx.require(permissions.READ)
    head = version_at(ctx, code, instant)
    own = _shown(ctx, head.own_id)
    return draft_of(effective_parts(ctx, head), replace(own, valid_from=head.valid_from, parent=None))


def _shown(ctx: Context, version_id: UUID) -> PriceListDraft:
    """The version without its parts, for those who may see it."""
    own = _without_parts(ctx, version_id)
    if own.purpose is Purpose.WHOLESALE:
        ctx.require(permissions.READ_WHOLESALE)
    return own


def stored_draft(ctx: Context, version_id: UUID) -> PriceListDraft:
    """An imported version as it was imported."""
    return draft_of(stored_parts(ctx, version_id), _without_parts(ctx, version_id))


def _without_parts(ctx: Context, version_id: UUID) -> PriceListDraft:
    row = ctx.db.execute(
        select(PriceList, PriceListVersion)
        .join(PriceList, PriceList.id == PriceListVersion.price_list_id)
        .where(PriceListVersion.id == version_id)
    ).one()
    price_list, version = row.PriceList, row.PriceListVersion
    parent = ctx.db.get(PriceList, price_list.parent_id) if price_list.parent_id else None
    return PriceListDraft(
        code=price_list.code,
        currency=price_list.currency,
        valid_from=version.valid_from,
        zones=(),
        rates=(),
        exchange=_exchange(version),
        parent=parent.code if parent else None,
        purpose=Purpose(price_list.purpose),
    )


def _exchange(version: PriceListVersion) -> Exchange | None:
    stored = version.exchange
    if stored is None:
        return None
    return Exchange(stored["source"], Decimal(stored["rate"]), date.fromisoformat(stored["date"]))
