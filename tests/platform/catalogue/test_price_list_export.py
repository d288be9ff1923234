"""What is written out can be read in again, whatever a price list holds."""

from hypothesis import given

from mvne_platform.catalogue import (
    BandDraft,
    BandPolicy,
    DeckTerms,
    PriceListDraft,
    PriceListHead,
    RateDraft,
    TierDraft,
    TierMode,
    Treatment,
    ZoneDraft,
    price_list_problems,
    read_price_list_csv,
)
from mvne_platform.catalogue.editing import differences, write_price_list_csv
from mvne_platform.catalogue.rules.differences import canonical
from tests.platform.catalogue.files import USD, VALID_FROM, reading, real_deck, sound
from tests.platform.catalogue.generated import price_lists

HEAD = PriceListHead("list", "DKK", VALID_FROM)


@given(price_lists())
def test_export_and_import_is_an_identity(draft: PriceListDraft) -> None:
    assert price_list_problems(draft) == []
    again = sound(read_price_list_csv(HEAD, write_price_list_csv(draft)))
    assert canonical(again) == canonical(draft)
    assert differences(draft, again) == []
    # And what is read is written as it was.
    assert write_price_list_csv(again) == write_price_list_csv(
        sound(read_price_list_csv(HEAD, write_price_list_csv(again)))
    )


def test_the_files_are_as_an_operator_would_write_them() -> None:
    draft = PriceListDraft(
        "list",
        "DKK",
        VALID_FROM,
        zones=(
            ZoneDraft("dk", "Danmark", prefixes=("45",), operators=("TDC", "*")),
            ZoneDraft("alarm", "Alarm", Treatment.FREE, short_codes=("112",)),
            ZoneDraft("eu", "EU", networks=("262-*", "240-01", "262-*>45", "262-*>46", "240-01>45", "240-01>46")),
        ),
        bands=tuple(BandDraft("night", day * 1440, day * 1440 + 420) for day in range(7)),
        rates=(
            RateDraft("dk", "voice_out", 600_000, 60, 60, 1, connection_fee_micros=250_000, maximum_micros=9_000_000,
                      tiers=(TierDraft(36_000, 500_000), TierDraft(180_000, 300_000)), counter="calls"),
            RateDraft("dk", "voice_out", 1, 60, 60, 1, "night", 0, 0, None, BandPolicy.SPLIT, counter="calls"),
            RateDraft("eu", "roaming_data", 2_000_000, 10**9, 1_000, 1_024, tier_mode=TierMode.VOLUME),
        ),
    )  # fmt: skip
    assert write_price_list_csv(draft) == {
        "zones.csv": "zone,name,treatment,prefixes,short_codes,networks,called,operators\n"
        "dk,Danmark,,45,,,,TDC *\n"
        "alarm,Alarm,free,,112,,,\n"
        "eu,EU,,,,262-* 240-01,,\n"
        "eu,EU,,,,262-* 240-01,45 46,\n",
        "bands.csv": "band,days,from,to\nnight,mon-sun,00:00,07:00\n",
        "rates.csv": "zone,service,band,fee,first,next,price,per,min,max,band_policy,tier_mode,tiers,counter\n"
        "dk,voice_out,,0.25,1min,1,0.60,1min,,9.00,,,10h=0.50 50h=0.30,calls\n"
        "dk,voice_out,night,,1min,1,0.000001,1min,0.00,,split,,,calls\n"
        "eu,roaming_data,,,1kB,1KiB,2.00,1GB,,,,volume,,\n",
    }


def test_the_real_deck_comes_out_and_goes_in() -> None:
    draft = sound(reading(DeckTerms(USD), deck_csv=real_deck().partition("\n")[2]))
    again = sound(read_price_list_csv(HEAD, write_price_list_csv(draft)))
    assert differences(draft, again) == []
    assert len(again.rates) == 799
