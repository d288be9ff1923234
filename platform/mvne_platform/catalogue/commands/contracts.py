"""Contracts with the host operator."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from mvne_platform.catalogue import permissions
from mvne_platform.catalogue.drafts import Purpose
from mvne_platform.catalogue.errors import InvalidContract, UnknownPriceList
from mvne_platform.catalogue.notice import announce_change
from mvne_platform.catalogue.price_list_models import HostContract, PriceList
from mvne_platform.catalogue.tariffs import list_heads
from mvne_platform.kernel import Change
from mvne_platform.runtime import Context


@dataclass(frozen=True, slots=True)
class ContractDraft:
    """What the brand pays a host operator during [valid_from, valid_to): a wholesale price list."""

    code: str
    operator: str
    price_list: str
    valid_from: datetime
    valid_to: datetime | None = None


def agree_contract(ctx: Context, draft: ContractDraft) -> Change:
    """Have usage from `valid_from` on carry the host's amount by the contract's price list; changes one of that code.

    One contract holds at a time, and all are in one currency. Raises UnknownPriceList, InvalidContract.
    """
    ctx.require(permissions.MANAGE)
    ctx.lock("host_contract")
    price_list = _wholesale_list(ctx, draft)
    others = [row for row in ctx.db.scalars(select(HostContract)) if row.code != draft.code]
    _check(ctx, draft, price_list, others)
    row = ctx.db.scalar(select(HostContract).where(HostContract.code == draft.code))
    values = (draft.operator, price_list.id, draft.valid_from, draft.valid_to)
    if row is not None and (row.operator, row.price_list_id, row.valid_from, row.valid_to) == values:
        return Change.UNCHANGED
    change = Change.CHANGED if row is not None else Change.CREATED
    row = row or HostContract(code=draft.code)
    row.operator, row.price_list_id, row.valid_from, row.valid_to = values
    ctx.db.add(row)
    ctx.db.flush()
    announce_change(ctx)
    return change


def _wholesale_list(ctx: Context, draft: ContractDraft) -> PriceList:
    price_list = ctx.db.scalar(select(PriceList).where(PriceList.code == draft.price_list))
    if price_list is None:
        raise UnknownPriceList(
            f"The brand has no price list '{draft.price_list}'; import it first.", field=("price_list",)
        )
    if price_list.purpose != Purpose.WHOLESALE:
        raise InvalidContract(
            f"'{draft.price_list}' is a retail list; a contract needs one imported with purpose wholesale.",
            field=("price_list",),
        )
    return price_list


def _check(ctx: Context, draft: ContractDraft, price_list: PriceList, others: Iterable[HostContract]) -> None:
    if draft.valid_to is not None and draft.valid_to <= draft.valid_from:
        raise InvalidContract("The contract ends before it begins; give a later end.", field=("valid_to",))
    first = list_heads(ctx, draft.price_list)[draft.price_list].versions[0]
    if first.valid_from > draft.valid_from:
        raise InvalidContract(
            f"Price list '{draft.price_list}' begins on {first.valid_from.isoformat()}, after the contract does.",
            field=("valid_from",),
        )
    for other in others:
        ends = other.valid_to
        if (ends is None or draft.valid_from < ends) and (draft.valid_to is None or other.valid_from < draft.valid_to):
            raise InvalidContract(
                f"The contract '{other.code}' holds during a part of that span; end it first.", field=("valid_from",)
            )
        currency = ctx.db.scalar(select(PriceList.currency).where(PriceList.id == other.price_list_id))
        if currency != price_list.currency:
            raise InvalidContract(
                f"The contract '{other.code}' is in {currency}; all contracts of a brand are in one currency.",
                field=("price_list",),
            )
