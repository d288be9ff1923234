"""The consistency check: what keeps a list from being published, and what deserves a look."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mvne_platform.catalogue import (
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
from mvne_platform.catalogue.editing import Finding, Severity, price_list_findings

ALL_WEEK = (BandDraft("day", 0, 5000), BandDraft("night", 5000, 10_080))
VOICE = RateDraft("dk", "voice_out", 600_000, 60, 60, 1)
LIST = PriceListDraft(
    "retail",
    "DKK",
    datetime(2026, 1, 1, tzinfo=UTC),
    zones=(
        ZoneDraft("dk", "Danmark", prefixes=("45",)),
        ZoneDraft("home", "Hjemme", networks=("home",)),
        ZoneDraft("world", "Verden", networks=("262-*",)),
        ZoneDraft("sat", "Satellit", Treatment.BARRED, prefixes=("881",)),
    ),
    rates=(
        VOICE,
        *(RateDraft("dk", service, 100_000, 1, 1, 1) for service in ("sms_out", "mms_out", "content")),
        RateDraft("dk", "voice_forwarded", 600_000, 60, 60, 1),
        RateDraft("home", "data", 1, 1000, 1, 1),
        *(RateDraft("world", service, 100_000, 1, 1, 1) for service in Service if service.startswith("roaming")),
    ),
)


def told(draft: PriceListDraft, operators: set[str] | None = None) -> list[str]:
    return [str(finding) for finding in price_list_findings(draft, None, operators)]


def with_voice(*rates: RateDraft, bands: tuple[BandDraft, ...] = ()) -> PriceListDraft:
    """The list with other rates for calls in Denmark."""
    return replace(LIST, rates=(*rates, *LIST.rates[1:]), bands=bands)


def test_a_sound_list_has_no_findings() -> None:
    assert told(LIST) == []


def test_errors_come_alone() -> None:
    findings = price_list_findings(with_voice(replace(VOICE, per=0)))
    assert findings == [
        Finding(
            Severity.ERROR, ("rate", "dk", "voice_out", "*"), "'per' is 0; it must be above zero and at most 1073741824"
        )
    ]


RATE = "error rate/dk/voice_out"


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        # Prices and intervals beyond what engines can count with.
        (with_voice(replace(VOICE, price_micros=4 * 10**9 + 1)),
         [f"{RATE}/*: 'price' is 4000000001 micros; it must lie between 0 and 4000000000"]),
        (with_voice(replace(VOICE, per=2**30 + 1)),
         [f"{RATE}/*: 'per' is 1073741825; it must be above zero and at most 1073741824"]),
        (with_voice(replace(VOICE, maximum_micros=10**15 + 1)),
         [f"{RATE}/*: 'max' is 1000000000000001 micros; it must lie between 0 and 1000000000000000"]),
        # What may change from band to band within a call, and what may not.
        (with_voice(VOICE, replace(VOICE, band="day", per=1), bands=ALL_WEEK[:1]),
         [f"{RATE}/day: voice_out has another 'per' from band to band (1, 60); give all bands the same"]),
        (with_voice(VOICE, replace(VOICE, band="day", tier_mode=TierMode.VOLUME), bands=ALL_WEEK[:1]),
         [(f"{RATE}/day: voice_out has another 'tier_mode' from band to band (graduated, volume); "
          "give all bands the same")]),
        (with_voice(VOICE, replace(VOICE, band="day", counter="calls"), bands=ALL_WEEK[:1]),
         [f"{RATE}/day: voice_out has another 'counter' from band to band (calls); give all bands the same"]),
        # Tiers.
        (with_voice(replace(VOICE, tiers=(TierDraft(0, 1),))),
         [f"{RATE}/*: tiers begin above zero, each at a higher volume than the one before"]),
        (with_voice(replace(VOICE, tiers=(TierDraft(60, 1), TierDraft(60, 2)))),
         [f"{RATE}/*: tiers begin above zero, each at a higher volume than the one before"]),
        (with_voice(replace(VOICE, tiers=(TierDraft(10**15 + 1, 1),))),
         [f"{RATE}/*: the tier from 1000000000000001 on is beyond 1000000000000000"]),
        (with_voice(replace(VOICE, tiers=(TierDraft(60, 4 * 10**9 + 1),))),
         [f"{RATE}/*: a tier's price is 4000000001 micros; it must lie between 0 and 4000000000"]),
        (with_voice(replace(VOICE, counter="spend")),
         [f"{RATE}/*: the counter 'spend' counts what spend limits bound; choose another name"]),
        (with_voice(replace(VOICE, counter="My counter")),
         [f"{RATE}/*: the counter 'My counter' may hold a-z, 0-9 and . _ + - only"]),
        (replace(LIST, rates=(replace(VOICE, counter="all"), replace(LIST.rates[1], counter="all"), *LIST.rates[2:])),
         [("error rate/dk/sms_out/*: the counter 'all' counts seconds of voice_out and messages of sms_out; "
          "use two counters")]),
        # Overlaps and gaps.
        (replace(LIST, zones=(*LIST.zones, ZoneDraft("dk2", "Dublet", Treatment.FREE, prefixes=("45",)))),
         ["error prefix/45: prefix 45 is in zone 'dk' and again in 'dk2'"]),
        (with_voice(VOICE, bands=(BandDraft("day", 0, 500), BandDraft("night", 499, 900))),
         ["error band/night: bands 'day' and 'night' overlap"]),
        (with_voice(replace(VOICE, band="day"), bands=ALL_WEEK[:1]),
         [f"{RATE}/day: voice_out has no rate outside day; add one for band '*'"]),
        (replace(LIST, zones=(*LIST.zones, ZoneDraft("se", "Sverige", prefixes=("46",)))),
         ["error zone/se: zone 'se' has no rate; price it, bar it or make it free"]),
        (replace(LIST, zones=(*LIST.zones, ZoneDraft("op", "Operatør", Treatment.FREE, operators=("T D C",)))),
         [("error operator/T D C: 'T D C' of zone 'op' is no operator (a code of the portability data, or * for all "
          "others)")]),
    ],
)  # fmt: skip
def test_what_keeps_a_list_from_being_published(draft: PriceListDraft, expected: list[str]) -> None:
    assert told(draft) == expected


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        # Services without a price.
        (replace(LIST, rates=tuple(rate for rate in LIST.rates if rate.service != "mms_out")),
         ["warning service/mms_out: mms_out has no rate in any zone, so all of it fails"]),
        (replace(LIST, zones=(*LIST.zones, ZoneDraft("118", "118", short_codes=("118",))),
                 rates=(*LIST.rates, RateDraft("118", "voice_out", 1, 60, 60, 60))),
         [f"warning service/{service}: {service} has no rate in 1 of the 2 zones it can reach: 118"
          for service in ("voice_forwarded", "sms_out", "mms_out", "content")]),
        # Prefixes that never win: ten longer ones, or a hundred.
        (replace(LIST, zones=(*LIST.zones, ZoneDraft("x", "X", Treatment.BARRED, tuple(f"45{n}" for n in range(10))))),
         ["warning prefix/45: prefix 45 of zone 'dk' is never used: longer ones hold all that begins so"]),
        (replace(LIST, zones=(*LIST.zones, ZoneDraft(
            "x", "X", Treatment.BARRED, tuple(f"45{n:02}" for n in range(100))))),
         ["warning prefix/45: prefix 45 of zone 'dk' is never used: longer ones hold all that begins so"]),
        (replace(LIST, zones=(*LIST.zones, ZoneDraft("x", "X", Treatment.BARRED, networks=(
            "262-01>4", *(f"262-01>4{n}" for n in range(10)))))),
         ["warning network/262-01>4: prefix 262-01>4 of zone 'x' is never used: longer ones hold all that begins so"]),
        # Bands.
        (with_voice(VOICE, bands=ALL_WEEK[:1]),
         ["warning band/day: no rate names band 'day', so its hours cost what band '*' does"]),
        (with_voice(VOICE, replace(VOICE, band="day"), replace(VOICE, band="night"), bands=ALL_WEEK),
         ["warning rate/dk/voice_out/*: the rate of voice_out for band '*' is never used: other bands fill the week"]),
        # Parts of a rate without effect.
        (replace(LIST, rates=(VOICE, replace(LIST.rates[1], band_policy=BandPolicy.SPLIT), *LIST.rates[2:])),
         ["warning rate/dk/sms_out/*: sms_out takes no time, so band policy 'split' does the same as 'at_start'"]),
        (with_voice(replace(VOICE, maximum_micros=500_000, tiers=(TierDraft(60, 400_000), TierDraft(90, 500_001)))),
         [("warning rate/dk/voice_out/*: the price makes no difference: the first increment alone costs more than the "
          "maximum"),
          ("warning rate/dk/voice_out/*: the tier from 90 on makes no difference: the first increment alone costs more "
          "than the maximum")]),
    ],
)  # fmt: skip
def test_what_deserves_a_look(draft: PriceListDraft, expected: list[str]) -> None:
    assert told(draft) == expected


def test_nine_of_ten_longer_prefixes_leave_the_shorter_one_its_tenth() -> None:
    longer = (*(f"45{n}" for n in range(9)), *(f"459{n}" for n in range(9)))
    assert told(replace(LIST, zones=(*LIST.zones, ZoneDraft("x", "X", Treatment.BARRED, longer)))) == []
    whole = (*longer, "4599")
    assert told(replace(LIST, zones=(*LIST.zones, ZoneDraft("x", "X", Treatment.BARRED, whole)))) == [
        "warning prefix/45: prefix 45 of zone 'dk' is never used: longer ones hold all that begins so"
    ]


NO_DATA = "warning operator/TDC: operator 'TDC' of zone 'op' is in no portability data, so nothing reaches it"


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (None, []),
        ({"TDC", "Telia"}, []),
        (
            {"Telia"},
            ["warning operator/TDC: operator 'TDC' of zone 'op' is in no portability data, so nothing reaches it"],
        ),
        (
            set(),
            [
                "warning operator/TDC: operator 'TDC' of zone 'op' is in no portability data, so nothing reaches it",
                "warning operator/*: zone 'op' holds ported numbers, and no portability data is loaded",
            ],
        ),
    ],
)
def test_operators_need_portability_data(known: set[str] | None, expected: list[str]) -> None:
    zones = (*LIST.zones, ZoneDraft("op", "Operatør", Treatment.FREE, operators=("TDC", "*")))
    assert told(replace(LIST, zones=zones), known) == expected
