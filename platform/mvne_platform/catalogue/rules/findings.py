"""The consistency check of a price list: its problems, and what deserves a look though usage can be rated."""

from collections.abc import Collection, Iterable, Iterator

from mvne_platform.catalogue.drafts import ANY_BAND, BandPolicy, PriceListDraft, RateDraft, Treatment, ZoneDraft
from mvne_platform.catalogue.faults import Finding, Severity
from mvne_platform.catalogue.parts import CALLED
from mvne_platform.catalogue.rules.inheritance import effective_draft
from mvne_platform.catalogue.rules.price_lists import applies, price_list_problems
from mvne_platform.catalogue.rules.whole_lists import WEEK_MINUTES, subject_of
from mvne_platform.catalogue.services import UNITS, ZONED_BY, Service, ZonedBy
from mvne_platform.kernel import Unit

DIGITS = 10
_SHOWN = 5


def price_list_findings(
    draft: PriceListDraft, parent: PriceListDraft | None = None, operators: Collection[str] | None = None
) -> list[Finding]:
    """Everything the check has to say, errors first.

    `parent` is as for `price_list_problems`; `operators` are those that portability data knows (None: not asked).
    """
    problems = price_list_problems(draft, parent)
    if problems:
        return [Finding(Severity.ERROR, problem.subject, problem.message) for problem in problems]
    whole = effective_draft(draft, parent) if parent is not None else draft
    return [Finding(Severity.WARNING, subject, message) for subject, message in _warnings(whole, operators)]


Remark = tuple[tuple[str, ...], str]


def _warnings(draft: PriceListDraft, operators: Collection[str] | None) -> Iterator[Remark]:
    yield from _services_without_price(draft)
    yield from _shadowed_prefixes(draft.zones)
    yield from _unused_bands(draft)
    yield from _unreached_rates(draft)
    for rate in draft.rates:
        yield from _idle_parts(rate)
    if operators is not None:
        yield from _operators_without_data(draft.zones, operators)


def _services_without_price(draft: PriceListDraft) -> Iterator[Remark]:
    """Services that fail in some of the zones they can reach, or everywhere."""
    priced: dict[str, set[str]] = {}
    for rate in draft.rates:
        priced.setdefault(rate.service, set()).add(rate.zone)
    normal = [zone for zone in draft.zones if zone.treatment is Treatment.NORMAL]
    for service in Service:
        reached = [zone.code for zone in normal if applies(service, zone)]
        missing = [code for code in reached if code not in priced.get(service, ())]
        if ZONED_BY[service] is ZonedBy.NOTHING or not missing:
            continue
        if len(missing) == len(reached):
            yield ("service", service), f"{service} has no rate in any zone, so all of it fails"
        else:
            message = f"{service} has no rate in {len(missing)} of the {len(reached)} zones it can reach"
            yield ("service", service), f"{message}: {_listed(missing)}"


def _shadowed_prefixes(zones: Iterable[ZoneDraft]) -> Iterator[Remark]:
    """Prefixes that never win, because longer ones take every digit that can follow."""
    called: dict[str, dict[str, str]] = {}
    for zone in zones:
        for prefix in zone.prefixes:
            called.setdefault("", {})[prefix] = zone.code
        for place in zone.networks:
            network, _, prefix = place.partition(CALLED)
            if prefix:
                called.setdefault(network, {})[prefix] = zone.code
    for network, prefixes in called.items():
        for prefix in _shadowed(prefixes):
            place = f"{network}{CALLED}{prefix}" if network else prefix
            subject = ("network", place) if network else ("prefix", prefix)
            message = f"prefix {place} of zone '{prefixes[prefix]}' is never used: longer ones hold all that begins so"
            yield subject, message


def _shadowed(prefixes: Collection[str]) -> list[str]:
    """From the longest up: a prefix is full when all ten digits after it are held by prefixes or full ones."""
    known = set(prefixes)
    shadowed: list[str] = []
    full: set[str] = set()
    for length in range(max(map(len, known), default=0), 1, -1):
        counts: dict[str, int] = {}
        for one in {prefix for prefix in known if len(prefix) == length} | full:
            counts[one[:-1]] = counts.get(one[:-1], 0) + 1
        full = {above for above, count in counts.items() if count == DIGITS}
        shadowed += sorted(full & known)
    return shadowed


def _unused_bands(draft: PriceListDraft) -> Iterator[Remark]:
    named = {rate.band for rate in draft.rates}
    for code in sorted({band.code for band in draft.bands} - named):
        yield ("band", code), f"no rate names band '{code}', so its hours cost what band '*' does"


def _unreached_rates(draft: PriceListDraft) -> Iterator[Remark]:
    """Rates of bands without hours, and rates for '*' where named bands fill the week."""
    minutes: dict[str, int] = {}
    for band in draft.bands:
        minutes[band.code] = minutes.get(band.code, 0) + band.end_minute - band.start_minute
    filled: dict[tuple[str, str], int] = {}
    for rate in draft.rates:
        pair = (rate.zone, rate.service)
        filled[pair] = filled.get(pair, 0) + minutes.get(rate.band, 0)
    for rate in draft.rates:
        if rate.band == ANY_BAND and filled[rate.zone, rate.service] >= WEEK_MINUTES:
            yield subject_of(rate), f"the rate of {rate.service} for band '*' is never used: other bands fill the week"
        elif rate.band != ANY_BAND and rate.band not in minutes:
            yield subject_of(rate), f"the rate of {rate.service} is never used: band '{rate.band}' has no hours"


def _idle_parts(rate: RateDraft) -> Iterator[Remark]:
    """Parts of a rate that never change what an event costs."""
    unit = UNITS[Service(rate.service)]
    if rate.band_policy is BandPolicy.SPLIT and unit is not Unit.SECOND:
        yield subject_of(rate), f"{rate.service} takes no time, so band policy 'split' does the same as 'at_start'"
    most = rate.maximum_micros
    if most is None:
        return
    for volume, price in ((0, rate.price_micros), *((tier.from_volume, tier.price_micros) for tier in rate.tiers)):
        # The least that an event costs at this price is a first increment.
        if price and rate.connection_fee_micros * rate.per + price * rate.first_increment > most * rate.per:
            where = f"the tier from {volume} on" if volume else "the price"
            message = f"{where} makes no difference: the first increment alone costs more than the maximum"
            yield subject_of(rate), message


def _operators_without_data(zones: Iterable[ZoneDraft], known: Collection[str]) -> Iterator[Remark]:
    for zone in zones:
        for operator in zone.operators:
            if operator == "*" and not known:
                message = f"zone '{zone.code}' holds ported numbers, and no portability data is loaded"
                yield ("operator", operator), message
            elif operator != "*" and operator not in known:
                message = (
                    f"operator '{operator}' of zone '{zone.code}' is in no portability data, so nothing reaches it"
                )
                yield ("operator", operator), message


def _listed(codes: list[str]) -> str:
    shown = ", ".join(codes[:_SHOWN])
    return shown if len(codes) <= _SHOWN else f"{shown} and {len(codes) - _SHOWN} more"
