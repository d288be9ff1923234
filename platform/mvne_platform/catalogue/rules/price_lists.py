"""What makes a price list fit to rate with. Every problem is named, not only the first."""

import re
from collections.abc import Iterator
from itertools import pairwise

from mvne_platform.catalogue.drafts import ANY_BAND, BandDraft, PriceListDraft, RateDraft, Treatment, ZoneDraft
from mvne_platform.catalogue.faults import Problem
from mvne_platform.catalogue.services import ZONED_BY, Service, ZonedBy

WEEK_MINUTES = 7 * 24 * 60
# A billion of any currency, in micros: beyond it an amount is a slip of the pen.
LARGEST_AMOUNT = 10**15
LARGEST_QUANTITY = 10**15
SERVICES = frozenset(Service)

CODE = re.compile(r"[a-z0-9][a-z0-9._+-]*")
PREFIX = re.compile(r"[1-9][0-9]{0,14}")
SHORT_CODE = re.compile(r"[0-9*#]{1,15}")
# Mobile country code and network code, ITU-T E.212.
NETWORK = re.compile(r"[0-9]{3}-([0-9]{2,3}|\*)|home")


def price_list_problems(draft: PriceListDraft) -> list[Problem]:
    """Everything that keeps `draft` from rating usage; empty when it is sound."""
    zones = {zone.code: zone for zone in draft.zones}
    bands = {band.code for band in draft.bands}
    problems = [problem for zone in draft.zones for problem in _zone_problems(zone)]
    if not draft.zones:
        problems.append(Problem(("zones",), "the price list has no zone, so it prices nothing"))
    problems += _places_used_twice(draft)
    problems += _band_problems(draft.bands)
    for rate in draft.rates:
        problems += _rate_place_problems(rate, zones, bands)
        problems += _rate_amount_problems(rate)
    problems += _rates_given_twice(draft.rates)
    problems += _zones_without_price(draft)
    problems += _hours_without_price(draft)
    if draft.exchange is not None and draft.exchange.rate <= 0:
        problems.append(Problem(("exchange",), f"the exchange rate {draft.exchange.rate} is not above zero"))
    return problems


def _zone_problems(zone: ZoneDraft) -> Iterator[Problem]:
    subject = ("zone", zone.code)
    if not CODE.fullmatch(zone.code):
        yield Problem(subject, f"the zone code '{zone.code}' may hold a-z, 0-9 and . _ + - only")
    if not zone.name.strip():
        yield Problem(subject, f"zone '{zone.code}' has no name")
    places = list(_places(zone))
    if not places:
        yield Problem(subject, f"zone '{zone.code}' has no prefix, short code or network, so nothing is ever in it")
    for kind, place in places:
        if not _PATTERNS[kind].fullmatch(place):
            yield Problem((kind, place), f"'{place}' of zone '{zone.code}' is no {_DESCRIBED[kind]}")


_PATTERNS = {"prefix": PREFIX, "short_code": SHORT_CODE, "network": NETWORK}
_DESCRIBED = {
    "prefix": "prefix (1 to 15 digits of E.164, country code first, without + or 00)",
    "short_code": "short code (1 to 15 of 0-9 * #, as dialled)",
    "network": "network (MCC-MNC such as 238-01, MCC-* or home)",
}


def _places(zone: ZoneDraft) -> Iterator[tuple[str, str]]:
    """What is in a zone: kind and value of each entry."""
    for kind, listed in (("prefix", zone.prefixes), ("short_code", zone.short_codes), ("network", zone.networks)):
        yield from ((kind, place) for place in listed)


def _places_used_twice(draft: PriceListDraft) -> Iterator[Problem]:
    codes: set[str] = set()
    holders: dict[tuple[str, str], str] = {}
    for zone in draft.zones:
        if zone.code in codes:
            yield Problem(("zone", zone.code), f"zone '{zone.code}' is defined twice")
        codes.add(zone.code)
        for kind, place in _places(zone):
            if (kind, place) in holders:
                held = f"is in zone '{holders[kind, place]}' and again in '{zone.code}'"
                yield Problem((kind, place), f"{kind.replace('_', ' ')} {place} {held}")
            holders[kind, place] = zone.code


def _band_problems(bands: tuple[BandDraft, ...]) -> Iterator[Problem]:
    for band in bands:
        if not CODE.fullmatch(band.code):
            yield Problem(("band", band.code), f"the band code '{band.code}' may hold a-z, 0-9 and . _ + - only")
        if not 0 <= band.start_minute < band.end_minute <= WEEK_MINUTES:
            yield Problem(("band", band.code), f"band '{band.code}' does not lie within the week")
    ordered = sorted(bands, key=lambda band: band.start_minute)
    for earlier, later in pairwise(ordered):
        if later.start_minute < earlier.end_minute:
            yield Problem(("band", later.code), f"bands '{earlier.code}' and '{later.code}' overlap")


def _rate_place_problems(rate: RateDraft, zones: dict[str, ZoneDraft], bands: set[str]) -> Iterator[Problem]:
    subject = _subject(rate)
    zone = zones.get(rate.zone)
    if zone is None:
        yield Problem(subject, f"the rate names zone '{rate.zone}', which is not defined")
    elif zone.treatment is not Treatment.NORMAL:
        yield Problem(subject, f"zone '{zone.code}' is {zone.treatment}, so it has no price")
    if rate.service not in SERVICES:
        known = ", ".join(Service)
        yield Problem(subject, f"the service '{rate.service}' is unknown; there are {known}")
    elif zone is not None and not applies(Service(rate.service), zone):
        yield Problem(subject, f"{rate.service} never reaches zone '{rate.zone}': {_NEEDS[Service(rate.service)]}")
    if rate.band != ANY_BAND and rate.band not in bands:
        yield Problem(subject, f"the rate names band '{rate.band}', which is not defined")


def applies(service: Service, zone: ZoneDraft) -> bool:
    """Whether an event of `service` can be in `zone`."""
    match ZONED_BY[service]:
        case ZonedBy.CALLED_NUMBER:
            return bool(zone.prefixes or zone.short_codes)
        case ZonedBy.VISITED_NETWORK:
            return any(network != "home" for network in zone.networks)
        case ZonedBy.HOME_NETWORK:
            return "home" in zone.networks
        case _:
            return False


_NEEDS_BY = {
    ZonedBy.CALLED_NUMBER: "it goes by called number, and the zone has no prefix or short code",
    ZonedBy.VISITED_NETWORK: "it goes by visited network, and the zone has none",
    ZonedBy.HOME_NETWORK: "it goes by network, and the zone does not hold 'home'",
    ZonedBy.NOTHING: "receiving at home is free",
}
_NEEDS = {service: _NEEDS_BY[zoned_by] for service, zoned_by in ZONED_BY.items()}


def _rate_amount_problems(rate: RateDraft) -> Iterator[Problem]:
    subject = _subject(rate)
    for name, quantity in (("first", rate.first_increment), ("next", rate.next_increment), ("per", rate.per)):
        if not 0 < quantity <= LARGEST_QUANTITY:
            yield Problem(subject, f"'{name}' is {quantity}; it must be above zero and at most {LARGEST_QUANTITY}")
    for name, micros in (
        ("fee", rate.connection_fee_micros),
        ("price", rate.price_micros),
        ("min", rate.minimum_micros or 0),
        ("max", rate.maximum_micros or 0),
    ):
        if not 0 <= micros <= LARGEST_AMOUNT:
            yield Problem(subject, f"'{name}' is {micros} micros; it must lie between 0 and {LARGEST_AMOUNT}")
    if rate.maximum_micros is not None and (rate.minimum_micros or 0) > rate.maximum_micros:
        yield Problem(subject, "the minimum charge is above the maximum")


def _rates_given_twice(rates: tuple[RateDraft, ...]) -> Iterator[Problem]:
    seen: set[tuple[str, ...]] = set()
    for rate in rates:
        if _subject(rate) in seen:
            where = f"zone '{rate.zone}', band '{rate.band}'"
            yield Problem(_subject(rate), f"{rate.service} has two rates in {where}")
        seen.add(_subject(rate))


def _zones_without_price(draft: PriceListDraft) -> Iterator[Problem]:
    priced = {rate.zone for rate in draft.rates}
    for zone in draft.zones:
        if zone.treatment is Treatment.NORMAL and zone.code not in priced:
            yield Problem(("zone", zone.code), f"zone '{zone.code}' has no rate; price it, bar it or make it free")


def _hours_without_price(draft: PriceListDraft) -> Iterator[Problem]:
    minutes: dict[str, int] = {}
    for band in draft.bands:
        minutes[band.code] = minutes.get(band.code, 0) + band.end_minute - band.start_minute
    priced: dict[tuple[str, str], list[RateDraft]] = {}
    for rate in draft.rates:
        priced.setdefault((rate.zone, rate.service), []).append(rate)
    for (_, service), rates in priced.items():
        named = {rate.band for rate in rates}
        if named <= set(minutes) and sum(minutes[band] for band in named) < WEEK_MINUTES:
            message = f"{service} has no rate outside {', '.join(sorted(named))}; add one for band '*'"
            yield Problem(_subject(rates[-1]), message)


def _subject(rate: RateDraft) -> tuple[str, ...]:
    return ("rate", rate.zone, rate.service, rate.band)
