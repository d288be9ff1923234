"""A price list draft together with what it inherits, and a draft made of stored parts."""

from uuid import UUID

from mvne_platform.catalogue.drafts import BandDraft, PriceListDraft, RateDraft, TierDraft, ZoneDraft
from mvne_platform.catalogue.parts import CALLED, RatePart, VersionParts, inherit, own_counter, parts_of

_NONE = UUID(int=0)


def effective_draft(child: PriceListDraft, parent: PriceListDraft) -> PriceListDraft:
    """The list that the child's difference and its parent's whole make together."""
    return draft_of(inherit(parts_of(parent, _NONE), parts_of(child, _NONE)), child)


def draft_of(parts: VersionParts, head: PriceListDraft) -> PriceListDraft:
    """The draft that has these parts, and code, currency, instant, exchange, parent and purpose of `head`."""
    places: dict[tuple[str, str], list[str]] = {}
    for prefix in parts.prefixes:
        places.setdefault((prefix.zone, "short" if prefix.short_code else "prefix"), []).append(prefix.prefix)
    for network in parts.networks:
        place = f"{network.network}{CALLED}{network.called}" if network.called else network.network
        places.setdefault((network.zone, "network"), []).append(place)
    for operator in parts.operators:
        places.setdefault((operator.zone, "operator"), []).append(operator.operator)
    zones = [part.zone for part in parts.zones if not part.inherited]
    return PriceListDraft(
        code=head.code,
        currency=head.currency,
        valid_from=head.valid_from,
        zones=tuple(
            ZoneDraft(
                zone.code,
                zone.name,
                zone.treatment,
                prefixes=tuple(places.get((zone.code, "prefix"), ())),
                short_codes=tuple(places.get((zone.code, "short"), ())),
                networks=tuple(places.get((zone.code, "network"), ())),
                operators=tuple(places.get((zone.code, "operator"), ())),
            )
            for zone in zones
        ),
        rates=tuple(_rate_draft(part) for part in parts.rates),
        bands=tuple(BandDraft(span.code, span.start_minute, span.end_minute) for span in parts.bands),
        exchange=head.exchange,
        parent=head.parent,
        purpose=head.purpose,
    )


def _rate_draft(part: RatePart) -> RateDraft:
    rate = part.rate
    return RateDraft(
        zone=part.zone,
        service=part.service,
        price_micros=rate.price_micros,
        per=rate.per,
        first_increment=rate.first_increment,
        next_increment=rate.next_increment,
        band=part.band,
        connection_fee_micros=rate.connection_fee_micros,
        minimum_micros=rate.minimum_micros,
        maximum_micros=rate.maximum_micros,
        band_policy=rate.band_policy,
        tier_mode=rate.tier_mode,
        tiers=tuple(TierDraft(tier.from_volume, tier.price_micros) for tier in rate.tiers),
        counter=None if rate.counter == own_counter(part.zone, part.service) else rate.counter,
    )
