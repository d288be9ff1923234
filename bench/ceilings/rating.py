"""Usage priced by the barest loop: a prefix found in a dictionary by its length, increments, one multiplication.

No time zones, bands, versions, allowances, spend limits, failures or traces. What is free has no prices.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple


class Price(NamedTuple):
    """What units cost, in micros: a fee, and `micros` for each `per` units, in increments."""

    fee: int
    first: int
    following: int
    micros: int
    per: int


class Table(NamedTuple):
    """Prices of one service by the beginning of the number or network, with the lengths in use, longest first."""

    lengths: Sequence[int]
    prices: Mapping[str, Price | None]


class Use(NamedTuple):
    """One event: whose table holds, what is looked up in it, how much was used."""

    table: Table | None
    sought: str
    units: int


def amounts(uses: Iterable[Use]) -> list[int]:
    """What each event costs, in micros."""
    found = []
    for table, sought, units in uses:
        price = _find(table, sought) if table is not None and units else None
        if price is None:
            found.append(0)
            continue
        fee, first, following, micros, per = price
        charged = first + -(-max(0, units - first) // following) * following
        found.append(fee + (2 * charged * micros + per) // (2 * per))
    return found


def _find(table: Table, sought: str) -> Price | None:
    for length in table.lengths:
        part = sought[:length]
        if part in table.prices:
            return table.prices[part]
    raise KeyError(sought)
