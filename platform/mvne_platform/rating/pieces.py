"""Step 8: the units that money pays for, each at the price of its band and tier."""

from collections.abc import Iterator, Sequence

from mvne_platform.catalogue import TariffRate, TierMode
from mvne_platform.rating.bands import Segment
from mvne_platform.rating.trace import Piece


def pieces_of(segments: Sequence[Segment], charged: int, covered: int, volume_before: int) -> tuple[Piece, ...]:
    """The units [covered, charged) by price, in their order; `volume_before` is what the tiers had counted."""
    pieces: list[Piece] = []
    volume = volume_before
    ends = [segment.first_unit for segment in segments[1:]] + [charged]
    for segment, end in zip(segments, ends, strict=True):
        units = end - max(segment.first_unit, covered)
        if units <= 0:
            continue  # allowances cover the segment whole
        for count, price_micros in _priced(segment.rate, units, volume, volume_before):
            pieces.append(Piece(count, price_micros, segment.week_minute))
        volume += units
    return tuple(pieces)


def _priced(rate: TariffRate, units: int, volume: int, volume_before: int) -> Iterator[tuple[int, int]]:
    """Units and their price. VOLUME: all by the tier reached before the event; GRADUATED: each by its own tier."""
    if rate.tier_mode is TierMode.VOLUME:
        yield units, tier_at(rate, volume_before)[0]
        return
    while units > 0:
        price_micros, tier_end = tier_at(rate, volume)
        count = units if tier_end is None else min(units, tier_end - volume)
        yield count, price_micros
        volume += count
        units -= count


def tier_at(rate: TariffRate, volume: int) -> tuple[int, int | None]:
    """The price of the unit after `volume` counted ones, and the volume at which the next tier begins, if any does."""
    price_micros = rate.price_micros
    for tier in rate.tiers:
        if volume < tier.from_volume:
            return price_micros, tier.from_volume
        price_micros = tier.price_micros
    return price_micros, None
