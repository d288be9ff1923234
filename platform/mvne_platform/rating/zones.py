"""Steps 1, 2 and 4: whether a bill may show an event, whether it is chargeable, and the zone it belongs to."""

from collections.abc import Mapping
from dataclasses import dataclass

import phonenumbers
from babel import Locale

from mvne_platform.catalogue import HOME_NETWORK, ZONED_BY, NumberClass, TariffVersion, TariffZone, Treatment, ZonedBy
from mvne_platform.kernel import Unit
from mvne_platform.mediation import UsageEvent
from mvne_platform.rating.rated import Outcome, Reason, Stopped
from mvne_platform.rating.trace import MatchKind

ANY_NUMBER = ""
OTHER_OPERATORS = "*"
_FREE_CLASSES = (NumberClass.EMERGENCY, NumberClass.FREEPHONE)
_ENGLISH = Locale("en")
# Enough of a number to see where it leads, too little to see whom it reaches.
_SHOWN_DIGITS = 5


@dataclass(frozen=True, slots=True)
class ZoneMatch:
    """The zone found, by what, and how many digits of the called number decided it."""

    zone: TariffZone
    kind: MatchKind
    length: int = 0


def is_itemised(event: UsageEvent, version: TariffVersion | None) -> bool:
    """Whether a bill may show the event: not where its number is emergency, freephone or a helpline.

    Reference data says so, or a free zone of the price list, whatever the service and however the event ends.
    """
    if event.number_class is not None:
        return False
    zone = _zone_of_number(event.other_party, version) if version else None
    return zone is None or zone.treatment is not Treatment.FREE


def check_chargeable(event: UsageEvent, unit: Unit) -> None:
    """Unanswered calls, calls received at home, emergency and freephone numbers touch no price list."""
    if unit is Unit.SECOND and event.answered is False:
        raise Stopped(Outcome.NOT_CHARGEABLE, Reason.UNANSWERED, "The call was not answered.")
    if ZONED_BY[event.service] is ZonedBy.NOTHING:
        raise Stopped(Outcome.NOT_CHARGEABLE, Reason.INCOMING, "Calls received in the home network are free.")
    if event.number_class in _FREE_CLASSES:
        detail = f"The number is of the class {event.number_class}."
        raise Stopped(Outcome.NOT_CHARGEABLE, Reason.FREE_NUMBER, detail)


def find_zone(event: UsageEvent, version: TariffVersion) -> ZoneMatch:
    """The zone by called number or visited network; an event in no zone has failed."""
    match ZONED_BY[event.service]:
        case ZonedBy.CALLED_NUMBER:
            return _by_called_number(event.other_party, event.operator, version)
        case ZonedBy.HOME_NETWORK:
            return _by_home_network(version)
        case _:
            return _free_short_code(event.other_party, version) or _by_visited_network(event, version)


def check_treatment(zone: TariffZone) -> None:
    """Free zones (emergency, freephone) are never charged or barred; barred ones never connect."""
    if zone.treatment is Treatment.FREE:
        raise Stopped(Outcome.NOT_CHARGEABLE, Reason.FREE_NUMBER, f"Zone '{zone.code}' is free.")
    if zone.treatment is Treatment.BARRED:
        raise Stopped(Outcome.BARRED, Reason.BARRED_ZONE, f"Zone '{zone.code}' is barred.")


def _zone_of_number(number: str | None, version: TariffVersion) -> TariffZone | None:
    """The zone a number is listed in, by short code or longest prefix."""
    if not number:
        return None
    if not number.startswith("+"):
        return version.short_codes.get(number)
    found = _longest(number[1:], version.prefixes, version.prefix_lengths)
    return found[0] if found else None


def _by_called_number(number: str | None, operator: str | None, version: TariffVersion) -> ZoneMatch:
    if not number:
        raise Stopped(Outcome.FAILED, Reason.NO_CALLED_NUMBER, "The record names no called number.")
    if not number.startswith("+"):
        return _by_short_code(number, version)
    ported = _by_operator(operator, version) if operator else None
    if ported is not None:
        return ported
    found = _longest(number[1:], version.prefixes, version.prefix_lengths)
    if found is None:
        shown = f"{number[: _SHOWN_DIGITS + 1]}…, {country_of(number)},"
        raise Stopped(Outcome.FAILED, Reason.UNKNOWN_NUMBER, f"The number {shown} is in no zone of {version.title}.")
    return ZoneMatch(found[0], MatchKind.PREFIX, found[1])


def _by_short_code(code: str, version: TariffVersion) -> ZoneMatch:
    zone = version.short_codes.get(code)
    if zone is None:
        detail = f"'{code[:_SHOWN_DIGITS]}' is no E.164 number (no +), and no short code of {version.title}."
        raise Stopped(Outcome.FAILED, Reason.UNKNOWN_SHORT_CODE, detail)
    return ZoneMatch(zone, MatchKind.SHORT_CODE, len(code))


def _by_operator(operator: str, version: TariffVersion) -> ZoneMatch | None:
    """A ported number goes by the operator it belongs to now; a list that names none prices it as if not ported."""
    if operator in version.operators:
        return ZoneMatch(version.operators[operator], MatchKind.OPERATOR)
    if OTHER_OPERATORS in version.operators:
        return ZoneMatch(version.operators[OTHER_OPERATORS], MatchKind.OTHER_OPERATORS)
    return None


def _longest(digits: str, listed: Mapping[str, TariffZone], lengths: tuple[int, ...]) -> tuple[TariffZone, int] | None:
    """The zone of the longest listed prefix that `digits` (E.164 without +) begin with, and its length."""
    for length in lengths:
        zone = listed.get(digits[:length])
        if zone is not None and length <= len(digits):
            return zone, length
    return None


def _by_home_network(version: TariffVersion) -> ZoneMatch:
    zone = version.networks.get(HOME_NETWORK, {}).get(ANY_NUMBER)
    if zone is None:
        raise Stopped(Outcome.FAILED, Reason.NO_HOME_ZONE, f"No zone of {version.title} holds the home network.")
    return ZoneMatch(zone, MatchKind.HOME)


def _free_short_code(number: str | None, version: TariffVersion) -> ZoneMatch | None:
    # An emergency number stays free abroad; every other number there goes by the visited network.
    zone = version.short_codes.get(number) if number else None
    if number and zone and zone.treatment is Treatment.FREE:
        return ZoneMatch(zone, MatchKind.SHORT_CODE, len(number))
    return None


def _by_visited_network(event: UsageEvent, version: TariffVersion) -> ZoneMatch:
    network = event.visited_network
    if not network:
        raise Stopped(Outcome.FAILED, Reason.NO_VISITED_NETWORK, "The record names no visited network.")
    number = event.other_party or ""
    # Only an international number can match a prefix; any other is in the zone for any number.
    digits = number[1:] if number.startswith("+") else ""
    of_country = f"{network.partition('-')[0]}-*"
    for entry, kind in ((network, MatchKind.NETWORK), (of_country, MatchKind.COUNTRY_NETWORKS)):
        zones = version.networks.get(entry, {})
        found = _longest(digits, zones, tuple(sorted(map(len, zones), reverse=True)))
        if found is not None:
            return ZoneMatch(found[0], kind, found[1])
    raise Stopped(Outcome.FAILED, Reason.UNKNOWN_NETWORK, f"The network {network} is in no zone of {version.title}.")


def country_of(number: str) -> str:
    """The country of an E.164 number in words, for reasons only; never decides a price."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return "of no known country"
    region = phonenumbers.region_code_for_number(parsed)
    region = region or phonenumbers.region_code_for_country_code(parsed.country_code or 0)
    name = _ENGLISH.territories.get(region)
    return f"of {name} ({region})" if name else "of no single country"
