"""Step 4: the time band at the event's start, and the rate that holds in it."""

from bisect import bisect_right
from datetime import datetime
from zoneinfo import ZoneInfo

from mvne_platform.catalogue import ANY_BAND, Tariff, TariffRate, TariffVersion, TariffZone
from mvne_platform.rating.rated import Outcome, Reason, Stopped, TraceStep

_DAY_MINUTES = 24 * 60


def wall_clock(instant: datetime, tariff: Tariff) -> datetime:
    """What the brand's clock shows at `instant`, daylight saving included."""
    return instant.astimezone(ZoneInfo(tariff.time_zone))


def week_minute(local: datetime, tariff: Tariff) -> int:
    """Minutes since Monday 00:00 of the wall clock; a holiday has the hours of its other weekday."""
    weekday = tariff.holidays.get(local.date(), local.weekday())
    return weekday * _DAY_MINUTES + local.hour * 60 + local.minute


def band_at(minute: int, version: TariffVersion) -> str:
    """The band that holds a minute of the week; '*' when no named one does."""
    after = bisect_right(version.bands, minute, key=lambda span: span.start_minute)
    if after and minute < version.bands[after - 1].end_minute:
        return version.bands[after - 1].code
    return ANY_BAND


def rate_for(service: str, zone: TariffZone, band: str, version: TariffVersion) -> TariffRate:
    """The rate of the service in the zone and band, else the one that holds in any band."""
    rates = version.rates.get((service, zone.id), {})
    rate = rates.get(band) or rates.get(ANY_BAND)
    if rate is None:
        detail = f"{service} has no rate in zone '{zone.code}' of {version.title}."
        raise Stopped(Outcome.FAILED, Reason.NO_RATE, detail)
    return rate


def band_trace(local: datetime, band: str) -> TraceStep:
    """The step as it is kept with the rated event."""
    return {"step": "band", "local": local.isoformat(), "band": band}
