"""Reads of price lists, of whom they price, and of host contracts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from mvne_platform.catalogue import permissions
from mvne_platform.catalogue.commands.assignments import PricedBy
from mvne_platform.catalogue.drafts import Purpose
from mvne_platform.catalogue.errors import UnknownAssignment
from mvne_platform.catalogue.price_list_models import (
    HostContract,
    PriceList,
    PriceListAssignment,
    PriceListVersion,
    Rate,
    Zone,
)
from mvne_platform.runtime import Context


@dataclass(frozen=True, slots=True)
class PriceListVersionView:
    """An imported version of a price list, and how much it states itself."""

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
    purpose: Purpose
    parent: str | None
    versions: tuple[PriceListVersionView, ...]


@dataclass(frozen=True, slots=True)
class AssignmentView:
    """Whom a price list prices during [valid_from, valid_to), whatever their plan says."""

    id: UUID
    price_list: str
    to: PricedBy
    valid_from: datetime
    valid_to: datetime | None


@dataclass(frozen=True, slots=True)
class ContractView:
    """What the brand pays a host operator during [valid_from, valid_to)."""

    id: UUID
    code: str
    operator: str
    price_list: str
    valid_from: datetime
    valid_to: datetime | None


def price_lists(ctx: Context) -> list[PriceListView]:
    """The brand's price lists with their imported versions, by code; wholesale ones for those who may see them."""
    ctx.require(permissions.READ)
    zones = select(Zone.version_id, func.count().label("n")).group_by(Zone.version_id).subquery()
    rates = select(Rate.version_id, func.count().label("n")).group_by(Rate.version_id).subquery()
    versions: dict[UUID, list[PriceListVersionView]] = {}
    counted = (
        select(PriceListVersion, func.coalesce(zones.c.n, 0), func.coalesce(rates.c.n, 0))
        .outerjoin(zones, zones.c.version_id == PriceListVersion.id)
        .outerjoin(rates, rates.c.version_id == PriceListVersion.id)
        .order_by(PriceListVersion.valid_from)
    )
    for row, zone_count, rate_count in ctx.db.execute(counted):
        view = PriceListVersionView(row.id, row.version, row.valid_from, row.exchange, zone_count, rate_count)
        versions.setdefault(row.price_list_id, []).append(view)
    parent = aliased(PriceList)
    found = select(PriceList, parent.code).outerjoin(parent, parent.id == PriceList.parent_id).order_by(PriceList.code)
    if not ctx.actor.may(permissions.READ_WHOLESALE):
        found = found.where(PriceList.purpose == Purpose.RETAIL)
    return [
        PriceListView(row.code, row.currency, Purpose(row.purpose), above, tuple(versions.get(row.id, ())))
        for row, above in ctx.db.execute(found)
    ]


def price_list_assignments(ctx: Context) -> list[AssignmentView]:
    """Whom price lists are assigned to, past and coming spans too, in the order they were made."""
    ctx.require(permissions.READ)
    one = PriceListAssignment
    found = (
        select(one, PriceList.code)
        .join(PriceList, PriceList.id == one.price_list_id)
        .where(one.valid_to.is_distinct_from(one.valid_from))
        .order_by(one.id)
    )
    return [
        AssignmentView(
            row.id,
            code,
            PricedBy(row.plan, row.customer_group, row.customer_id),
            row.valid_from,
            row.valid_to,
        )
        for row, code in ctx.db.execute(found)
    ]


def price_list_assignment(ctx: Context, assignment_id: UUID) -> AssignmentView:
    """One assignment; raises UnknownAssignment."""
    found = next((view for view in price_list_assignments(ctx) if view.id == assignment_id), None)
    if found is None:
        raise UnknownAssignment("There is no such assignment of a price list.", field=("assignment_id",))
    return found


def host_contracts(ctx: Context) -> list[ContractView]:
    """The brand's contracts with host operators, oldest first."""
    ctx.require(permissions.READ_WHOLESALE)
    found = (
        select(HostContract, PriceList.code)
        .join(PriceList, PriceList.id == HostContract.price_list_id)
        .order_by(HostContract.valid_from)
    )
    return [
        ContractView(row.id, row.code, row.operator, code, row.valid_from, row.valid_to)
        for row, code in ctx.db.execute(found)
    ]


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
