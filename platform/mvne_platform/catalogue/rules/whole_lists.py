"""What is wrong with a price list as a whole, everything it inherits included: gaps, and rates that do not agree."""

from collections.abc import Iterator

from mvne_platform.catalogue.drafts import ANY_BAND, PriceListDraft, RateDraft, Treatment
from mvne_platform.catalogue.faults import Problem
from mvne_platform.catalogue.services import UNITS, Service
from mvne_platform.kernel import Unit

WEEK_MINUTES = 7 * 24 * 60


def whole_list_problems(draft: PriceListDraft) -> list[Problem]:
    """The problems that show only in the list as a whole."""
    pairs: dict[tuple[str, str], list[RateDraft]] = {}
    for rate in draft.rates:
        pairs.setdefault((rate.zone, rate.service), []).append(rate)
    problems = list(_zones_without_price(draft))
    for rates in pairs.values():
        problems += _hours_without_price(rates, draft)
        problems += _bands_that_differ(rates)
    problems += _counters_of_two_units(draft)
    return problems


def _zones_without_price(draft: PriceListDraft) -> Iterator[Problem]:
    priced = {rate.zone for rate in draft.rates}
    for zone in draft.zones:
        if zone.treatment is Treatment.NORMAL and zone.code not in priced:
            yield Problem(("zone", zone.code), f"zone '{zone.code}' has no rate; price it, bar it or make it free")


def _hours_without_price(rates: list[RateDraft], draft: PriceListDraft) -> Iterator[Problem]:
    """`rates` are those of one zone and service."""
    minutes: dict[str, int] = {}
    for band in draft.bands:
        minutes[band.code] = minutes.get(band.code, 0) + band.end_minute - band.start_minute
    named = {rate.band for rate in rates}
    # A band of the parent's that the list has no more has no hours; one that never was is a problem told already.
    known = draft.parent is not None or named <= set(minutes)
    if ANY_BAND not in named and known and sum(minutes.get(band, 0) for band in named) < WEEK_MINUTES:
        message = f"{rates[0].service} has no rate outside {', '.join(sorted(named))}; add one for band '*'"
        yield Problem(subject_of(rates[-1]), message)


def _bands_that_differ(rates: list[RateDraft]) -> Iterator[Problem]:
    """An event may be split over the bands of a zone and service, so what it is counted by must not change in it."""
    for name, values in (
        ("per", {rate.per for rate in rates}),
        ("tier_mode", {rate.tier_mode for rate in rates}),
        ("counter", {rate.counter for rate in rates}),
    ):
        if len(values) > 1:
            listed = ", ".join(sorted(str(value) for value in values if value is not None))
            message = f"{rates[0].service} has another '{name}' from band to band ({listed}); give all bands the same"
            yield Problem(subject_of(rates[-1]), message)


def _counters_of_two_units(draft: PriceListDraft) -> Iterator[Problem]:
    units: dict[str, tuple[Unit, str]] = {}
    for rate in draft.rates:
        if rate.counter is None or rate.service not in set(Service):
            continue
        unit = UNITS[Service(rate.service)]
        held, service = units.setdefault(rate.counter, (unit, rate.service))
        if held is not unit:
            message = f"the counter '{rate.counter}' counts {held}s of {service} and {unit}s of {rate.service}"
            yield Problem(subject_of(rate), f"{message}; use two counters")


def subject_of(rate: RateDraft) -> tuple[str, ...]:
    """The path to a rate."""
    return ("rate", rate.zone, rate.service, rate.band)
