"""What a new version of a price list changes, as people read it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from mvne_platform.catalogue.amounts import written_amount, written_quantity
from mvne_platform.catalogue.drafts import BandDraft, BandPolicy, PriceListDraft, RateDraft, ZoneDraft
from mvne_platform.catalogue.parts import own_counter
from mvne_platform.catalogue.services import UNITS, Service


class DifferenceKind(StrEnum):
    """What happened to a part of a price list."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """A part that differs; `subject` is the path to it, `before` and `after` say how it was and will be."""

    kind: DifferenceKind
    subject: tuple[str, ...]
    before: str
    after: str

    def __str__(self) -> str:
        where = "/".join(self.subject)
        match self.kind:
            case DifferenceKind.ADDED:
                return f"+ {where}: {self.after}"
            case DifferenceKind.REMOVED:
                return f"- {where}: {self.before}"
            case _:
                return f"~ {where}: {self.before} -> {self.after}"


def canonical(draft: PriceListDraft) -> PriceListDraft:
    """The same list in one order: drafts that state the same have one canonical form."""
    return replace(
        draft,
        zones=tuple(sorted(map(_sorted_zone, draft.zones), key=lambda zone: zone.code)),
        rates=tuple(sorted(map(_plain_rate, draft.rates), key=lambda rate: (rate.zone, rate.service, rate.band))),
        bands=tuple(_joined(draft.bands)),
    )


def _sorted_zone(zone: ZoneDraft) -> ZoneDraft:
    return replace(
        zone,
        prefixes=tuple(sorted(zone.prefixes)),
        short_codes=tuple(sorted(zone.short_codes)),
        networks=tuple(sorted(zone.networks)),
        operators=tuple(sorted(zone.operators)),
    )


def _plain_rate(rate: RateDraft) -> RateDraft:
    return replace(rate, counter=None) if rate.counter == own_counter(rate.zone, rate.service) else rate


def _joined(bands: Iterable[BandDraft]) -> list[BandDraft]:
    """Spans of one band that touch are one span."""
    joined: list[BandDraft] = []
    for band in sorted(bands, key=lambda band: (band.code, band.start_minute)):
        if joined and (joined[-1].code, joined[-1].end_minute) == (band.code, band.start_minute):
            joined[-1] = replace(joined[-1], end_minute=band.end_minute)
        else:
            joined.append(band)
    return joined


def differences(before: PriceListDraft | None, after: PriceListDraft) -> list[Difference]:
    """What `after` changes of `before` (None: all of it is new): zones, then bands, then rates."""
    new = canonical(after)
    old = canonical(before) if before is not None else replace(new, zones=(), rates=(), bands=())
    return [
        *_compared(_zones(old.zones), _zones(new.zones)),
        *_compared(_bands(old.bands), _bands(new.bands)),
        *_compared(_rates(old.rates), _rates(new.rates)),
    ]


Described = Mapping[tuple[str, ...], str]


def _compared(old: Described, new: Described) -> Iterator[Difference]:
    for subject in sorted(old.keys() | new.keys()):
        if subject not in old:
            yield Difference(DifferenceKind.ADDED, subject, "", new[subject])
        elif subject not in new:
            yield Difference(DifferenceKind.REMOVED, subject, old[subject], "")
        elif old[subject] != new[subject]:
            yield Difference(DifferenceKind.CHANGED, subject, old[subject], new[subject])


def _zones(zones: Iterable[ZoneDraft]) -> Described:
    """A zone's name and treatment by itself; each kind of place by itself, so that a change is seen at a glance."""
    described: dict[tuple[str, ...], str] = {}
    for zone in zones:
        described["zone", zone.code] = f"{zone.name}, {zone.treatment}"
        for kind, places in (
            ("prefixes", zone.prefixes),
            ("short codes", zone.short_codes),
            ("networks", zone.networks),
            ("operators", zone.operators),
        ):
            described |= {("zone", zone.code, kind, place): "in the zone" for place in places}
    return described


def _bands(bands: Iterable[BandDraft]) -> Described:
    spans: dict[tuple[str, ...], list[str]] = {}
    for band in bands:
        spans.setdefault(("band", band.code), []).append(f"minutes {band.start_minute} to {band.end_minute}")
    return {subject: ", ".join(listed) for subject, listed in spans.items()}


def _rates(rates: Iterable[RateDraft]) -> Described:
    return {("rate", rate.zone, rate.service, rate.band): described_rate(rate) for rate in rates}


def described_rate(rate: RateDraft) -> str:
    """A rate in one line: `0.60 per 1min, 60/1, fee 0.25, from 10h 0.50`."""
    unit = UNITS[Service(rate.service)]
    steps = f"{written_quantity(rate.first_increment, unit)}/{written_quantity(rate.next_increment, unit)}"
    parts = [f"{written_amount(rate.price_micros)} per {written_quantity(rate.per, unit)}", steps]
    for name, micros in (
        ("fee", rate.connection_fee_micros or None),
        ("at least", rate.minimum_micros),
        ("at most", rate.maximum_micros),
    ):
        if micros is not None:
            parts.append(f"{name} {written_amount(micros)}")
    if rate.band_policy is BandPolicy.SPLIT:
        parts.append("split at band changes")
    parts += [
        f"from {written_quantity(one.from_volume, unit)} {written_amount(one.price_micros)}" for one in rate.tiers
    ]
    if rate.tiers:
        parts.append(f"{rate.tier_mode}")
    if rate.counter:
        parts.append(f"counted as {rate.counter}")
    return ", ".join(parts)
