"""What a brand sells and at what price: offerings, price lists compiled to tariffs, the shared catalogue."""

from mvne_platform.catalogue.commands.holidays import set_holidays
from mvne_platform.catalogue.commands.offerings import define_offering, retire_offering
from mvne_platform.catalogue.commands.price_lists import import_price_list
from mvne_platform.catalogue.compile import compile_drafts
from mvne_platform.catalogue.content import (
    CatalogueContent,
    Micros,
    OfferingContent,
    PriceContent,
    Quantity,
    read_catalogue,
)
from mvne_platform.catalogue.drafts import (
    ANY_BAND,
    AllowanceDraft,
    BandDraft,
    Characteristic,
    Exchange,
    HolidayDraft,
    OfferingDraft,
    OfflineDebit,
    PriceDraft,
    PriceListDraft,
    RateDraft,
    Treatment,
    ZoneDraft,
)
from mvne_platform.catalogue.errors import OfferingInvalid, PriceListInvalid, UnknownOffering, UnknownPriceList
from mvne_platform.catalogue.faults import Fault, Problem
from mvne_platform.catalogue.models import (
    Holiday,
    Offering,
    OfferingAllowance,
    OfferingKind,
    OfferingPrice,
    PaymentMode,
    PriceKind,
)
from mvne_platform.catalogue.price_list_files.reader import PriceListHead, PriceListReading, read_price_list_csv
from mvne_platform.catalogue.price_list_files.terms import DeckTerms
from mvne_platform.catalogue.queries import (
    OfferingView,
    current_offering,
    offering,
    offering_view,
    offering_views,
    price_lists,
    sellable,
    zone_names,
)
from mvne_platform.catalogue.rules.offerings import Surroundings, offering_problems
from mvne_platform.catalogue.rules.overlay import Overlay, overlaid, overlay_problems
from mvne_platform.catalogue.services import UNITS, ZONED_BY, Service, ZonedBy
from mvne_platform.catalogue.shared import drafts_for_brand, publish_shared, shared_content
from mvne_platform.catalogue.tariff import HOME_NETWORK, Tariff, TariffRate, TariffVersion, TariffZone
from mvne_platform.catalogue.tariffs import tariff

__all__ = [
    "ANY_BAND",
    "HOME_NETWORK",
    "UNITS",
    "ZONED_BY",
    "AllowanceDraft",
    "BandDraft",
    "CatalogueContent",
    "Characteristic",
    "DeckTerms",
    "Exchange",
    "Fault",
    "Holiday",
    "HolidayDraft",
    "Micros",
    "Offering",
    "OfferingAllowance",
    "OfferingContent",
    "OfferingDraft",
    "OfferingInvalid",
    "OfferingKind",
    "OfferingPrice",
    "OfferingView",
    "OfflineDebit",
    "Overlay",
    "PaymentMode",
    "PriceContent",
    "PriceDraft",
    "PriceKind",
    "PriceListDraft",
    "PriceListHead",
    "PriceListInvalid",
    "PriceListReading",
    "Problem",
    "Quantity",
    "RateDraft",
    "Service",
    "Surroundings",
    "Tariff",
    "TariffRate",
    "TariffVersion",
    "TariffZone",
    "Treatment",
    "UnknownOffering",
    "UnknownPriceList",
    "ZoneDraft",
    "ZonedBy",
    "compile_drafts",
    "current_offering",
    "define_offering",
    "drafts_for_brand",
    "import_price_list",
    "offering",
    "offering_problems",
    "offering_view",
    "offering_views",
    "overlaid",
    "overlay_problems",
    "price_lists",
    "publish_shared",
    "read_catalogue",
    "read_price_list_csv",
    "retire_offering",
    "sellable",
    "set_holidays",
    "shared_content",
    "tariff",
    "zone_names",
]
