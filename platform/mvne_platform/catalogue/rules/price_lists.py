"""What makes a price list fit to rate with. Every problem is named, not only the first."""

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise

from mvne_platform.catalogue.drafts import ANY_BAND, BandDraft, PriceListDraft, RateDraft, Treatment, ZoneDraft
from mvne_platform.catalogue.faults import Problem
from mvne_platform.catalogue.rules.inheritance import effective_draft
from mvne_platform.catalogue.rules.whole_lists import whole_list_problems
from mvne_platform.catalogue.services import ZONED_BY, Service, ZonedBy

WEEK_MINUTES = 7 * 24 * 60
# Beyond a billion of any currency, in micros, an amount is a slip of the pen.
LARGEST_AMOUNT = 10**15
LARGEST_QUANTITY = 10**15
# An interval times a price stays below 2^63, so that engines may count in 64 bits.
LARGEST_INTERVAL = 2**30
LARGEST_PRICE = 4 * 10**9
MOST_TIERS = 50
# Under this code balances count money, not volume.
SPEND = "spend"
SERVICES = frozenset(Service)

CODE = re.compile(r"[a-z0-9][a-z0-9._+-]*")
PREFIX = re.compile(r"[1-9][0-9]{0,14}")
SHORT_CODE = re.compile(r"[0-9*#]{1,15}")
# Mobile country code and network code, ITU-T E.212; after '>' a called prefix.
NETWORK = re.compile(r"[0-9]{3}-([0-9]{2,3}|\*)(>[1-9][0-9]{0,14})?|home")
OPERATOR = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*|\*")


def price_list_problems(draft: PriceListDraft, parent: PriceListDraft | None = None) -> list[Problem]:
    """Everything that keeps `draft` from rating usage; empty when it is sound.

    `parent` is what the draft's parent list is at that instant, its own parents included. A draft that names a parent
    is checked by itself as far as it goes when the parent is not given.
    """
    problems = [problem for zone in draft.zones for problem in _zone_problems(zone)]
    problems += _places_used_twice(draft)
    problems += _band_problems(draft.bands)
    for rate in draft.rates:
        problems += _rate_amount_problems(rate)
        problems += _tier_problems(rate)
    problems += _rates_given_twice(draft.rates)
    if draft.exchange is not None and draft.exchange.rate <= 0:
        problems.append(Problem(("exchange",), f"the exchange rate {draft.exchange.rate} is not above zero"))
    if draft.parent is None:
        return problems + whole_problems(draft, draft)
    return problems if parent is None or problems else whole_problems(draft, effective_draft(draft, parent))


def whole_problems(draft: PriceListDraft, whole: PriceListDraft) -> list[Problem]:
    """What is wrong with `draft` once everything it inherits is there, which is `whole`."""
    zones = {zone.code: zone for zone in whole.zones}
    bands = {band.code for band in whole.bands}
    problems: list[Problem] = []
    if not whole.zones:
        problems.append(Problem(("zones",), "the price list has no zone, so it prices nothing"))
    problems += _empty_zones(draft, zones)
    for rate in draft.rates:
        problems += _rate_place_problems(rate, zones, bands)
    return problems + whole_list_problems(whole)


def _zone_problems(zone: ZoneDraft) -> Iterator[Problem]:
    subject = ("zone", zone.code)
    if not CODE.fullmatch(zone.code):
        yield Problem(subject, f"the zone code '{zone.code}' may hold a-z, 0-9 and . _ + - only")
    if not zone.name.strip():
        yield Problem(subject, f"zone '{zone.code}' has no name")
    elif zone.name != zone.name.strip() or not zone.name.isprintable():
        yield Problem(subject, f"the name of zone '{zone.code}' is not one clean line")
    for kind, place in places_of(zone):
        if not _PATTERNS[kind].fullmatch(place):
            yield Problem((kind, place), f"'{place}' of zone '{zone.code}' is no {_DESCRIBED[kind]}")


_PATTERNS = {"prefix": PREFIX, "short_code": SHORT_CODE, "network": NETWORK, "operator": OPERATOR}
_DESCRIBED = {
    "prefix": "prefix (1 to 15 digits of E.164, country code first, without + or 00)",
    "short_code": "short code (1 to 15 of 0-9 * #, as dialled)",
    "network": "network (MCC-MNC such as 238-01, MCC-* or home) and a called prefix if wanted",
    "operator": "operator (a code of the portability data, or * for all others)",
}


def places_of(zone: ZoneDraft) -> Iterator[tuple[str, str]]:
    """What is in a zone: kind and value of each entry."""
    yield from (("prefix", place) for place in zone.prefixes)
    yield from (("short_code", place) for place in zone.short_codes)
    yield from (("network", place) for place in zone.networks)
    yield from (("operator", place) for place in zone.operators)


def _empty_zones(draft: PriceListDraft, zones: Mapping[str, ZoneDraft]) -> Iterator[Problem]:
    for zone in draft.zones:
        if next(places_of(zones[zone.code]), None) is None:
            message = f"zone '{zone.code}' has no prefix, short code, network or operator, so nothing is ever in it"
            yield Problem(("zone", zone.code), message)


def _places_used_twice(draft: PriceListDraft) -> Iterator[Problem]:
    codes: set[str] = set()
    holders: dict[tuple[str, str], str] = {}
    for zone in draft.zones:
        if zone.code in codes:
            yield Problem(("zone", zone.code), f"zone '{zone.code}' is defined twice")
        codes.add(zone.code)
        for kind, place in places_of(zone):
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


def _rate_place_problems(rate: RateDraft, zones: Mapping[str, ZoneDraft], bands: Collection[str]) -> Iterator[Problem]:
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
            return bool(zone.prefixes or zone.short_codes or zone.operators)
        case ZonedBy.VISITED_NETWORK:
            return any(network != "home" for network in zone.networks)
        case ZonedBy.HOME_NETWORK:
            return "home" in zone.networks
        case _:
            return False


_NEEDS_BY = {
    ZonedBy.CALLED_NUMBER: "it goes by called number, and the zone has no prefix, short code or operator",
    ZonedBy.VISITED_NETWORK: "it goes by visited network, and the zone has none",
    ZonedBy.HOME_NETWORK: "it goes by network, and the zone does not hold 'home'",
    ZonedBy.NOTHING: "receiving at home is free",
}
_NEEDS = {service: _NEEDS_BY[zoned_by] for service, zoned_by in ZONED_BY.items()}


def _rate_amount_problems(rate: RateDraft) -> Iterator[Problem]:
    subject = _subject(rate)
    for name, quantity, most in (
        ("first", rate.first_increment, LARGEST_QUANTITY),
        ("next", rate.next_increment, LARGEST_QUANTITY),
        ("per", rate.per, LARGEST_INTERVAL),
    ):
        if not 0 < quantity <= most:
            yield Problem(subject, f"'{name}' is {quantity}; it must be above zero and at most {most}")
    for name, micros, most in (
        ("fee", rate.connection_fee_micros, LARGEST_PRICE),
        ("price", rate.price_micros, LARGEST_PRICE),
        ("min", rate.minimum_micros or 0, LARGEST_AMOUNT),
        ("max", rate.maximum_micros or 0, LARGEST_AMOUNT),
    ):
        if not 0 <= micros <= most:
            yield Problem(subject, f"'{name}' is {micros} micros; it must lie between 0 and {most}")
    if rate.maximum_micros is not None and (rate.minimum_micros or 0) > rate.maximum_micros:
        yield Problem(subject, "the minimum charge is above the maximum")


def _tier_problems(rate: RateDraft) -> Iterator[Problem]:
    subject = _subject(rate)
    if len(rate.tiers) > MOST_TIERS:
        yield Problem(subject, f"there are {len(rate.tiers)} tiers; {MOST_TIERS} are allowed")
    if rate.counter is not None and not CODE.fullmatch(rate.counter):
        yield Problem(subject, f"the counter '{rate.counter}' may hold a-z, 0-9 and . _ + - only")
    if rate.counter == SPEND:
        yield Problem(subject, f"the counter '{SPEND}' counts what spend limits bound; choose another name")
    volumes = [0, *(tier.from_volume for tier in rate.tiers)]
    if any(later <= earlier for earlier, later in pairwise(volumes)):
        yield Problem(subject, "tiers begin above zero, each at a higher volume than the one before")
    for tier in rate.tiers:
        if tier.from_volume > LARGEST_QUANTITY:
            yield Problem(subject, f"the tier from {tier.from_volume} on is beyond {LARGEST_QUANTITY}")
        if not 0 <= tier.price_micros <= LARGEST_PRICE:
            message = f"a tier's price is {tier.price_micros} micros; it must lie between 0 and {LARGEST_PRICE}"
            yield Problem(subject, message)


def _rates_given_twice(rates: tuple[RateDraft, ...]) -> Iterator[Problem]:
    seen: set[tuple[str, ...]] = set()
    for rate in rates:
        if _subject(rate) in seen:
            where = f"zone '{rate.zone}', band '{rate.band}'"
            yield Problem(_subject(rate), f"{rate.service} has two rates in {where}")
        seen.add(_subject(rate))


def _subject(rate: RateDraft) -> tuple[str, ...]:
    return ("rate", rate.zone, rate.service, rate.band)
