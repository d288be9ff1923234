"""Compiling ahead of the first file."""

import numpy as np

from mvne_platform.charging.columns.encode import Codings, Identity, Results, Rows, Tables, Texts, encode, ready
from mvne_platform.rating import kernel


def warm() -> None:
    """Compile whatever the load of a file needs, or load what was compiled before: half a minute, or a second."""
    kernel.warm()
    encode(np.empty(0, np.uint8), ready(_no_rows()), np.empty(0, np.int64))


def _no_rows() -> Rows:
    number, code, half = np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0, np.uint64)
    table = np.empty((1, 16), np.uint8)
    return Rows(
        Identity(code, half, half, number, number, code, code),
        Codings(*[code] * len(Codings._fields)),
        Results(
            itemised=np.empty(0, np.bool_),
            version=code,
            rate=code,
            quantity=number,
            charged=number,
            amount=number,
            accrued=number,
            debited=number,
            wholesale=number,
            wholesale_rate=code,
            take_offsets=number,
            take_bucket=code,
            take_quantity=number,
            trace_offsets=number,
            trace=number,
        ),
        Tables(table, table, table, table, table, table, Texts(np.empty(0, np.uint8), number)),
    )
