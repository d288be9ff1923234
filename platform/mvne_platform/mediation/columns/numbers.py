"""Number data looked up for a whole usage frame."""

from array import array
from typing import Any

import numpy as np
import polars as pl

from mvne_platform.mediation.numbers import NumberData, Spans

_NONE = -1
# Adds to the frame: the operator a ported number belonged to, and the class of a number (both text, or null).
_ADDED = pl.Schema({"operator": pl.String, "number_class": pl.String})


def with_number_data(frame: pl.DataFrame, data: NumberData) -> pl.DataFrame:
    """The frame with `operator` and `number_class`: for each called number what held at the event's start."""
    operators = pl.Series("operator", [*data.operators, None], pl.String)
    return frame.with_columns(operators.gather(_operator_places(frame, data)), _classes(frame, data)).cast(_ADDED)


def _operator_places(frame: pl.DataFrame, data: NumberData) -> np.ndarray:
    """Places in `data.operators`; the one after the last for none."""
    international = frame["other_party"].str.starts_with("+").fill_null(value=False)
    digits = frame["other_party"].str.slice(1).cast(pl.Int64, strict=False).fill_null(0).to_numpy()
    starts = frame["start"].to_numpy()
    found = _find(data.singles, digits, starts)
    pieces = np.searchsorted(_view(data.borders), digits, "right") - 1
    found = np.where(found == _NONE, _find(data.pieces, pieces, starts), found)
    return np.where((found == _NONE) | ~international.to_numpy(), len(data.operators), found)


def _find(spans: Spans, keys: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """`Spans.find` for each row; -1 for none."""
    if not len(spans.keys):
        return np.full(len(keys), _NONE)
    known, begins, ends, values = (_view(column) for column in (spans.keys, spans.begins, spans.ends, spans.values))
    low = np.searchsorted(known, keys, "left")
    place = np.searchsorted(known, keys, "right") - 1
    while (early := (place >= low) & (begins[place] > starts)).any():
        place[early] -= 1
    held = (place >= low) & (starts < ends[place])
    return np.where(held, values[place], _NONE)


def _view(column: "array[int]") -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.frombuffer(column, np.int64) if len(column) else np.empty(0, np.int64)


def _classes(frame: pl.DataFrame, data: NumberData) -> pl.Series:
    """Few numbers are of a class, so those that may be are looked up one by one."""
    number = pl.col("other_party")
    candidate = number.is_in(list(data.codes))
    for length in data.prefix_lengths:
        candidate |= number.str.slice(0, length).is_in([one for one in data.prefixes if len(one) == length])
    places = frame.select(candidate.fill_null(value=False).arg_true()).to_series()
    classes: list[str | None] = [None] * frame.height
    few = frame[places].select("other_party", "start")
    for place, (called, start) in zip(places.to_list(), few.iter_rows(), strict=True):
        entry = data.code_at(called, start)
        classes[place] = entry.number_class if entry else None
    return pl.Series("number_class", classes, pl.String)
