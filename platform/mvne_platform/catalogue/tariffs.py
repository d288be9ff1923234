"""Compiled price lists from the database. A version never changes, so what was compiled once is kept by its id."""

from collections import OrderedDict
from uuid import UUID

from sqlalchemy import select

from mvne_platform.catalogue.compile import (
    NetworkPart,
    PrefixPart,
    RatePart,
    VersionHead,
    VersionParts,
    compile_version,
)
from mvne_platform.catalogue.drafts import Treatment
from mvne_platform.catalogue.errors import UnknownPriceList
from mvne_platform.catalogue.models import (
    Holiday,
    PriceList,
    PriceListVersion,
    Rate,
    TimeBand,
    Zone,
    ZoneNetwork,
    ZonePrefix,
)
from mvne_platform.catalogue.tariff import HOME_NETWORK, BandSpan, Tariff, TariffRate, TariffVersion, TariffZone
from mvne_platform.runtime import Context

# A version of a thousand destinations takes about a megabyte.
KEPT_VERSIONS = 64
_compiled: OrderedDict[UUID, TariffVersion] = OrderedDict()


def tariff(ctx: Context, price_list_code: str) -> Tariff:
    """The price list with all its versions, ready for rating; raises UnknownPriceList.

    Two small queries when every version has been compiled in this process before.
    """
    rows = ctx.db.execute(
        select(PriceList.currency, PriceListVersion.id, PriceListVersion.version, PriceListVersion.valid_from)
        .join(PriceListVersion, PriceListVersion.price_list_id == PriceList.id)
        .where(PriceList.code == price_list_code)
        .order_by(PriceListVersion.valid_from)
    ).all()
    if not rows:
        raise UnknownPriceList(
            f"The brand has no price list '{price_list_code}'; import one, or name another in the plan.",
            field=("price_list",),
        )
    heads = [VersionHead(row.id, price_list_code, row.version, row.valid_from) for row in rows]
    return Tariff(
        code=price_list_code,
        currency=rows[0].currency,
        time_zone=ctx.brand.time_zone,
        holidays={row.day: row.as_weekday for row in ctx.db.execute(select(Holiday.day, Holiday.as_weekday))},
        versions=tuple(_version(ctx, head) for head in heads),
    )


def _version(ctx: Context, head: VersionHead) -> TariffVersion:
    version = _compiled.pop(head.id, None) or compile_version(head, _parts(ctx, head.id))
    _compiled[head.id] = version
    while len(_compiled) > KEPT_VERSIONS:
        _compiled.popitem(last=False)
    return version


def _parts(ctx: Context, version_id: UUID) -> VersionParts:
    prefixes = select(ZonePrefix.prefix, ZonePrefix.short_code, ZonePrefix.zone_id)
    networks = select(ZoneNetwork.mcc, ZoneNetwork.mnc, ZoneNetwork.zone_id)
    bands = select(TimeBand.code, TimeBand.start_minute, TimeBand.end_minute)
    return VersionParts(
        zones=_zones(ctx, version_id),
        prefixes=[PrefixPart(*row) for row in ctx.db.execute(prefixes.where(ZonePrefix.version_id == version_id))],
        networks=[
            NetworkPart(mcc if mcc == HOME_NETWORK else f"{mcc}-{mnc}", zone_id)
            for mcc, mnc, zone_id in ctx.db.execute(networks.where(ZoneNetwork.version_id == version_id))
        ],
        bands=[BandSpan(*row) for row in ctx.db.execute(bands.where(TimeBand.version_id == version_id))],
        rates=_rates(ctx, version_id),
    )


def _zones(ctx: Context, version_id: UUID) -> list[TariffZone]:
    rows = ctx.db.execute(
        select(Zone.id, Zone.code, Zone.name, Zone.treatment).where(Zone.version_id == version_id).order_by(Zone.code)
    )
    return [TariffZone(zone_id, code, name, Treatment(treatment)) for zone_id, code, name, treatment in rows]


def _rates(ctx: Context, version_id: UUID) -> list[RatePart]:
    rows = ctx.db.execute(
        select(
            Rate.zone_id,
            Rate.service,
            Rate.band,
            Rate.id,
            Rate.connection_fee_micros,
            Rate.first_increment,
            Rate.next_increment,
            Rate.price_micros,
            Rate.per,
            Rate.minimum_micros,
            Rate.maximum_micros,
        ).where(Rate.version_id == version_id)
    )
    return [RatePart(zone_id, service, band, TariffRate(*rate)) for zone_id, service, band, *rate in rows]


def price_list_zones(ctx: Context, code: str | None) -> dict[str, frozenset[str]]:
    """The zone codes of a price list (of every one, when none is named), over all its versions."""
    found = (
        select(PriceList.code, Zone.code)
        .join(PriceListVersion, PriceListVersion.price_list_id == PriceList.id)
        .join(Zone, Zone.version_id == PriceListVersion.id)
        .distinct()
    )
    if code is not None:
        found = found.where(PriceList.code == code)
    zones: dict[str, set[str]] = {}
    for price_list, zone in ctx.db.execute(found):
        zones.setdefault(price_list, set()).add(zone)
    return {price_list: frozenset(members) for price_list, members in zones.items()}
