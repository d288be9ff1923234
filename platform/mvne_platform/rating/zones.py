"""Step 3: whether an event is chargeable at all, and the zone it belongs to."""

from dataclasses import dataclass

import phonenumbers
from babel import Locale

from mvne_platform.catalogue import HOME_NETWORK, ZONED_BY, Service, TariffVersion, TariffZone, Treatment, ZonedBy
from mvne_platform.kernel import Unit
from mvne_platform.mediation import UsageEvent
from mvne_platform.rating.rated import Outcome, Reason, Stopped, TraceStep

_ENGLISH = Locale("en")
# Enough of a number to see where it leads, too little to see whom it reaches.
_SHOWN_DIGITS = 5


@dataclass(frozen=True, slots=True)
class ZoneMatch:
    """The zone found, by what, and which entry of the price list matched."""

    zone: TariffZone
    by: str
    matched: str

    def as_trace(self) -> TraceStep:
        """The step as it is kept with the rated event."""
        return {
            "step": "zone",
            "zone": self.zone.code,
            "zone_id": str(self.zone.id),
            "treatment": self.zone.treatment.value,
            "by": self.by,
            "matched": self.matched,
        }


def check_chargeable(event: UsageEvent, service: Service, unit: Unit) -> None:
    """Unanswered calls, and calls received at home, cost nothing and touch no price list."""
    if unit is Unit.SECOND and event.answered is False:
        raise Stopped(Outcome.NOT_CHARGEABLE, Reason.UNANSWERED, "The call was not answered.")
    if ZONED_BY[service] is ZonedBy.NOTHING:
        raise Stopped(Outcome.NOT_CHARGEABLE, Reason.INCOMING, "Calls received in the home network are free.")


def find_zone(event: UsageEvent, service: Service, version: TariffVersion) -> ZoneMatch:
    """The zone by called number or visited network; an event in no zone has failed."""
    match ZONED_BY[service]:
        case ZonedBy.CALLED_NUMBER:
            return _by_called_number(event.other_party, version)
        case ZonedBy.HOME_NETWORK:
            return _by_home_network(version)
        case _:
            return _free_short_code(event.other_party, version) or _by_visited_network(event.visited_network, version)


def check_treatment(match: ZoneMatch) -> None:
    """Free zones (emergency, freephone) are never charged, barred or itemised; barred ones never connect."""
    if match.zone.treatment is Treatment.FREE:
        raise Stopped(Outcome.NOT_CHARGEABLE, Reason.FREE_NUMBER, f"Zone '{match.zone.code}' is free.")
    if match.zone.treatment is Treatment.BARRED:
        raise Stopped(Outcome.BARRED, Reason.BARRED_ZONE, f"Zone '{match.zone.code}' is barred.")


def _by_called_number(number: str | None, version: TariffVersion) -> ZoneMatch:
    if not number:
        raise Stopped(Outcome.FAILED, Reason.NO_CALLED_NUMBER, "The record names no called number.")
    if not number.startswith("+"):
        return _by_short_code(number, version)
    found = longest_prefix(number[1:], version)
    if found is None:
        shown = f"{number[: _SHOWN_DIGITS + 1]}…, {country_of(number)},"
        raise Stopped(Outcome.FAILED, Reason.UNKNOWN_NUMBER, f"The number {shown} is in no zone of {version.title}.")
    return found


def _by_short_code(code: str, version: TariffVersion) -> ZoneMatch:
    zone = version.short_codes.get(code)
    if zone is None:
        detail = f"'{code[:_SHOWN_DIGITS]}' is no E.164 number (no +), and no short code of {version.title}."
        raise Stopped(Outcome.FAILED, Reason.UNKNOWN_SHORT_CODE, detail)
    return ZoneMatch(zone, "short_code", code)


def longest_prefix(digits: str, version: TariffVersion) -> ZoneMatch | None:
    """The zone of the longest listed prefix that `digits` (E.164 without +) begin with."""
    for length in version.prefix_lengths:
        zone = version.prefixes.get(digits[:length])
        if zone is not None:
            return ZoneMatch(zone, "prefix", digits[:length])
    return None


def _by_home_network(version: TariffVersion) -> ZoneMatch:
    zone = version.networks.get(HOME_NETWORK)
    if zone is None:
        raise Stopped(Outcome.FAILED, Reason.NO_HOME_ZONE, f"No zone of {version.title} holds the home network.")
    return ZoneMatch(zone, "network", HOME_NETWORK)


def _free_short_code(number: str | None, version: TariffVersion) -> ZoneMatch | None:
    # An emergency number stays free abroad; every other number there goes by the visited network.
    zone = version.short_codes.get(number) if number else None
    return ZoneMatch(zone, "short_code", str(number)) if zone and zone.treatment is Treatment.FREE else None


def _by_visited_network(network: str | None, version: TariffVersion) -> ZoneMatch:
    if not network:
        raise Stopped(Outcome.FAILED, Reason.NO_VISITED_NETWORK, "The record names no visited network.")
    for entry in (network, f"{network.partition('-')[0]}-*"):
        zone = version.networks.get(entry)
        if zone is not None:
            return ZoneMatch(zone, "network", entry)
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
