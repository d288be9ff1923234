"""The rates of price list versions in the book: numbers, tiers, and the rate of each zone, service and band."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import numpy as np

from mvne_platform.catalogue import ANY_BAND, BandPolicy, Service, TariffRate, TariffVersion, TierMode
from mvne_platform.rating.kernel.book import Book, Interned
from mvne_platform.rating.kernel.codes import SERVICES
from mvne_platform.rating.kernel.columns import FOREVER, NONE, Int64s
from mvne_platform.rating.purse import SPEND

_SERVICES = {service.value: number for number, service in enumerate(Service)}
_NO_MAXIMUM = int(FOREVER)


class Rates:
    """The rates of all versions; one that several inherit has one number."""

    def __init__(self, book: Book) -> None:
        self.counters = Interned(SPEND)
        self.most_tiers = 0
        self._book = book
        self._numbers: dict[TariffRate, int] = {}
        self._records: list[tuple[int, ...]] = []

    def add(self, version: TariffVersion, zones: Mapping[UUID, int], bands: Sequence[str]) -> Int64s:
        """Write a version's rates by band; answers their addresses by zone and service.

        `zones` are the places of its zones by id, `bands` its bands' codes, any band first.
        """
        cells = np.full((len(zones), SERVICES), NONE, np.int64)
        for (service, zone), rates in version.rates.items():
            by_band = [self._number(rates.get(band) or rates.get(ANY_BAND)) for band in bands]
            cells[zones[zone], _SERVICES[service]] = self._book.add(by_band)
        return cells

    def _number(self, rate: TariffRate | None) -> int:
        if rate is None:
            return NONE
        if rate not in self._numbers:
            self._numbers[rate] = len(self._records)
            self._records.append(self._record(rate))
        return self._numbers[rate]

    def _record(self, rate: TariffRate) -> tuple[int, ...]:
        volumes, prices = [tier.from_volume for tier in rate.tiers], [tier.price_micros for tier in rate.tiers]
        self.most_tiers = max(self.most_tiers, len(rate.tiers))
        return (
            rate.connection_fee_micros,
            rate.first_increment,
            rate.next_increment,
            rate.price_micros,
            rate.per,
            rate.minimum_micros or 0,
            _NO_MAXIMUM if rate.maximum_micros is None else rate.maximum_micros,
            rate.band_policy is BandPolicy.SPLIT,
            rate.tier_mode is TierMode.VOLUME,
            *self._book.add_list(volumes, prices),
            NONE if rate.counter is None else self.counters.number(rate.counter),
        )

    @property
    def listed(self) -> tuple[TariffRate, ...]:
        """The rates by number."""
        return tuple(self._numbers)

    def finish(self) -> int:
        """Write the table of rates; answers its address."""
        return self._book.add(self._records)
