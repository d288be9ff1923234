"""Steps 5 and 8: the time band at an instant, the rate that holds in it, and where a split event changes rate."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from mvne_platform.catalogue import ANY_BAND, BandPolicy, Tariff, TariffRate, TariffVersion, TariffZone
from mvne_platform.kernel import Unit
from mvne_platform.rating.rated import Outcome, Reason, Stopped
from mvne_platform.rating.units import charged_units

_DAY_MINUTES = 24 * 60
# No call lasts longer: what lies further from its start has the band of the last change before.
SPLIT_HORIZON_S = 31 * 24 * 60 * 60


class BrandTime(NamedTuple):
    """What the brand's clock shows, a holiday counted as its other weekday, and how far it is from UTC."""

    week_minute: int
    utc_offset_s: int


def brand_time(instant: datetime, tariff: Tariff) -> BrandTime:
    """Minutes since Monday 00:00 of the brand's wall clock at `instant`, daylight saving included."""
    local = instant.astimezone(ZoneInfo(tariff.time_zone))
    offset = local.utcoffset() or timedelta()
    weekday = tariff.holidays.get(local.date(), local.weekday())
    return BrandTime(weekday * _DAY_MINUTES + local.hour * 60 + local.minute, int(offset.total_seconds()))


def band_at(week_minute: int, version: TariffVersion) -> str:
    """The band that holds a minute of the week; '*' when no named one does."""
    after = bisect_right(version.bands, week_minute, key=lambda span: span.start_minute)
    if after and week_minute < version.bands[after - 1].end_minute:
        return version.bands[after - 1].code
    return ANY_BAND


@dataclass(frozen=True, slots=True)
class Place:
    """Where rates are looked up for one event."""

    service: str
    unit: Unit
    zone: TariffZone
    version: TariffVersion
    tariff: Tariff


def rate_for(place: Place, band: str) -> TariffRate:
    """The rate that holds in the band, else the one that holds in any band."""
    rates = place.version.rates.get((place.service, place.zone.id), {})
    rate = rates.get(band) or rates.get(ANY_BAND)
    if rate is None:
        detail = f"{place.service} has no rate in zone '{place.zone.code}', band '{band}' of {place.version.title}."
        raise Stopped(Outcome.FAILED, Reason.NO_RATE, detail)
    return rate


@dataclass(frozen=True, slots=True)
class Segment:
    """The charged units from `first_unit` up to the next segment have this rate; it begins at `week_minute`."""

    first_unit: int
    rate: TariffRate
    week_minute: int


def segments_of(start: datetime, charged: int, rate: TariffRate, place: Place) -> list[Segment]:
    """The event's units by rate: one segment at the start's `rate`, or one for each band it runs through.

    A unit belongs to the band in which its increment begins; seconds pass by the clock's instants, not by its face.
    """
    segments = [Segment(0, rate, brand_time(start, place.tariff).week_minute)]
    if rate.band_policy is not BandPolicy.SPLIT or place.unit is not Unit.SECOND:
        return segments
    within = min(charged, SPLIT_HORIZON_S)
    # An increment that begins after several changes belongs to the last of them.
    band_of_cut: dict[int, str] = {}
    for second, band in _band_changes(start, within, place):
        # Increments begin where whole increments end: the first one at or after a second is that second rounded up.
        band_of_cut[charged_units(second, rate)] = band
    for cut, band in band_of_cut.items():
        if cut >= within:
            continue
        its_rate = rate_for(place, band)
        if its_rate.id != segments[-1].rate.id:
            its_time = brand_time(start + timedelta(seconds=cut), place.tariff)
            segments.append(Segment(cut, its_rate, its_time.week_minute))
    return segments


def _band_changes(start: datetime, within: int, place: Place) -> Iterator[tuple[int, str]]:
    """Seconds after the start at which another band begins, looking at every minute that begins within so many."""
    band = band_at(brand_time(start, place.tariff).week_minute, place.version)
    for second in range(60 - start.second, within, 60):
        instant = start + timedelta(seconds=second)
        its_band = band_at(brand_time(instant, place.tariff).week_minute, place.version)
        if its_band != band:
            band = its_band
            yield second, band
