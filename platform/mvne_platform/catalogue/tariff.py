"""A price list made ready for rating: plain values and look-ups, no database. Rating imports these, and only reads."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from mvne_platform.catalogue.drafts import BandPolicy, TierMode, Treatment

HOME_NETWORK = "home"


@dataclass(frozen=True, slots=True)
class TariffZone:
    """A zone of one price list version."""

    id: UUID
    code: str
    name: str
    treatment: Treatment


@dataclass(frozen=True, slots=True)
class Tier:
    """From a counted volume on (units that no allowance covered, in the billing period) another price holds."""

    from_volume: int
    price_micros: int


@dataclass(frozen=True, slots=True)
class TariffRate:
    """What a service costs in a zone and band: amounts in micros, quantities in the service's unit.

    `tiers` begin above volume 0, where `price_micros` holds; all share `per`. `counter` names what they count on,
    None without tiers. The rates of one service and zone share `per`, `tier_mode` and `counter` over all bands.
    """

    id: UUID
    connection_fee_micros: int
    first_increment: int
    next_increment: int
    price_micros: int
    per: int
    minimum_micros: int | None
    maximum_micros: int | None
    band_policy: BandPolicy = BandPolicy.AT_START
    tier_mode: TierMode = TierMode.GRADUATED
    tiers: tuple[Tier, ...] = ()
    counter: str | None = None


@dataclass(frozen=True, slots=True)
class BandSpan:
    """Minutes [start, end) of the wall-clock week, Monday 00:00 first, that belong to a time band."""

    code: str
    start_minute: int
    end_minute: int


@dataclass(frozen=True, slots=True)
class TariffVersion:
    """The rates of a price list from `valid_from` (UTC) on.

    `prefixes` are digits of E.164; `short_codes` match whole, as dialled. `networks` are `MCC-MNC`, `MCC-*` or `home`,
    each with zones by called prefix ('' for any number, the longest wins). `operators` are for ported numbers: the
    operator's code, or '*' for every operator that is not listed.
    `rates` is by service and zone id, then by band ('*' is every band that has no rate of its own).
    `bands` are sorted by their start and do not overlap; `prefix_lengths` are the lengths in use, longest first.
    """

    id: UUID
    price_list: str
    number: int
    valid_from: datetime
    zones: tuple[TariffZone, ...]
    prefixes: Mapping[str, TariffZone]
    prefix_lengths: tuple[int, ...]
    short_codes: Mapping[str, TariffZone]
    networks: Mapping[str, Mapping[str, TariffZone]]
    operators: Mapping[str, TariffZone]
    bands: tuple[BandSpan, ...]
    rates: Mapping[tuple[str, UUID], Mapping[str, TariffRate]]
    # The parent's version that it stands on, as messages name it; None for a list without a parent.
    over: str | None = None

    @property
    def title(self) -> str:
        """How messages name the version."""
        plain = f"version {self.number} of price list '{self.price_list}'"
        return f"{plain} (over {self.over})" if self.over else plain


@dataclass(frozen=True, slots=True)
class Tariff:
    """A price list with all its versions, oldest first, in the brand's currency and time zone (IANA name).

    `holidays` gives dates the hours of another weekday (0 is Monday).
    """

    code: str
    currency: str
    time_zone: str
    holidays: Mapping[date, int]
    versions: tuple[TariffVersion, ...]

    def version_at(self, instant: datetime) -> TariffVersion | None:
        """The version that prices usage begun at `instant`: the latest one not younger than it."""
        after = bisect_right(self.versions, instant, key=lambda version: version.valid_from)
        return self.versions[after - 1] if after else None
