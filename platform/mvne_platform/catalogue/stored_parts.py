"""The parts of an imported version to and from its tables."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from mvne_platform.catalogue.drafts import BandPolicy, TierMode, Treatment
from mvne_platform.catalogue.parts import NetworkPart, OperatorPart, PrefixPart, RatePart, VersionParts, ZonePart
from mvne_platform.catalogue.price_list_models import (
    Rate,
    RateTier,
    TimeBand,
    Zone,
    ZoneNetwork,
    ZoneOperator,
    ZonePrefix,
)
from mvne_platform.catalogue.tariff import HOME_NETWORK, BandSpan, TariffRate, TariffZone, Tier
from mvne_platform.kernel import uuid7
from mvne_platform.runtime import Context


def stored_parts(ctx: Context, version_id: UUID) -> VersionParts:
    """Everything an imported version holds, without what it inherits."""
    zones = _zones(ctx, version_id)
    codes = {part.zone.id: part.zone.code for part in zones}
    prefix, network, operator, band = ZonePrefix, ZoneNetwork, ZoneOperator, TimeBand
    prefixes = select(prefix.prefix, prefix.short_code, prefix.zone_id).where(prefix.version_id == version_id)
    networks = select(network.mcc, network.mnc, network.called, network.zone_id)
    operators = select(operator.operator, operator.zone_id).where(operator.version_id == version_id)
    bands = select(band.code, band.start_minute, band.end_minute).where(band.version_id == version_id)
    return VersionParts(
        zones=zones,
        prefixes=[PrefixPart(digits, short, codes[zone]) for digits, short, zone in ctx.db.execute(prefixes)],
        networks=[
            NetworkPart(mcc if mcc == HOME_NETWORK else f"{mcc}-{mnc}", called, codes[zone])
            for mcc, mnc, called, zone in ctx.db.execute(networks.where(network.version_id == version_id))
        ],
        operators=[OperatorPart(name, codes[zone]) for name, zone in ctx.db.execute(operators)],
        bands=[BandSpan(*row) for row in ctx.db.execute(bands)],
        rates=_rates(ctx, version_id, codes),
    )


def _zones(ctx: Context, version_id: UUID) -> list[ZonePart]:
    rows = ctx.db.execute(
        select(Zone.id, Zone.code, Zone.name, Zone.treatment, Zone.inherited)
        .where(Zone.version_id == version_id)
        .order_by(Zone.code)
    )
    return [
        ZonePart(TariffZone(zone_id, code, name, Treatment(treatment)), inherited)
        for zone_id, code, name, treatment, inherited in rows
    ]


def _rates(ctx: Context, version_id: UUID, codes: dict[UUID, str]) -> list[RatePart]:
    tiers: dict[UUID, list[Tier]] = {}
    tiered = select(RateTier).join(Rate, Rate.id == RateTier.rate_id).where(Rate.version_id == version_id)
    for tier in ctx.db.scalars(tiered.order_by(RateTier.from_volume)):
        tiers.setdefault(tier.rate_id, []).append(Tier(tier.from_volume, tier.price_micros))
    rows = ctx.db.execute(select(*Rate.__table__.columns).where(Rate.version_id == version_id))
    return [RatePart(codes[row.zone_id], row.service, row.band, _rate(row, tiers.get(row.id, ()))) for row in rows]


def _rate(row: Any, tiers: Sequence[Tier]) -> TariffRate:
    return TariffRate(
        id=row.id,
        connection_fee_micros=row.connection_fee_micros,
        first_increment=row.first_increment,
        next_increment=row.next_increment,
        price_micros=row.price_micros,
        per=row.per,
        minimum_micros=row.minimum_micros,
        maximum_micros=row.maximum_micros,
        band_policy=BandPolicy(row.band_policy),
        tier_mode=TierMode(row.tier_mode),
        tiers=tuple(tiers),
        counter=row.counter,
    )


def store_parts(ctx: Context, version_id: UUID, parts: VersionParts) -> None:
    """Insert everything an imported version holds."""
    for model, rows in _rows(version_id, parts):
        if rows:
            ctx.db.execute(insert(model), rows)


def _rows(version_id: UUID, parts: VersionParts) -> Sequence[tuple[type, list[dict[str, Any]]]]:
    of = {"version_id": version_id}
    ids = {part.zone.code: part.zone.id for part in parts.zones}
    return [
        (Zone, [of | _zone_row(part) for part in parts.zones]),
        (
            ZonePrefix,
            [
                of | {"prefix": part.prefix, "short_code": part.short_code, "zone_id": ids[part.zone]}
                for part in parts.prefixes
            ],
        ),
        (ZoneNetwork, [of | _network_row(part) | {"zone_id": ids[part.zone]} for part in parts.networks]),
        (ZoneOperator, [of | {"operator": part.operator, "zone_id": ids[part.zone]} for part in parts.operators]),
        (TimeBand, [of | {"id": uuid7()} | asdict(span) for span in parts.bands]),
        (Rate, [of | _rate_row(part) | {"zone_id": ids[part.zone]} for part in parts.rates]),
        (RateTier, [{"rate_id": part.rate.id} | asdict(tier) for part in parts.rates for tier in part.rate.tiers]),
    ]


def _zone_row(part: ZonePart) -> dict[str, Any]:
    zone = part.zone
    return {
        "id": zone.id,
        "code": zone.code,
        "name": zone.name,
        "treatment": zone.treatment.value,
        "inherited": part.inherited,
    }


def _network_row(part: NetworkPart) -> dict[str, str]:
    """`MCC-MNC` in two columns; the home network is stored as MCC 'home' with every MNC."""
    mcc, _, mnc = part.network.partition("-")
    return {"mcc": mcc, "mnc": mnc or "*", "called": part.called}


def _rate_row(part: RatePart) -> dict[str, Any]:
    rate = part.rate
    return {
        "id": rate.id,
        "service": part.service,
        "band": part.band,
        "connection_fee_micros": rate.connection_fee_micros,
        "first_increment": rate.first_increment,
        "next_increment": rate.next_increment,
        "price_micros": rate.price_micros,
        "per": rate.per,
        "minimum_micros": rate.minimum_micros,
        "maximum_micros": rate.maximum_micros,
        "band_policy": rate.band_policy.value,
        "tier_mode": rate.tier_mode.value,
        "counter": rate.counter,
    }
