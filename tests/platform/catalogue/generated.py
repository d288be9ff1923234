"""Price lists as Hypothesis makes them: sound, with everything a list may hold."""

from hypothesis import strategies as st

from mvne_platform.catalogue import (
    UNITS,
    BandDraft,
    BandPolicy,
    PriceListDraft,
    RateDraft,
    Service,
    TierDraft,
    TierMode,
    Treatment,
    ZoneDraft,
)
from tests.platform.catalogue.files import VALID_FROM

CODES = st.from_regex(r"[a-z0-9][a-z0-9._+-]{0,8}", fullmatch=True)
NAMES = st.text(min_size=1, max_size=12).map(str.strip).filter(lambda text: text != "" and text.isprintable())
PREFIXES = st.from_regex(r"[1-9][0-9]{0,4}", fullmatch=True)
SHORT_CODES = st.from_regex(r"[0-9*#]{1,5}", fullmatch=True)
NETWORKS = st.from_regex(r"[0-9]{3}-([0-9]{2,3}|\*)(>[1-9][0-9]{0,3})?", fullmatch=True)
OPERATORS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9.-]{0,5}", fullmatch=True)
PRICES = st.integers(0, 4 * 10**9)
QUANTITIES = st.sampled_from([1, 30, 60, 61, 3600, 1000, 1024, 10**6, 2**20, 10**9, 2**30])


def _shares(draw: st.DrawFn, values: st.SearchStrategy[str], zones: int) -> list[list[str]]:
    """Different values, dealt to zones."""
    dealt: list[list[str]] = [[] for _ in range(zones)]
    for index, value in enumerate(draw(st.lists(values, unique=True, max_size=6))):
        dealt[index % zones].append(value)
    return dealt


@st.composite
def bands(draw: st.DrawFn) -> tuple[BandDraft, ...]:
    """Spans of up to three bands that do not overlap."""
    cuts = sorted(draw(st.sets(st.integers(0, 10_080), max_size=6)))
    spans = zip(cuts[::2], cuts[1::2], strict=False)
    return tuple(BandDraft(draw(st.sampled_from(["peak", "night", "w.e"])), *span) for span in spans)


@st.composite
def rates(draw: st.DrawFn, zone: str, service: Service, named: list[str]) -> list[RateDraft]:
    """Rates of one zone and service: for band '*', and for some named bands."""
    per, mode = draw(QUANTITIES), draw(st.sampled_from(TierMode))
    counter = draw(st.none() | st.sampled_from([f"{UNITS[service]}s", f"all-{UNITS[service]}s"]))
    made = []
    for band in ["*", *draw(st.sets(st.sampled_from(named)) if named else st.just(set()))]:
        volumes = sorted(draw(st.sets(st.integers(1, 10**15), max_size=3)))
        least = draw(st.none() | st.integers(0, 10**9))
        made.append(
            RateDraft(
                zone,
                service,
                draw(PRICES),
                per,
                draw(QUANTITIES),
                draw(QUANTITIES),
                band,
                draw(PRICES),
                least,
                draw(st.none() | st.integers(least or 0, 10**15)),
                draw(st.sampled_from(BandPolicy)),
                mode,
                tuple(TierDraft(volume, draw(PRICES)) for volume in volumes),
                counter,
            )
        )
    return made


@st.composite
def price_lists(draw: st.DrawFn) -> PriceListDraft:
    """A sound price list."""
    codes = draw(st.lists(CODES, min_size=1, max_size=4, unique=True))
    count = len(codes)
    prefixes, short_codes = _shares(draw, PREFIXES, count), _shares(draw, SHORT_CODES, count)
    networks, operators = _shares(draw, NETWORKS, count), _shares(draw, OPERATORS, count)
    spans = draw(bands())
    named = sorted({span.code for span in spans})
    zones, priced = [], []
    for index, code in enumerate(codes):
        # A prefix of its own keeps a zone from being empty.
        own = (f"99999{index}", *prefixes[index])
        treatment = draw(st.sampled_from(Treatment))
        places = (own, tuple(short_codes[index]), tuple(networks[index]), tuple(operators[index]))
        zones.append(ZoneDraft(code, draw(NAMES), treatment, *places))
        if treatment is Treatment.NORMAL:
            services = [Service.VOICE_OUT, Service.SMS_OUT, *([Service.ROAMING_DATA] if networks[index] else [])]
            for service in services:
                priced += draw(rates(code, service, named))
    return PriceListDraft("list", "DKK", VALID_FROM, tuple(zones), tuple(priced), spans)
