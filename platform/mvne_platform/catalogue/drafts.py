"""What a caller wants to sell and at what price, before any of it is stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from mvne_platform.catalogue.models import OfferingKind, PaymentMode, PriceKind
from mvne_platform.kernel import Unit

ANY_BAND = "*"


class OfflineDebit(StrEnum):
    """What happens when prepaid usage that already took place costs more than there is.

    FULL debits it all and the balance goes below zero; AVAILABLE debits what is left; REFUSE debits nothing.
    """

    FULL = "full"
    AVAILABLE = "available"
    REFUSE = "refuse"


class Treatment(StrEnum):
    """How events of a zone are treated: priced; never connected; or never charged and never itemised."""

    NORMAL = "normal"
    BARRED = "barred"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Characteristic:
    """A property shown to customers; name and value by language."""

    code: str
    name: Mapping[str, str]
    value: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PriceDraft:
    """A price of an offering in micros, with tax or without as the brand's profile says.

    `period_days` is the length of a prepaid plan's period; None is the calendar month.
    """

    kind: PriceKind
    amount_micros: int
    currency: str
    tax_class: str
    period_days: int | None = None


@dataclass(frozen=True, slots=True)
class AllowanceDraft:
    """Units included in each period; no services or zones stands for all of them. Lower priority is used first."""

    code: str
    unit: Unit
    quantity: int
    services: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    priority: int = 100


@dataclass(frozen=True, slots=True)
class OfferingDraft:
    """Something to sell. Names and descriptions are by language; `spend_limit_micros` is for hybrid plans only."""

    code: str
    kind: OfferingKind
    payment_mode: PaymentMode
    name: Mapping[str, str]
    description: Mapping[str, str] = field(default_factory=dict)
    characteristics: tuple[Characteristic, ...] = ()
    price_list: str | None = None
    spend_limit_micros: int | None = None
    offline_debit: OfflineDebit = OfflineDebit.FULL
    position: int = 0
    hidden: bool = False
    prices: tuple[PriceDraft, ...] = ()
    allowances: tuple[AllowanceDraft, ...] = ()
    # The version of the shared catalogue this came from; moving it alone does not make a new version of the offering.
    shared_version: int | None = None


@dataclass(frozen=True, slots=True)
class ZoneDraft:
    """A zone by called prefixes (digits of E.164), short codes as dialled, or visited networks.

    A network is `MCC-MNC` or `MCC-*` (ITU-T E.212), or `home` for usage in the brand's own network.
    """

    code: str
    name: str
    treatment: Treatment = Treatment.NORMAL
    prefixes: tuple[str, ...] = ()
    short_codes: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BandDraft:
    """One span of a time band, in minutes from Monday 00:00 of the brand's wall clock; the end is not in it."""

    code: str
    start_minute: int
    end_minute: int


@dataclass(frozen=True, slots=True)
class RateDraft:
    """What a service costs in a zone and band; amounts in micros, quantities in the service's unit."""

    zone: str
    service: str
    price_micros: int
    per: int
    first_increment: int
    next_increment: int
    band: str = ANY_BAND
    connection_fee_micros: int = 0
    minimum_micros: int | None = None
    maximum_micros: int | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """The dated rate by which prices in `source` were turned into the price list's currency (1 source = `rate`)."""

    source: str
    rate: Decimal
    day: date


@dataclass(frozen=True, slots=True)
class PriceListDraft:
    """The rates of a price list from the instant `valid_from` on."""

    code: str
    currency: str
    valid_from: datetime
    zones: tuple[ZoneDraft, ...]
    rates: tuple[RateDraft, ...]
    bands: tuple[BandDraft, ...] = ()
    exchange: Exchange | None = None


@dataclass(frozen=True, slots=True)
class HolidayDraft:
    """A date that has another weekday's hours (0 is Monday, 6 is Sunday)."""

    day: date
    name: str
    as_weekday: int = 6
