"""Whether columns fit together: machine code reads whatever memory a wrong number points to."""

from dataclasses import fields
from typing import Any

import numpy as np
import numpy.typing as npt

from mvne_platform.catalogue import NumberClass, OfflineDebit, PaymentMode
from mvne_platform.rating.kernel.codes import SERVICES
from mvne_platform.rating.kernel.columns import NONE, EventColumns, HoldingTable, Int64s, PurseState
from mvne_platform.rating.kernel.flatten import CompiledTariffs


def check(events: EventColumns, holdings: HoldingTable, tariffs: CompiledTariffs, state: PurseState) -> None:
    """ValueError names the column that points outside of what it refers to, is too short, or is not in order."""
    _check_lengths(events, len(events))
    _check_lengths(holdings, len(holdings), "discount_")
    _check_lengths(state, len(state.amount), "offsets", "counter_")
    _rows("HoldingTable.discount_offsets", holdings.discount_offsets, len(holdings), len(holdings.discount_bp))
    _rows("PurseState.offsets", state.offsets, len(state.offsets) - 1, len(state.amount))
    _check_events(events, len(holdings))
    _check_holdings(holdings, len(state.offsets) - 1, len(tariffs.tariffs))
    _within("PurseState.currency", state.currency, NONE, len(state.currencies))
    _within("PurseState.zones", state.zones, NONE, len(state.zone_sets))
    _within("PurseState.counter_subscription", state.counter_subscription, 0, None)
    if np.any(np.diff(holdings.group[events.holding]) < 0):
        raise ValueError("EventColumns: events are not sorted by the charging group of their holding.")


def _check_events(events: EventColumns, holdings: int) -> None:
    _within("EventColumns.service", events.service, 0, SERVICES)
    _within("EventColumns.holding", events.holding, 0, holdings)
    _within("EventColumns.number", events.number, NONE - len(events.short_codes), None)
    _within("EventColumns.network", events.network, NONE, len(events.networks))
    _within("EventColumns.operator", events.operator, NONE, len(events.operators))
    _within("EventColumns.number_class", events.number_class, NONE, len(NumberClass))


def _check_holdings(holdings: HoldingTable, groups: int, tariffs: int) -> None:
    _within("HoldingTable.group", holdings.group, 0, groups)
    _within("HoldingTable.subscription", holdings.subscription, 0, None)
    _within("HoldingTable.tariff", holdings.tariff, 0, tariffs)
    _within("HoldingTable.wholesale", holdings.wholesale, NONE, tariffs)
    _within("HoldingTable.payment_mode", holdings.payment_mode, 0, len(PaymentMode))
    _within("HoldingTable.offline_debit", holdings.offline_debit, 0, len(OfflineDebit))
    _within("HoldingTable.discount_zones", holdings.discount_zones, NONE, len(holdings.zone_sets))


def _check_lengths(columns: EventColumns | HoldingTable | PurseState, length: int, *others: str) -> None:
    """All arrays have the same length, but for those whose names begin otherwise."""
    for field in fields(columns):
        values = getattr(columns, field.name)
        if isinstance(values, np.ndarray) and not field.name.startswith(others) and len(values) != length:
            raise ValueError(f"{type(columns).__name__}.{field.name} has {len(values)} rows, not {length}.")


def _within(name: str, numbers: npt.NDArray[np.integer[Any]], first: int, end: int | None) -> None:
    if len(numbers) == 0:
        return
    low, high = int(numbers.min()), int(numbers.max())
    if low < first or (end is not None and high >= end):
        raise ValueError(f"{name} holds {low} to {high}; {first} to {'any' if end is None else end - 1} is allowed.")


def _rows(name: str, offsets: Int64s, count: int, end: int) -> None:
    if len(offsets) != count + 1 or offsets[0] != 0 or offsets[-1] != end or np.any(np.diff(offsets) < 0):
        raise ValueError(f"{name} are not {count + 1} ascending rows from 0 to {end}.")
