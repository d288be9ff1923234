"""Price lists as an operator writes them: what is read, and every fault with its file and line."""

import pytest

from mvne_platform.catalogue import (
    BandDraft,
    PriceListHead,
    RateDraft,
    Service,
    Treatment,
    ZoneDraft,
    read_price_list_csv,
)
from mvne_platform.catalogue.amounts import parse_amount, parse_quantity
from mvne_platform.kernel import Unit
from tests.platform.catalogue.files import RATES, VALID_FROM, ZONES, faults, reading, sound, with_headers

HEAD = PriceListHead("list", "DKK", VALID_FROM)
DK = "dk,Danmark,,45,,\n"
DK_RATE = "dk,voice_out,,,1min,1s,0.60,1min,,\n"


def test_zones_have_prefixes_short_codes_and_networks() -> None:
    draft = sound(
        reading(
            zones='dk,"Danmark, hele landet",,45 298,,\nalarm,Alarm,free,,112 114,\nsat,Satellit,barred,881,,\n'
            "home,Hjemme,,,,home\neu,EU,,,,262-01 240-*\neu,,,,,208-*\n",
            rates=DK_RATE + "home,data,,,1,1,0.25,1MB,,\neu,roaming_data,,,1,1,2.00,1GB,,\n",
        )
    )
    assert draft.zones == (
        ZoneDraft("dk", "Danmark, hele landet", prefixes=("45", "298")),
        ZoneDraft("alarm", "Alarm", Treatment.FREE, short_codes=("112", "114")),
        ZoneDraft("sat", "Satellit", Treatment.BARRED, prefixes=("881",)),
        ZoneDraft("home", "Hjemme", networks=("home",)),
        ZoneDraft("eu", "EU", networks=("262-01", "240-*", "208-*")),
    )


def test_rates_are_read_in_micros_and_units() -> None:
    draft = sound(
        reading(
            zones=DK,
            bands="peak,mon-fri,08:00,20:00\n",
            rates="dk,voice_out,,0.25,1min,30s,0.60,1min,0.5,100\ndk,voice_out,peak,,1,1,0.000001,60,,\n",
        )
    )
    assert draft.rates == (
        RateDraft("dk", "voice_out", 600_000, 60, 60, 30, "*", 250_000, 500_000, 100_000_000),
        RateDraft("dk", "voice_out", 1, 60, 1, 1, "peak", 0, None, None),
    )


def test_a_rate_for_zone_star_fills_what_has_no_rate_of_its_own() -> None:
    draft = sound(
        reading(
            zones=DK + "se,Sverige,,46,,\nsat,Satellit,barred,881,,\nshort,Kort,,,118,\neu,EU,,,,262-*\n",
            rates=DK_RATE + "se,sms_out,,,1,1,0.50,1,,\n*,sms_out,,,1,1,0.25,1,,\n*,roaming_data,,,1,1,2.00,1GB,,\n",
        )
    )
    sms = {rate.zone: rate.price_micros for rate in draft.rates if rate.service == "sms_out"}
    # Not in the barred zone, and not in the one that is reached by visited network only.
    assert sms == {"se": 500_000, "dk": 250_000, "short": 250_000}
    assert [rate.zone for rate in draft.rates if rate.service == "roaming_data"] == ["eu"]


@pytest.mark.parametrize(
    ("line", "spans"),
    [
        ("b,mon-fri,08:00,20:00", [(day * 1440 + 480, day * 1440 + 1200) for day in range(5)]),
        ("b,sat sun,00:00,24:00", [(7200, 8640), (8640, 10080)]),
        # From Sunday 22:00 into Monday 06:00: two spans, as the week ends between them.
        ("b,sun,22:00,06:00", [(10_000 - 40, 10_080), (0, 360)]),
        ("b,fri-mon,12:00,13:00", [(720, 780), (6480, 6540), (7920, 7980), (9360, 9420)]),
        # The same minute on both ends is a whole day.
        ("b,wed,06:00,06:00", [(3240, 4680)]),
    ],
)
def test_bands_are_minutes_of_the_week(line: str, spans: list[tuple[int, int]]) -> None:
    draft = sound(reading(zones=DK, bands=f"{line}\n", rates=DK_RATE + "dk,voice_out,b,,1,1,1,1min,,\n"))
    assert draft.bands == tuple(BandDraft("b", *span) for span in spans)


NETWORK = "network (MCC-MNC such as 238-01, MCC-* or home) and a called prefix if wanted"


def test_every_fault_is_named_with_file_and_line() -> None:
    found = reading(
        zones='dk,Danmark,,45 046,,\n\nse,"Sverige,\nNorge",dear,46,,\nNO,,,47,,\nfi,Suomi,,45,,\neu,EU,,,,26-2\n',
        bands="peak,mon-fri,8:00,20:00\nnight,day,22:00,06:00\n",
        rates="dk,voice_out,,1.0.0,1min,1s,0.60,1min,,\n"
        'se,voice_out,,,1kB,1s,"0,60",1min,,\n'
        "xx,voice_out,dusk,,1,1,0.1,60,2.00,1.00\n"
        "dk,telegram,,,1,1,0.1,1,,\n"
        "se,sms_out,,,0,1,0.0000001,1,,\n"
        "fi,data,,,1,1,0.1\n",
    )
    assert faults(found) == [
        "zones.csv:2: '046' of zone 'dk' is no prefix (1 to 15 digits of E.164, country code first, without + or 00)",
        "zones.csv:4: the treatment 'dear' is unknown; there are normal, barred, free",
        "zones.csv:4: the name of zone 'se' is not one clean line",
        "zones.csv:6: the zone code 'NO' may hold a-z, 0-9 and . _ + - only",
        "zones.csv:6: zone 'NO' has no name",
        "zones.csv:6: zone 'NO' has no rate; price it, bar it or make it free",
        "zones.csv:7: prefix 45 is in zone 'dk' and again in 'fi'",
        "zones.csv:7: zone 'fi' has no rate; price it, bar it or make it free",
        f"zones.csv:8: '26-2' of zone 'eu' is no {NETWORK}",
        "zones.csv:8: zone 'eu' has no rate; price it, bar it or make it free",
        "bands.csv:2: 'from': '8:00' is no time such as 08:00 (to: up to 24:00)",
        "bands.csv:3: 'days': 'day' is neither a day (mon tue wed thu fri sat sun) nor a span such as mon-fri",
        "rates.csv:2: 'fee': '1.0.0' is no amount such as 0.79",
        "rates.csv:3: 'first': '1kB' does not count seconds",
        "rates.csv:3: 'price': '0,60' is no amount such as 0.79; the decimal sign is a point",
        "rates.csv:4: the minimum charge is above the maximum",
        "rates.csv:4: the rate names zone 'xx', which is not defined",
        "rates.csv:4: the rate names band 'dusk', which is not defined",
        f"rates.csv:5: the service 'telegram' is unknown; there are {', '.join(Service)}",
        "rates.csv:6: 'price': 0.0000001 is finer than a millionth",
        "rates.csv:6: 'first' is 0; it must be above zero and at most 1000000000000000",
        "rates.csv:7: the line has 7 fields, and the header 10",
    ]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"zones": DK, "rates": DK_RATE + DK_RATE}, ["rates.csv:3: voice_out has two rates in zone 'dk', band '*'"]),
        (
            {"zones": DK + "dk,Denmark,,298,,\n", "rates": DK_RATE},
            ["zones.csv:3: zone 'dk' has another name or treatment on a line above"],
        ),
        (
            {"zones": DK + "empty,Empty,barred,,,\n", "rates": DK_RATE},
            ["zones.csv:3: zone 'empty' has no prefix, short code, network or operator, so nothing is ever in it"],
        ),
        (
            {"zones": "sat,Sat,barred,881,,\n", "rates": "sat,sms_out,,,1,1,1,1,,\n"},
            ["rates.csv:2: zone 'sat' is barred, so it has no price"],
        ),
        (
            {"zones": DK, "rates": DK_RATE + "dk,data,,,1,1,1,1,,\ndk,voice_in,,,1,1,1,1,,\n"},
            [
                "rates.csv:3: data never reaches zone 'dk': it goes by network, and the zone does not hold 'home'",
                "rates.csv:4: voice_in never reaches zone 'dk': receiving at home is free",
            ],
        ),
        (
            {"zones": DK, "bands": "a,mon,08:00,12:00\nb,mon-tue,11:59,13:00\n", "rates": DK_RATE},
            ["bands.csv:3: bands 'a' and 'b' overlap"],
        ),
        # 24 zones, one faulty rate for all of them: one fault, not 24.
        (
            {
                "zones": "".join(f"z{n},Zone,,{n},,\n" for n in range(10, 34)),
                "bands": "a,mon,08:00,12:00\n",
                "rates": "*,voice_out,a,,1,1,1,1,,\n",
            },
            ["rates.csv:2: voice_out has no rate outside a; add one for band '*'"],
        ),
        (
            {"zones": DK, "rates": DK_RATE + "*,telex,,,1,1,1,1,,\n"},
            ["rates.csv:3: the service 'telex' is unknown"],
        ),
        (
            {"zones": DK, "rates": DK_RATE + "*,sms_out,,,1,1,1,1,,\n*,sms_out,,,1,1,2,1,,\n"},
            [
                "rates.csv:4: sms_out has two rates for zone '*' in band '*'",
                "rates.csv:4: sms_out has two rates in zone 'dk', band '*'",
            ],
        ),
    ],
)
def test_what_contradicts_itself_is_refused(files: dict[str, str], expected: list[str]) -> None:
    assert faults(read_price_list_csv(HEAD, with_headers(files))) == expected


def test_broken_quotes_are_told_with_the_line_they_begin_on() -> None:
    (fault,) = reading(zones='sat,Satellit,barred,881,,\nx,"y" z,,1,,\n').faults
    assert (fault.file, fault.line) == ("zones.csv", 3)
    assert fault.message.startswith("this is not CSV: ")


COLUMNS = "zone,name,treatment,prefixes,short_codes,networks,called,operators"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [f"zones.csv: the file is empty; it begins with the line {COLUMNS}"]),
        ("zone;name\ndk;Danmark\n", ["zones.csv:1: columns are separated by commas, and this header has semicolons"]),
        (
            "zone,title\ndk,Danmark\n",
            [
                f"zones.csv:1: the header lacks name; columns are {COLUMNS}",
                f"zones.csv:1: the header has the unknown title; columns are {COLUMNS}",
            ],
        ),
        ("zone,name,zone\ndk,Danmark,dk\n", [f"zones.csv:1: the header repeats zone; columns are {COLUMNS}"]),
    ],
)
def test_a_header_that_cannot_be_read_is_all_that_is_said(text: str, expected: list[str]) -> None:
    assert faults(read_price_list_csv(HEAD, {"zones.csv": text})) == expected


def test_columns_may_be_left_out_and_stand_in_any_order() -> None:
    texts = {
        "zones.csv": "\ufeffname,prefixes,zone\r\nDanmark,45,dk\r\n",
        "rates.csv": "zone,service,price,per,first,next\r\ndk,voice_out,0.60,1min,1,1\r\n",
    }
    draft = sound(read_price_list_csv(HEAD, texts))
    assert draft.zones == (ZoneDraft("dk", "Danmark", prefixes=("45",)),)
    assert draft.rates == (RateDraft("dk", "voice_out", 600_000, 60, 1, 1),)


def test_a_list_of_nothing_is_refused() -> None:
    assert faults(read_price_list_csv(HEAD, {})) == ["zones.csv: the price list has no zone, so it prices nothing"]


def test_a_file_of_another_name_is_refused() -> None:
    texts = {"zones.csv": ZONES + DK, "rates.csv": RATES + DK_RATE, "rate.csv": ""}
    found = read_price_list_csv(HEAD, texts)
    assert faults(found) == [
        "rate.csv: a price list has no such file; its files are zones.csv, bands.csv, rates.csv, deck.csv"
    ]


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("60", Unit.SECOND, 60),
        ("1.5min", Unit.SECOND, 90),
        ("2 h", Unit.SECOND, 7200),
        ("10kB", Unit.BYTE, 10_000),
        ("1MiB", Unit.BYTE, 1_048_576),
        ("0.5GB", Unit.BYTE, 500_000_000),
        ("3", Unit.MESSAGE, 3),
        ("1GB", None, 10**9),
    ],
)
def test_quantities(text: str, unit: Unit | None, expected: int) -> None:
    assert parse_quantity(text, unit) == expected


@pytest.mark.parametrize("text", ["", "x", "-1", "1MB", "0.5s", "1 fortnight", "1e3", "٣", "9" * 5_000])
def test_what_is_no_quantity_of_seconds(text: str) -> None:
    with pytest.raises(ValueError, match=r"quantity|count|whole"):
        parse_quantity(text, Unit.SECOND)


@pytest.mark.parametrize("text", ["", "-0.1", "1,5", ".5", "1.", "NaN", "1e3", "0.0000001", "٣", "9" * 5_000])
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(ValueError, match=r"amount|millionth"):
        parse_amount(text)
