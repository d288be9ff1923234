"""Importing price lists. A version's rates never change: usage was priced by them, and bills open down to them."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import select

from mvne_platform.catalogue import permissions
from mvne_platform.catalogue.drafts import PriceListDraft
from mvne_platform.catalogue.errors import PriceListInvalid, PriceListVersionFixed
from mvne_platform.catalogue.events import PriceListVersionAdded
from mvne_platform.catalogue.notice import announce_change
from mvne_platform.catalogue.parts import parts_of
from mvne_platform.catalogue.price_list_models import PriceList, PriceListVersion
from mvne_platform.catalogue.publishing import publishing_problems
from mvne_platform.catalogue.rules.differences import canonical
from mvne_platform.catalogue.stored_parts import store_parts
from mvne_platform.kernel import Change, uuid7
from mvne_platform.runtime import Context


def import_price_list(ctx: Context, draft: PriceListDraft) -> Change:
    """Add `draft` as a version of its price list, unless the version in force at its instant holds the same.

    Raises PriceListInvalid with every problem, those of lists that inherit from it included; PriceListVersionFixed
    when the list has a version of that instant with other rates, or when the instant lies both in the past and before
    a version that exists.
    """
    ctx.require(permissions.MANAGE)
    # One lock for all lists: what one inherits must not change while it is checked.
    ctx.lock("price_list")
    problems = publishing_problems(ctx, draft)
    if problems:
        raise PriceListInvalid(draft.code, problems)
    price_list = ctx.db.scalar(select(PriceList).where(PriceList.code == draft.code))
    if price_list is None:
        _add_version(ctx, _add_list(ctx, draft), draft, 1)
        return Change.CREATED
    versions = _versions(ctx, price_list)
    before = [version for version in versions if version.valid_from <= draft.valid_from]
    if before and before[-1].digest == _digest(draft):
        return Change.UNCHANGED
    _check_instant(ctx, draft, versions)
    _add_version(ctx, price_list, draft, len(versions) + 1)
    return Change.CHANGED


def _add_list(ctx: Context, draft: PriceListDraft) -> PriceList:
    parent = ctx.db.scalar(select(PriceList.id).where(PriceList.code == draft.parent)) if draft.parent else None
    price_list = PriceList(
        id=uuid7(), code=draft.code, currency=draft.currency, parent_id=parent, purpose=draft.purpose.value
    )
    ctx.db.add(price_list)
    ctx.db.flush()
    return price_list


def _versions(ctx: Context, price_list: PriceList) -> Sequence[PriceListVersion]:
    """The list's versions, oldest first."""
    held = select(PriceListVersion).where(PriceListVersion.price_list_id == price_list.id)
    return ctx.db.scalars(held.order_by(PriceListVersion.valid_from)).all()


def _check_instant(ctx: Context, draft: PriceListDraft, versions: Sequence[PriceListVersion]) -> None:
    if any(version.valid_from == draft.valid_from for version in versions):
        raise PriceListVersionFixed(
            f"Price list '{draft.code}' has other rates from {draft.valid_from.isoformat()} on, and usage may have "
            "been priced by them; give the new rates a later instant.",
            field=("valid_from",),
        )
    if draft.valid_from < ctx.now and draft.valid_from < versions[-1].valid_from:
        raise PriceListVersionFixed(
            f"Price list '{draft.code}' has younger rates already (from {versions[-1].valid_from.isoformat()} on), and "
            f"{draft.valid_from.isoformat()} is past; give the new rates an instant that is still to come.",
            field=("valid_from",),
        )


def _add_version(ctx: Context, price_list: PriceList, draft: PriceListDraft, number: int) -> None:
    exchange = draft.exchange
    version = PriceListVersion(
        id=uuid7(),
        price_list_id=price_list.id,
        version=number,
        valid_from=draft.valid_from,
        digest=_digest(draft),
        exchange=exchange and {"source": exchange.source, "rate": str(exchange.rate), "date": exchange.day.isoformat()},
    )
    ctx.db.add(version)
    ctx.db.flush()
    store_parts(ctx, version.id, parts_of(draft, version.id))
    ctx.emit(PriceListVersionAdded(version.id, draft.code, number))
    announce_change(ctx)


def _digest(draft: PriceListDraft) -> str:
    """SHA-256 over what the list holds, whatever the instant and the order of its parts."""
    content = asdict(canonical(draft))
    # Code and instant are told beside it; parent and purpose cannot change.
    for name in ("code", "valid_from", "parent", "purpose"):
        del content[name]
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
