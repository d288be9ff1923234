"""Price lists flattened into the book: nested prefixes into disjoint ranges, look-ups sorted, rates by address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mvne_platform.catalogue import Tariff, TariffRate, TariffVersion, TariffZone
from mvne_platform.rating.kernel import tables as at
from mvne_platform.rating.kernel.book import Book, Interned
from mvne_platform.rating.kernel.clocks import clock_table, holiday_table
from mvne_platform.rating.kernel.columns import Int64s, seconds_up
from mvne_platform.rating.kernel.versions import Versions


@dataclass(frozen=True, slots=True)
class CompiledTariffs:
    """Price lists ready for the kernel. Columns of answers name places in the sequences; the `book` is its own.

    `bands[0]` is any band, `counters[0]` what was accrued. `zone_codes`, `short_codes`, `networks` and `operators`
    number the strings that the lists know; `most_segments` and `most_pieces` bound what one event can be split into.
    """

    tariffs: tuple[Tariff, ...]
    versions: tuple[TariffVersion, ...]
    zones: tuple[TariffZone, ...]
    bands: tuple[str, ...]
    rates: tuple[TariffRate, ...]
    counters: tuple[str, ...]
    currencies: tuple[str, ...]
    zone_codes: Mapping[str, int]
    short_codes: Mapping[str, int]
    networks: Mapping[str, int]
    operators: Mapping[str, int]
    book: Int64s
    most_segments: int
    most_pieces: int


def compile_tariffs(tariffs: Sequence[Tariff]) -> CompiledTariffs:
    """Flatten price lists; `HoldingTable.tariff` is the place in `tariffs`.

    The work grows with what the lists hold: keep the answer while they stay the same. ValueError for a prefix that is
    not digits.
    """
    book = Book()
    versions, heads = Versions(book), _Heads(book)
    for tariff in tariffs:
        heads.add(tariff, versions)
    version_table, zone_table = versions.finish()
    header = {
        at.TARIFFS: heads.finish(),
        at.VERSIONS: version_table,
        at.ZONES: zone_table,
        at.RATES: versions.rates.finish(),
    }
    return CompiledTariffs(
        tariffs=tuple(tariffs),
        versions=tuple(versions.listed),
        zones=tuple(versions.zones),
        bands=versions.bands.texts(),
        rates=versions.rates.listed,
        counters=versions.rates.counters.texts(),
        currencies=heads.currencies.texts(),
        zone_codes=versions.zone_codes.numbers,
        short_codes=versions.short_codes.numbers,
        networks=versions.networks.numbers,
        operators=versions.operators.numbers,
        book=book.bound(header),
        most_segments=versions.most_segments(),
        most_pieces=versions.most_segments() + versions.most_bands * versions.rates.most_tiers,
    )


class _Heads:
    """The records of price lists: versions, clock, holidays and currency. Equal clocks and holidays stand once."""

    def __init__(self, book: Book) -> None:
        self.currencies = Interned()
        self._book = book
        self._records: list[tuple[int, ...]] = []
        self._clocks: dict[str, tuple[int, int]] = {}
        self._calendars: dict[tuple[int, bytes], tuple[int, int]] = {}

    def add(self, tariff: Tariff, versions: Versions) -> None:
        """Write a price list with its versions."""
        first = len(versions.listed)
        for version in tariff.versions:
            versions.add(version)
        if tariff.time_zone not in self._clocks:
            self._clocks[tariff.time_zone] = self._book.add_list(*clock_table(tariff.time_zone))
        first_holiday, holidays = holiday_table(tariff.holidays)
        calendar = (first_holiday, holidays.tobytes())
        if calendar not in self._calendars:
            self._calendars[calendar] = self._book.add_list(holidays)
        self._records.append(
            (
                first,
                *self._book.add_list([seconds_up(version.valid_from) for version in tariff.versions]),
                *self._clocks[tariff.time_zone],
                *self._calendars[calendar],
                first_holiday,
                self.currencies.number(tariff.currency),
            )
        )

    def finish(self) -> int:
        """Write the table of price lists; answers its address."""
        return self._book.add(self._records)
