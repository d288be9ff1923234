"""Compiled price lists from the database.

A version never changes, so what was compiled once is kept under its id, in every process: only the heads of a list and
its parents, and the brand's holidays, are read anew.
"""

from collections.abc import Collection
from datetime import date
from functools import partial
from itertools import chain
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from mvne_platform.catalogue.compile import compile_version, merged
from mvne_platform.catalogue.drafts import Purpose
from mvne_platform.catalogue.errors import UnknownPriceList
from mvne_platform.catalogue.kept import Kept
from mvne_platform.catalogue.parts import VersionParts
from mvne_platform.catalogue.price_list_models import Holiday, PriceList, PriceListVersion, Zone
from mvne_platform.catalogue.stored_parts import stored_parts
from mvne_platform.catalogue.tariff import Tariff, TariffVersion
from mvne_platform.catalogue.versions import (
    EffectiveVersion,
    ListHead,
    OwnVersion,
    ancestors,
    effective_versions,
    possible_versions,
)
from mvne_platform.runtime import Context


def _size(version: TariffVersion) -> int:
    networks = sum(map(len, version.networks.values()))
    return len(version.prefixes) + len(version.short_codes) + networks + len(version.rates) + 1


def _parts_size(parts: VersionParts) -> int:
    return len(parts.prefixes) + len(parts.networks) + len(parts.rates) + 1


# Prefixes, networks and rates; two million of them take about 400 MB.
MOST_KEPT = 2_000_000
compiled: Kept[UUID, TariffVersion] = Kept(MOST_KEPT, _size)
# Only what several lists inherit is asked for again.
_parents: Kept[UUID, VersionParts] = Kept(MOST_KEPT // 4, _parts_size)


def tariff(ctx: Context, price_list_code: str) -> Tariff:
    """The price list with all its effective versions, ready for rating; raises UnknownPriceList.

    Two small queries when every version has been compiled in this process before.
    """
    lists = list_heads(ctx, price_list_code)
    if price_list_code not in lists or not lists[price_list_code].versions:
        raise UnknownPriceList(
            f"The brand has no price list '{price_list_code}'; import one, or name another in the plan.",
            field=("price_list",),
        )
    return Tariff(
        code=price_list_code,
        currency=lists[price_list_code].currency,
        time_zone=ctx.brand.time_zone,
        holidays=holidays(ctx),
        versions=tuple(compiled_version(ctx, head) for head in effective_versions(price_list_code, lists)),
    )


def tariff_version(ctx: Context, version_id: UUID) -> TariffVersion | None:
    """The effective version with this id, whatever list it is or was of; None when the brand has none."""
    lists = list_heads(ctx)
    heads = (head for code in lists for head in effective_versions(code, lists))
    others = (head for code in lists for head in possible_versions(code, lists))
    found = next((head for head in chain(heads, others) if head.id == version_id), None)
    return compiled_version(ctx, found) if found else None


def version_ids(ctx: Context, price_list_code: str) -> frozenset[UUID]:
    """The ids of all effective versions that a price list has or has had; raises UnknownPriceList."""
    lists = _heads_of(ctx, price_list_code)
    return frozenset(head.id for head in possible_versions(price_list_code, lists))


def price_list_purpose(ctx: Context, price_list_code: str) -> Purpose:
    """Whether a price list is for customers or for what the brand pays itself; raises UnknownPriceList."""
    return Purpose(_heads_of(ctx, price_list_code)[price_list_code].purpose)


def _heads_of(ctx: Context, price_list_code: str) -> dict[str, ListHead]:
    lists = list_heads(ctx, price_list_code)
    if price_list_code not in lists:
        raise UnknownPriceList(f"The brand has no price list '{price_list_code}'.", field=("price_list",))
    return lists


def holidays(ctx: Context) -> dict[date, int]:
    """The brand's holidays, each with the weekday (0 is Monday) whose hours it has."""
    return {row.day: row.as_weekday for row in ctx.db.execute(select(Holiday.day, Holiday.as_weekday))}


def list_heads(ctx: Context, code: str | None = None) -> dict[str, ListHead]:
    """The price list `code` and its ancestors without their rates, by code; every list of the brand without one."""
    parent = aliased(PriceList)
    found = (
        select(PriceList.code, PriceList.currency, PriceList.purpose, parent.code.label("parent"))
        .add_columns(PriceListVersion.id, PriceListVersion.version, PriceListVersion.valid_from)
        .outerjoin(parent, parent.id == PriceList.parent_id)
        .outerjoin(PriceListVersion, PriceListVersion.price_list_id == PriceList.id)
        .order_by(PriceListVersion.valid_from)
    )
    if code is not None:
        line = select(PriceList.id, PriceList.parent_id).where(PriceList.code == code).cte(recursive=True)
        above = aliased(PriceList)
        line = line.union(select(above.id, above.parent_id).join(line, above.id == line.c.parent_id))
        found = found.where(PriceList.id.in_(select(line.c.id)))
    heads: dict[str, ListHead] = {}
    for row in ctx.db.execute(found):
        earlier = heads[row.code].versions if row.code in heads else ()
        own = (OwnVersion(row.id, row.version, row.valid_from),) if row.id is not None else ()
        heads[row.code] = ListHead(row.code, row.currency, row.parent, (*earlier, *own), row.purpose)
    return heads


def compiled_version(ctx: Context, head: EffectiveVersion) -> TariffVersion:
    """One effective version, compiled in this process once."""
    return compiled.get(head.id, lambda: compile_version(head, effective_parts(ctx, head)))


def effective_parts(ctx: Context, head: EffectiveVersion) -> VersionParts:
    """The parts of a version with all that it inherits."""

    def load(version_id: UUID) -> VersionParts:
        if version_id == head.own_id:
            return stored_parts(ctx, version_id)
        return _parents.get(version_id, partial(stored_parts, ctx, version_id))

    return merged(head, load)


def price_list_zones(ctx: Context, code: str | None) -> dict[str, frozenset[str]]:
    """The zone codes of a price list and its parents (of every list, when none is named), over all versions."""
    lists = list_heads(ctx, code)
    parents = {one.code: one.parent for one in lists.values()}
    own = _own_zones(ctx, lists)
    return {
        name: frozenset().union(*(own.get(ancestor, frozenset()) for ancestor in ancestors(name, parents)))
        for name in lists
    }


def _own_zones(ctx: Context, lists: Collection[str]) -> dict[str, set[str]]:
    found = (
        select(PriceList.code, Zone.code)
        .join(PriceListVersion, PriceListVersion.price_list_id == PriceList.id)
        .join(Zone, Zone.version_id == PriceListVersion.id)
        .where(PriceList.code.in_(lists))
        .distinct()
    )
    zones: dict[str, set[str]] = {}
    for price_list, zone in ctx.db.execute(found):
        zones.setdefault(price_list, set()).add(zone)
    return zones
