"""A price list version as flat parts, by zone code: what is stored, what is merged with a parent, what is compiled."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

from mvne_platform.catalogue.drafts import PriceListDraft, RateDraft, ZoneDraft
from mvne_platform.catalogue.tariff import BandSpan, TariffRate, TariffZone, Tier

CALLED = ">"
"""Between a network and the called prefix that a zone narrows it to: `262-*>45`."""


@dataclass(frozen=True, slots=True)
class ZonePart:
    """A zone; an inherited one is only priced here, and is what the parent's zone of that code is."""

    zone: TariffZone
    inherited: bool


@dataclass(frozen=True, slots=True)
class PrefixPart:
    """A called prefix, or a short code, of a zone."""

    prefix: str
    short_code: bool
    zone: str


@dataclass(frozen=True, slots=True)
class NetworkPart:
    """A network of a zone (`MCC-MNC`, `MCC-*` or `home`) for numbers that begin with `called` ('' for any number)."""

    network: str
    called: str
    zone: str


@dataclass(frozen=True, slots=True)
class OperatorPart:
    """An operator of a zone for ported numbers; '*' for every one that is not listed."""

    operator: str
    zone: str


@dataclass(frozen=True, slots=True)
class RatePart:
    """A rate and where it holds."""

    zone: str
    service: str
    band: str
    rate: TariffRate


@dataclass(frozen=True, slots=True)
class VersionParts:
    """Everything a version holds."""

    zones: Sequence[ZonePart]
    prefixes: Sequence[PrefixPart]
    networks: Sequence[NetworkPart]
    operators: Sequence[OperatorPart]
    bands: Sequence[BandSpan]
    rates: Sequence[RatePart]


def parts_of(draft: PriceListDraft, version_id: UUID) -> VersionParts:
    """Flatten a checked draft; the ids of its zones and rates follow from the version's."""
    named = {zone.code for zone in draft.zones}
    priced = dict.fromkeys(rate.zone for rate in draft.rates if rate.zone not in named)
    return VersionParts(
        zones=[_zone_part(zone, version_id, inherited=False) for zone in draft.zones]
        + [_zone_part(ZoneDraft(code, ""), version_id, inherited=True) for code in priced],
        prefixes=[
            PrefixPart(digits, short_code, zone.code)
            for zone in draft.zones
            for short_code, listed in ((False, zone.prefixes), (True, zone.short_codes))
            for digits in listed
        ],
        networks=[_network_part(network, zone.code) for zone in draft.zones for network in zone.networks],
        operators=[OperatorPart(operator, zone.code) for zone in draft.zones for operator in zone.operators],
        bands=[BandSpan(band.code, band.start_minute, band.end_minute) for band in draft.bands],
        rates=_rate_parts(draft.rates, version_id),
    )


def _zone_part(zone: ZoneDraft, version_id: UUID, *, inherited: bool) -> ZonePart:
    stored = TariffZone(uuid5(version_id, f"zone/{zone.code}"), zone.code, zone.name, zone.treatment)
    return ZonePart(stored, inherited)


def _network_part(place: str, zone: str) -> NetworkPart:
    network, _, called = place.partition(CALLED)
    return NetworkPart(network, called, zone)


def own_counter(zone: str, service: str) -> str:
    """What the tiers of a zone and service count on when the list names no counter."""
    return f"{zone}.{service}"


def _rate_parts(rates: Sequence[RateDraft], version_id: UUID) -> list[RatePart]:
    tiered = {(rate.zone, rate.service) for rate in rates if rate.tiers}
    parts = []
    for rate in rates:
        made = _rate(rate, version_id, tiered=(rate.zone, rate.service) in tiered)
        parts.append(RatePart(rate.zone, rate.service, rate.band, made))
    return parts


def _rate(rate: RateDraft, version_id: UUID, *, tiered: bool) -> TariffRate:
    return TariffRate(
        id=uuid5(version_id, f"rate/{rate.zone}/{rate.service}/{rate.band}"),
        connection_fee_micros=rate.connection_fee_micros,
        first_increment=rate.first_increment,
        next_increment=rate.next_increment,
        price_micros=rate.price_micros,
        per=rate.per,
        minimum_micros=rate.minimum_micros,
        maximum_micros=rate.maximum_micros,
        band_policy=rate.band_policy,
        tier_mode=rate.tier_mode,
        tiers=tuple(Tier(tier.from_volume, tier.price_micros) for tier in rate.tiers),
        counter=rate.counter or (own_counter(rate.zone, rate.service) if tiered else None),
    )


def inherit(parent: VersionParts, child: VersionParts) -> VersionParts:
    """What the child and its parent are together; a more exact place of the parent still wins over a child's wider one.

    Zones that the child only prices, and the parent no longer has, are gone with their rates.
    """
    zones = {part.zone.code: part for part in parent.zones}
    zones |= {part.zone.code: part for part in child.zones if not part.inherited}
    own = {(part.service, part.zone) for part in child.rates}
    rates = [part for part in parent.rates if (part.service, part.zone) not in own]
    rates += [part for part in child.rates if part.zone in zones]
    prefixes = {(part.prefix, part.short_code): part for part in (*parent.prefixes, *child.prefixes)}
    networks = {(part.network, part.called): part for part in (*parent.networks, *child.networks)}
    operators = {part.operator: part for part in (*parent.operators, *child.operators)}
    return VersionParts(
        zones=tuple(zones.values()),
        prefixes=tuple(prefixes.values()),
        networks=tuple(networks.values()),
        operators=tuple(operators.values()),
        bands=child.bands or parent.bands,
        rates=rates,
    )
