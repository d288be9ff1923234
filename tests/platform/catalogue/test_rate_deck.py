"""A carrier's rate deck, and the real one: US dollars, `Blocked` destinations, quoted names."""

import csv
import io
from decimal import ROUND_HALF_UP, Decimal

import pytest

from mvne_platform.catalogue import DeckTerms, RateDraft, Treatment, ZoneDraft
from tests.platform.catalogue.files import USD, faults, reading, real_deck, sound

TERMS = DeckTerms(USD)


def test_a_destination_becomes_a_zone_at_the_days_rate() -> None:
    draft = sound(reading(TERMS, deck_csv="Denmark,45,0.04,0.04,peak\n"))
    assert draft.zones == (ZoneDraft("denmark", "Denmark", prefixes=("45",)),)
    # 0.04 USD x 6.91 = 0.2764 DKK a started minute, at any hour
    assert draft.rates == (RateDraft("denmark", "voice_out", 276_400, 60, 60, 60),)
    assert draft.exchange == USD


@pytest.mark.parametrize("rate", ["NaN", "Infinity", "0", "-1", "1e999999", "1000001"])
def test_a_rate_of_exchange_that_is_none_is_a_fault(rate: str) -> None:
    terms = DeckTerms(USD.__class__("USD", Decimal(rate), USD.day))
    told = faults(reading(terms, deck_csv="A,1,1,1,peak\n"))
    assert told[0] == "deck.csv: the exchange rate must be above zero and at most 1000000"


def test_amounts_are_rounded_half_up_to_the_micro() -> None:
    terms = DeckTerms(USD.__class__("USD", Decimal("0.5000005"), USD.day))
    draft = sound(reading(terms, deck_csv="A,1,1,1,peak\nB,2,0.000001,0.000001,peak\n"))
    # 1,000,000 x 0.5000005 = 500,000.5 and 1 x 0.5000005
    assert [rate.price_micros for rate in draft.rates] == [500_001, 1]


@pytest.mark.parametrize(
    ("first", "fee"),
    [
        # The first minute at 0.30, each further one at 0.10: a fee of 0.20 USD = 1.382 DKK.
        (60, 1_382_000),
        # A first increment of half a minute carries half the difference.
        (30, 691_000),
    ],
)
def test_a_dearer_first_minute_becomes_a_fee(first: int, fee: int) -> None:
    draft = sound(reading(DeckTerms(USD, first_increment=first, next_increment=6), deck_csv="A,1,0.30,0.10,peak\n"))
    assert draft.rates == (RateDraft("a", "voice_out", 691_000, 60, first, 6, "*", fee),)


def test_blocked_in_either_column_is_barred_and_has_no_price() -> None:
    draft = sound(reading(TERMS, deck_csv="A,1,Blocked,Blocked,peak\nB,2,Blocked,0.2,peak\nC,3,0.2,BLOCKED,peak\n"))
    assert {zone.code: zone.treatment for zone in draft.zones} == dict.fromkeys("abc", Treatment.BARRED)
    assert draft.rates == ()


def test_names_keep_their_commas_and_lose_their_markup() -> None:
    draft = sound(reading(TERMS, deck_csv='"El Salvador,Cte",503,1,1,peak\nTurks &amp; Caicos,1649,1,1,peak\n'))
    assert [(zone.code, zone.name) for zone in draft.zones] == [
        ("el-salvador-cte", "El Salvador,Cte"),
        ("turks-caicos", "Turks & Caicos"),
    ]


def test_one_name_at_one_price_is_one_zone_and_at_two_prices_two() -> None:
    draft = sound(reading(TERMS, deck_csv="A,1,1,1,peak\nA,2,1,1,peak\nB,3,1,1,peak\nB,4,2,2,peak\n"))
    assert [(zone.code, zone.prefixes) for zone in draft.zones] == [
        ("a", ("1", "2")),
        ("b-3", ("3",)),
        ("b-4", ("4",)),
    ]


def test_bands_of_the_deck_other_than_its_usual_one_need_hours() -> None:
    lines = "A,1,0.30,0.30,peak\nA,1,0.10,0.10,off-peak\n"
    draft = sound(reading(TERMS, bands="off-peak,mon-sun,20:00,08:00\n", deck_csv=lines))
    assert {rate.band: rate.price_micros for rate in draft.rates} == {"*": 2_073_000, "off-peak": 691_000}
    assert faults(reading(TERMS, deck_csv=lines)) == [
        "deck.csv:2: the rate names band 'off-peak', which is not defined"
    ]


def test_own_zones_win_over_the_decks_and_left_out_prefixes_are_dropped() -> None:
    found = reading(
        DeckTerms(USD, leave_out=("45",)),
        zones="nanp,North America,,1,,\ndk,Danmark,,45,,\n",
        rates="nanp,voice_out,,,1,1,0.10,60,,\ndk,voice_out,,,1,1,0.10,60,,\n",
        deck_csv="Us,1,Blocked,Blocked,peak\nUs-Nyc,1212,Blocked,Blocked,peak\nDenmark-Mobile,452,1,1,peak\n",
    )
    assert [(zone.code, zone.prefixes) for zone in sound(found).zones] == [
        ("nanp", ("1",)),
        ("dk", ("45",)),
        ("us-nyc", ("1212",)),
    ]
    assert found.notes == ("deck.csv:2: prefix 1 is taken from zone 'nanp' of zones.csv",)


def test_every_fault_of_a_deck_has_its_line() -> None:
    found = reading(
        TERMS,
        zones="a,Mine,barred,99,,\n",
        deck_csv="A,1,1,1,peak\nB,2,1,2,peak\nC,3,dear,1,peak\nD,4,1,1,peak\nE,4,1,1,night\nD,4,2,2,peak\n"
        "F,5,1,1,peak\nF,5,Blocked,Blocked,night\nG,06,1,1,peak\nH,7,,1,peak\nI\n",
    )
    assert faults(found) == [
        "deck.csv:2: 'A' gets the zone code 'a', which zones.csv uses for another zone",
        "deck.csv:3: the first minute is cheaper than those after it, which fee and price cannot express",
        "deck.csv:4: 'initial_rate_per_minute': 'dear' is no amount such as 0.79",
        "deck.csv:5: the rate names band 'night', which is not defined",
        "deck.csv:6: prefix 4 is 'E' here and 'D' on line 5",
        "deck.csv:7: prefix 4 has two prices in band 'peak'",
        "deck.csv:9: prefix 5 is blocked in one band and priced in another, which a zone cannot be",
        "deck.csv:10: '06' of zone 'g' is no prefix (1 to 15 digits of E.164, country code first, without + or 00)",
        "deck.csv:11: 'initial_rate_per_minute' is empty",
        "deck.csv:12: the line has 1 fields, and the header 5",
    ]


def test_a_deck_without_an_exchange_rate_is_refused() -> None:
    assert faults(reading(deck_csv="A,1,1,1,peak\n")) == [
        "deck.csv: a rate deck needs its currency and a dated exchange rate; the price list states none"
    ]


def test_the_real_deck_is_imported_whole() -> None:
    draft = sound(reading(TERMS, deck_csv=real_deck().partition("\n")[2]))
    expected = {row["prefix"]: row for row in csv.DictReader(io.StringIO(real_deck()))}
    zone_of = {prefix: zone for zone in draft.zones for prefix in zone.prefixes}
    price_of = {rate.zone: rate for rate in draft.rates}
    assert len(expected) == len(zone_of) == 857
    assert len(draft.zones) == 854  # two names stand on five rows
    barred = 0
    for prefix, row in expected.items():
        zone = zone_of[prefix]
        assert zone.name == row["destination"].replace("&amp;", "&")
        if "Blocked" in row.values():
            barred += 1
            assert zone.treatment is Treatment.BARRED
            assert zone.code not in price_of
        else:
            micros = Decimal(row["increment_rate_per_minute"]) * Decimal("6.91") * 1_000_000
            assert price_of[zone.code] == RateDraft(
                zone.code, "voice_out", int(micros.to_integral_value(ROUND_HALF_UP)), 60, 60, 60
            )
    assert barred == 55
