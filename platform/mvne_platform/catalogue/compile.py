"""Turning the parts of a price list version, drafted or stored, into the tables rating looks things up in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from mvne_platform.catalogue.drafts import PriceListDraft
from mvne_platform.catalogue.tariff import BandSpan, Tariff, TariffRate, TariffVersion, TariffZone
from mvne_platform.kernel import uuid7


@dataclass(frozen=True, slots=True)
class PrefixPart:
    """A called prefix, or a short code, of a zone."""

    prefix: str
    short_code: bool
    zone_id: UUID


@dataclass(frozen=True, slots=True)
class NetworkPart:
    """A visited network of a zone: `MCC-MNC`, `MCC-*` or `home`."""

    network: str
    zone_id: UUID


@dataclass(frozen=True, slots=True)
class RatePart:
    """A rate and where it holds."""

    zone_id: UUID
    service: str
    band: str
    rate: TariffRate


@dataclass(frozen=True, slots=True)
class VersionParts:
    """A price list version as flat rows: what is stored, and what is compiled."""

    zones: Sequence[TariffZone]
    prefixes: Sequence[PrefixPart]
    networks: Sequence[NetworkPart]
    bands: Sequence[BandSpan]
    rates: Sequence[RatePart]


def parts_of(draft: PriceListDraft) -> VersionParts:
    """Flatten a checked draft, giving ids to its zones and rates."""
    zones = {zone.code: TariffZone(uuid7(), zone.code, zone.name, zone.treatment) for zone in draft.zones}
    return VersionParts(
        zones=tuple(zones.values()),
        prefixes=[
            PrefixPart(digits, short_code, zones[zone.code].id)
            for zone in draft.zones
            for short_code, listed in ((False, zone.prefixes), (True, zone.short_codes))
            for digits in listed
        ],
        networks=[NetworkPart(network, zones[zone.code].id) for zone in draft.zones for network in zone.networks],
        bands=[BandSpan(band.code, band.start_minute, band.end_minute) for band in draft.bands],
        rates=[
            RatePart(
                zones[rate.zone].id,
                rate.service,
                rate.band,
                TariffRate(
                    uuid7(),
                    rate.connection_fee_micros,
                    rate.first_increment,
                    rate.next_increment,
                    rate.price_micros,
                    rate.per,
                    rate.minimum_micros,
                    rate.maximum_micros,
                ),
            )
            for rate in draft.rates
        ],
    )


@dataclass(frozen=True, slots=True)
class VersionHead:
    """Which version of which price list, and from when on it holds."""

    id: UUID
    price_list: str
    number: int
    valid_from: datetime


def compile_version(head: VersionHead, parts: VersionParts) -> TariffVersion:
    """Make the look-up tables of one version."""
    zones = {zone.id: zone for zone in parts.zones}
    rates: dict[tuple[str, UUID], dict[str, TariffRate]] = {}
    for part in parts.rates:
        rates.setdefault((part.service, part.zone_id), {})[part.band] = part.rate
    prefixes = {part.prefix: zones[part.zone_id] for part in parts.prefixes if not part.short_code}
    return TariffVersion(
        id=head.id,
        price_list=head.price_list,
        number=head.number,
        valid_from=head.valid_from,
        zones=tuple(parts.zones),
        prefixes=prefixes,
        prefix_lengths=tuple(sorted({len(prefix) for prefix in prefixes}, reverse=True)),
        short_codes={part.prefix: zones[part.zone_id] for part in parts.prefixes if part.short_code},
        networks={part.network: zones[part.zone_id] for part in parts.networks},
        bands=tuple(sorted(parts.bands, key=lambda span: span.start_minute)),
        rates=rates,
    )


def compile_drafts(drafts: Sequence[PriceListDraft], time_zone: str, holidays: Mapping[date, int]) -> Tariff:
    """Compile the versions of one price list straight from drafts, without a database: for tests and benchmarks.

    The drafts must be checked (`price_list_problems`) and share code and currency.
    """
    ordered = sorted(drafts, key=lambda draft: draft.valid_from)
    return Tariff(
        code=ordered[0].code,
        currency=ordered[0].currency,
        time_zone=time_zone,
        holidays=dict(holidays),
        versions=tuple(
            compile_version(VersionHead(uuid7(), draft.code, number, draft.valid_from), parts_of(draft))
            for number, draft in enumerate(ordered, start=1)
        ),
    )
