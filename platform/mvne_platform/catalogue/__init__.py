"""What a brand sells and at what price: offerings, price lists compiled to tariffs, the shared catalogue."""

from mvne_platform.catalogue.choice import Assigned, PriceListChoice, plan_price_lists, price_list_choice
from mvne_platform.catalogue.commands.holidays import set_holidays
from mvne_platform.catalogue.commands.offerings import define_offering, retire_offering
from mvne_platform.catalogue.commands.price_lists import import_price_list
from mvne_platform.catalogue.commands.trial import draft_tariffs
from mvne_platform.catalogue.compile import compile_drafts
from mvne_platform.catalogue.drafts import (
    ANY_BAND,
    AllowanceDraft,
    BandDraft,
    BandPolicy,
    Characteristic,
    DiscountDraft,
    Exchange,
    FinalUnitAction,
    HolidayDraft,
    OfferingDraft,
    OfflineDebit,
    OnlinePolicy,
    PriceDraft,
    PriceListDraft,
    Purpose,
    RateDraft,
    TierDraft,
    TierMode,
    Treatment,
    ZoneDraft,
)
from mvne_platform.catalogue.errors import OfferingInvalid, PriceListInvalid, UnknownOffering, UnknownPriceList
from mvne_platform.catalogue.faults import Fault, Problem
from mvne_platform.catalogue.kinds import OfferingKind, PaymentMode, PriceKind
from mvne_platform.catalogue.models import Offering, OfferingAllowance, OfferingDiscount, OfferingPrice
from mvne_platform.catalogue.notice import announce_change, price_changes
from mvne_platform.catalogue.online import online_policy
from mvne_platform.catalogue.price_list_files.reader import PriceListHead, PriceListReading, read_price_list_csv
from mvne_platform.catalogue.price_list_files.terms import DeckTerms
from mvne_platform.catalogue.price_list_models import Holiday
from mvne_platform.catalogue.price_list_queries import price_lists, zone_names
from mvne_platform.catalogue.queries import (
    OfferingView,
    current_offering,
    offering,
    offering_view,
    offering_views,
    sellable,
)
from mvne_platform.catalogue.rules.offerings import Surroundings, offering_problems
from mvne_platform.catalogue.rules.overlay import Overlay, overlaid, overlay_problems
from mvne_platform.catalogue.rules.price_lists import price_list_problems
from mvne_platform.catalogue.services import UNITS, ZONED_BY, NumberClass, Service, ZonedBy
from mvne_platform.catalogue.shared import drafts_for_brand, publish_shared, shared_content
from mvne_platform.catalogue.tariff import HOME_NETWORK, BandSpan, Tariff, TariffRate, TariffVersion, TariffZone, Tier
from mvne_platform.catalogue.tariffs import price_list_purpose, tariff, tariff_version, version_ids
from mvne_platform.catalogue.wholesale import wholesale_tariff

__all__ = [
    "ANY_BAND",
    "HOME_NETWORK",
    "UNITS",
    "ZONED_BY",
    "AllowanceDraft",
    "Assigned",
    "BandDraft",
    "BandPolicy",
    "BandSpan",
    "Characteristic",
    "DeckTerms",
    "DiscountDraft",
    "Exchange",
    "Fault",
    "FinalUnitAction",
    "Holiday",
    "HolidayDraft",
    "NumberClass",
    "Offering",
    "OfferingAllowance",
    "OfferingDiscount",
    "OfferingDraft",
    "OfferingInvalid",
    "OfferingKind",
    "OfferingPrice",
    "OfferingView",
    "OfflineDebit",
    "OnlinePolicy",
    "Overlay",
    "PaymentMode",
    "PriceDraft",
    "PriceKind",
    "PriceListChoice",
    "PriceListDraft",
    "PriceListHead",
    "PriceListInvalid",
    "PriceListReading",
    "Problem",
    "Purpose",
    "RateDraft",
    "Service",
    "Surroundings",
    "Tariff",
    "TariffRate",
    "TariffVersion",
    "TariffZone",
    "Tier",
    "TierDraft",
    "TierMode",
    "Treatment",
    "UnknownOffering",
    "UnknownPriceList",
    "ZoneDraft",
    "ZonedBy",
    "announce_change",
    "compile_drafts",
    "current_offering",
    "define_offering",
    "draft_tariffs",
    "drafts_for_brand",
    "import_price_list",
    "offering",
    "offering_problems",
    "offering_view",
    "offering_views",
    "online_policy",
    "overlaid",
    "overlay_problems",
    "plan_price_lists",
    "price_changes",
    "price_list_choice",
    "price_list_problems",
    "price_list_purpose",
    "price_lists",
    "publish_shared",
    "read_price_list_csv",
    "retire_offering",
    "sellable",
    "set_holidays",
    "shared_content",
    "tariff",
    "tariff_version",
    "version_ids",
    "wholesale_tariff",
    "zone_names",
]
