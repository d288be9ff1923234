"""What a caller wants to sell and at what price, before any of it is stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from mvne_platform.catalogue.kinds import OfferingKind, PaymentMode, PriceKind
from mvne_platform.catalogue.services import UNITS, Service
from mvne_platform.kernel import Unit

ANY_BAND = "*"


class OfflineDebit(StrEnum):
    """What happens when prepaid usage that already took place costs more than there is.

    FULL debits it all and the balance goes below zero; AVAILABLE debits what is left; REFUSE debits nothing.
    """

    FULL = "full"
    AVAILABLE = "available"
    REFUSE = "refuse"


class BandPolicy(StrEnum):
    """Which band prices an event: the one at its start, or each increment by the band in which it begins."""

    AT_START = "at_start"
    SPLIT = "split"


class TierMode(StrEnum):
    """How volume tiers price: each unit by its own tier, or a whole event by the tier reached before it."""

    GRADUATED = "graduated"
    VOLUME = "volume"


class Treatment(StrEnum):
    """How events of a zone are treated: priced; never connected; or never charged and never itemised."""

    NORMAL = "normal"
    BARRED = "barred"
    FREE = "free"


class Purpose(StrEnum):
    """What a price list is for: what customers pay the brand, or what the brand pays its host operator."""

    RETAIL = "retail"
    WHOLESALE = "wholesale"


class FinalUnitAction(StrEnum):
    """What the network does when the last quota of an online session is used up (3GPP TS 32.299, Final-Unit-Action)."""

    TERMINATE = "terminate"
    THROTTLE = "throttle"


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
    """Units included in each period; no services or zones stands for all of them. Lower priority is used first.

    What is left at a period's end stays usable for `rollover_periods` more (0: it lapses), at most `rollover_limit`
    units of it (None: all). A `shared` allowance is for every member of the subscription's sharing group.
    """

    code: str
    unit: Unit
    quantity: int
    services: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    priority: int = 100
    rollover_periods: int = 0
    rollover_limit: int | None = None
    shared: bool = False


@dataclass(frozen=True, slots=True)
class DiscountDraft:
    """Basis points (hundredths of a percent) off what usage of services and zones costs; none listed: all of them."""

    code: str
    basis_points: int
    services: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()


_USUAL_QUOTA = {Unit.SECOND: 300, Unit.BYTE: 10 * 2**20, Unit.MESSAGE: 1}


@dataclass(frozen=True, slots=True)
class OnlinePolicy:
    """How online sessions on a plan are granted quota.

    `quotas` are units by service (a service without one: five minutes, 10 MiB, one message); a grant that the network
    has not reported on after `validity_s` seconds is released.
    """

    quotas: tuple[tuple[str, int], ...] = ()
    validity_s: int = 600
    final_unit_action: FinalUnitAction = FinalUnitAction.TERMINATE

    def quota(self, service: Service) -> int:
        """The most units of a service that one grant gives."""
        return dict(self.quotas).get(service, _USUAL_QUOTA[UNITS[service]])


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
    discounts: tuple[DiscountDraft, ...] = ()
    online: OnlinePolicy | None = None
    # The version of the shared catalogue this came from; moving it alone does not make a new version of the offering.
    shared_version: int | None = None


@dataclass(frozen=True, slots=True)
class ZoneDraft:
    """A zone by called prefixes (digits of E.164), short codes as dialled, visited networks, or operators.

    A network is `MCC-MNC` or `MCC-*` (ITU-T E.212), or `home` for usage in the brand's own network; `262-*>45` holds
    only the numbers that begin with 45. An operator is the code under which portability data knows the holder of a
    called number that was ported; `*` is every operator that no zone lists.
    """

    code: str
    name: str
    treatment: Treatment = Treatment.NORMAL
    prefixes: tuple[str, ...] = ()
    short_codes: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    operators: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BandDraft:
    """One span of a time band, in minutes from Monday 00:00 of the brand's wall clock; the end is not in it."""

    code: str
    start_minute: int
    end_minute: int


@dataclass(frozen=True, slots=True)
class TierDraft:
    """From a volume counted in the billing period on, another price (micros, for the rate's interval)."""

    from_volume: int
    price_micros: int


@dataclass(frozen=True, slots=True)
class RateDraft:
    """What a service costs in a zone and band; amounts in micros, quantities in the service's unit.

    `price_micros` holds below the first of the `tiers`. `counter` names the volume that they count on, so that several
    zones, services and lists can share it; a rate with tiers that names none has one of its own zone and service.
    """

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
    band_policy: BandPolicy = BandPolicy.AT_START
    tier_mode: TierMode = TierMode.GRADUATED
    tiers: tuple[TierDraft, ...] = ()
    counter: str | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """The dated rate by which prices in `source` were turned into the price list's currency (1 source = `rate`)."""

    source: str
    rate: Decimal
    day: date


@dataclass(frozen=True, slots=True)
class PriceListDraft:
    """The rates of a price list from the instant `valid_from` on.

    With a `parent` (the code of another list) they are what differs from it: zones join the parent's, whatever both
    place belongs to the zone named here, the rates of a zone and service replace all the parent's for that pair, and
    bands, if there are any, replace the parent's. Rates may name the parent's zones and bands.
    """

    code: str
    currency: str
    valid_from: datetime
    zones: tuple[ZoneDraft, ...]
    rates: tuple[RateDraft, ...]
    bands: tuple[BandDraft, ...] = ()
    exchange: Exchange | None = None
    parent: str | None = None
    purpose: Purpose = Purpose.RETAIL


@dataclass(frozen=True, slots=True)
class HolidayDraft:
    """A date that has another weekday's hours (0 is Monday, 6 is Sunday)."""

    day: date
    name: str
    as_weekday: int = 6
