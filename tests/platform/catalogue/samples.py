"""Offerings and price lists of the test brand (DKK, Copenhagen, da and en)."""

from datetime import UTC, datetime

from mvne_platform.catalogue import (
    AllowanceDraft,
    BandDraft,
    Characteristic,
    OfferingDraft,
    OfferingKind,
    PaymentMode,
    PriceDraft,
    PriceKind,
    PriceListDraft,
    RateDraft,
    Treatment,
    ZoneDraft,
)
from mvne_platform.kernel import Unit

LAUNCH = datetime(2025, 12, 31, 23, tzinfo=UTC)

RETAIL = PriceListDraft(
    code="retail",
    currency="DKK",
    valid_from=LAUNCH,
    zones=(
        ZoneDraft("dk", "Danmark", prefixes=("45",)),
        ZoneDraft("alarm", "Alarm", Treatment.FREE, short_codes=("112",)),
        ZoneDraft("sat", "Satellit", Treatment.BARRED, prefixes=("881",)),
        ZoneDraft("home", "Hjemme", networks=("home",)),
        ZoneDraft("eu", "EU", networks=("262-*", "240-01")),
    ),
    bands=(BandDraft("peak", 480, 1200), BandDraft("peak", 1920, 2640)),
    rates=(
        RateDraft("dk", "voice_out", 600_000, 60, 60, 1, connection_fee_micros=250_000),
        RateDraft("dk", "voice_out", 900_000, 60, 60, 60, "peak", 250_000, 300_000, 90_000_000),
        RateDraft("dk", "sms_out", 250_000, 1, 1, 1),
        RateDraft("home", "data", 250_000, 1_000_000, 10_000, 10_000),
        RateDraft("eu", "roaming_data", 2_000_000, 10**9, 1_000, 1_000),
    ),
)

SMART = OfferingDraft(
    code="smart-10",
    kind=OfferingKind.PLAN,
    payment_mode=PaymentMode.POSTPAID,
    name={"da": "Smart 10", "en": "Smart 10"},
    description={"da": "10 GB og fri tale", "en": "10 GB and free calls"},
    characteristics=(Characteristic("data", {"da": "Data", "en": "Data"}, {"da": "10 GB", "en": "10 GB"}),),
    price_list="retail",
    position=10,
    prices=(
        PriceDraft(PriceKind.RECURRING, 149_000_000, "DKK", "standard"),
        PriceDraft(PriceKind.ONE_TIME, 49_000_000, "DKK", "standard"),
    ),
    allowances=(
        AllowanceDraft("data", Unit.BYTE, 10 * 10**9, services=("data",), zones=("home",), priority=50),
        AllowanceDraft("voice", Unit.SECOND, 36_000, services=("voice_out",), zones=("dk",)),
    ),
)
