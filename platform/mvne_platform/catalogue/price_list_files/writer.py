"""A price list as the files that make it again: what `read_price_list_csv` reads, `write_price_list_csv` wrote."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from mvne_platform.catalogue.amounts import written_amount, written_quantity
from mvne_platform.catalogue.drafts import (
    ANY_BAND,
    BandDraft,
    BandPolicy,
    PriceListDraft,
    RateDraft,
    TierMode,
    Treatment,
    ZoneDraft,
)
from mvne_platform.catalogue.parts import CALLED
from mvne_platform.catalogue.price_list_files.sheets import BAND_COLUMNS, RATE_COLUMNS, WEEKDAYS, ZONE_COLUMNS
from mvne_platform.catalogue.services import UNITS, Service

_DAY = 24 * 60
# A line of a zone holds so many places, so that a zone of thousands stays readable.
_PLACES = 200


def write_price_list_csv(draft: PriceListDraft) -> dict[str, str]:
    """The texts of zones.csv, bands.csv (if there are bands) and rates.csv.

    A list that came from a deck is written out as zones and rates in its own currency.
    """
    files = {
        "zones.csv": _csv(ZONE_COLUMNS, (line for zone in draft.zones for line in _zone_lines(zone))),
        "rates.csv": _csv(RATE_COLUMNS, map(_rate_line, draft.rates)),
    }
    if draft.bands:
        files["bands.csv"] = _csv(BAND_COLUMNS, _band_lines(draft.bands))
    return files


def _csv(columns: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(lines)
    return text.getvalue()


def _zone_lines(zone: ZoneDraft) -> Iterator[Sequence[str]]:
    """A line of the zone, and more for networks with called prefixes and for what does not fit on one."""
    treatment = "" if zone.treatment is Treatment.NORMAL else zone.treatment.value
    named = (zone.code, zone.name, treatment)
    plain = [place for place in zone.networks if CALLED not in place]
    columns = [list(zone.prefixes), list(zone.short_codes), plain, [], list(zone.operators)]
    for start in range(0, max(1, *map(len, columns)), _PLACES):
        yield *named, *(" ".join(column[start : start + _PLACES]) for column in columns)
    for networks, called in _routes(zone.networks):
        yield *named, "", "", " ".join(networks), " ".join(called), ""


def _routes(places: Iterable[str]) -> Iterator[tuple[list[str], tuple[str, ...]]]:
    """Networks that have the same called prefixes, together."""
    called: dict[str, list[str]] = {}
    for place in places:
        network, separator, prefix = place.partition(CALLED)
        if separator:
            called.setdefault(network, []).append(prefix)
    together: dict[tuple[str, ...], list[str]] = {}
    for network, prefixes in called.items():
        together.setdefault(tuple(prefixes), []).append(network)
    yield from ((networks, prefixes) for prefixes, networks in together.items())


def _band_lines(bands: Sequence[BandDraft]) -> Iterator[Sequence[str]]:
    """Spans cut at midnight; days with the same hours of a band share a line."""
    days: dict[tuple[str, int, int], list[int]] = {}
    for band in bands:
        for day in range(band.start_minute // _DAY, (band.end_minute - 1) // _DAY + 1):
            start, end = max(band.start_minute - day * _DAY, 0), min(band.end_minute - day * _DAY, _DAY)
            days.setdefault((band.code, start, end), []).append(day)
    for (code, start, end), on in days.items():
        yield code, _days(on), _time(start), _time(end)


def _days(on: Sequence[int]) -> str:
    """`mon-fri` for days that follow one another, else each by name."""
    names = [WEEKDAYS[day] for day in on]
    follows = len(on) > 1 and list(on) == list(range(on[0], on[-1] + 1))
    return f"{names[0]}-{names[-1]}" if follows else " ".join(names)


def _time(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _rate_line(rate: RateDraft) -> Sequence[str]:
    unit = UNITS[Service(rate.service)]
    volumes = (f"{written_quantity(tier.from_volume, unit)}={written_amount(tier.price_micros)}" for tier in rate.tiers)
    return (
        rate.zone,
        rate.service,
        "" if rate.band == ANY_BAND else rate.band,
        written_amount(rate.connection_fee_micros) if rate.connection_fee_micros else "",
        written_quantity(rate.first_increment, unit),
        written_quantity(rate.next_increment, unit),
        written_amount(rate.price_micros),
        written_quantity(rate.per, unit),
        "" if rate.minimum_micros is None else written_amount(rate.minimum_micros),
        "" if rate.maximum_micros is None else written_amount(rate.maximum_micros),
        "" if rate.band_policy is BandPolicy.AT_START else rate.band_policy.value,
        "" if rate.tier_mode is TierMode.GRADUATED else rate.tier_mode.value,
        " ".join(volumes),
        rate.counter or "",
    )
